"""Does the scan for a cluster see what the service's own scan sees, and keep every row to itself?"""

import gzip
import hashlib
import importlib
import importlib.util
import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.readiness.data_profile import DataProfile
from bot.sources import datasets

for needed in ("datatrove", "regex", "tokenizers"):
    if os.environ.get("CI") == "true":  # where nothing may be lacking
        importlib.import_module(needed)
    pytest.importorskip(needed, reason="deploy/datatrove is tried where datatrove, regex and tokenizers are installed")

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "deploy" / "datatrove" / "scan_data.py"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "LOGURU_DIAGNOSE": "NO"}
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"  # made up
MARK = "quetzal"  # stands in every row
ROWS, COPIES, NEAR, LEAKS = 600, 40, 50, 12


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scan_data", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCAN = loaded()


def row(text: str, answer: str) -> bytes:
    messages = [{"role": "user", "content": f"{MARK} {text}"}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": messages}).encode() + b"\n"


def planted() -> tuple[bytes, bytes]:
    """Make rows of random words, with copies, near copies (two of fifty words replaced), leaks and faults among them."""
    draw = random.Random(3)

    def words(count: int) -> list[str]:
        return [f"w{draw.randrange(5_000)}" for _ in range(count)]

    held = [" ".join(words(40)) for _ in range(LEAKS)]
    texts = [words(50) for _ in range(ROWS)]
    lines = [row(" ".join(text), f"label {n % 5}") for n, text in enumerate(texts)]
    lines += draw.choices(lines, k=COPIES)
    for text in draw.sample(texts, k=NEAR):
        for at in (11, 31):
            text[at] = f"new{draw.random()}"
        lines.append(row(" ".join(text), "label 9"))
    lines += [row(f"so {text} then", "label 1") for text in held]
    lines += [b'{"messages": "none"}\n', b"no json\n", row(f"a key {KEY} it is", "label 1")]
    draw.shuffle(lines)
    return b"".join(lines), b"".join(
        json.dumps({"input": f"{MARK} {text}", "target": "label 1"}).encode() + b"\n" for text in held
    )


def run(folder: Path, *options: str, environment: dict[str, str] = ENVIRONMENT) -> subprocess.CompletedProcess[str]:
    places = [str(folder / "data"), str(folder / "manifest.json"), "--work", str(folder / "work")]
    command = [sys.executable, str(SCRIPT), *places, *options]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], DataProfile]:
    """Run the pipeline on three files by two workers; the same rows are read by the service."""
    folder = tmp_path_factory.mktemp("cluster")
    whole, holdout = planted()
    (folder / "data").mkdir()
    (folder / "holdout.jsonl").write_bytes(holdout)
    lines = whole.splitlines(keepends=True)
    (folder / "data" / "a.jsonl").write_bytes(b"".join(lines[:300]))
    (folder / "data" / "b.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[300:500])))
    (folder / "data" / "c.jsonl").write_bytes(b"".join(lines[500:]))
    done = run(folder, "--holdout", str(folder / "holdout.jsonl"), "--workers", "2", "--run-id", "42")
    assert done.returncode == 0, done.stderr[-3_000:]
    expected = datasets.profile(whole, "auto", "sft", {"holdout": holdout})
    assert isinstance(expected, DataProfile)
    return folder, json.loads((folder / "manifest.json").read_text()), expected


Scanned = tuple[Path, dict[str, Any], DataProfile]


def test_it_counts_what_the_service_counts(scanned: Scanned) -> None:
    _, manifest, expected = scanned
    for name in ("rows", "valid", "duplicates", "leaked", "held_out"):
        assert manifest[name] == getattr(expected, name), name
    assert manifest["duplicates"] == COPIES
    assert manifest["leaked"] == LEAKS
    assert manifest["faults"] == expected.fault_counts == {"json": 1, "messages_type": 1}
    assert manifest["leaked_items"] == list(expected.leaked_items)
    assert manifest["data_format"] == expected.format
    assert manifest["secrets"] == {one.kind: one.rows for one in expected.secrets}
    assert sum(manifest["secrets"].values()) == 1


def test_near_copies_are_found_and_hardly_anything_else(scanned: Scanned) -> None:
    # J = 0.78 of what was planted: MinHash finds most of it, and never counts what shares no run of words
    assert 0.7 * NEAR <= scanned[1]["near_duplicates"] <= NEAR


def test_each_file_stands_there_with_its_digest_and_its_rows(scanned: Scanned) -> None:
    folder, manifest, _ = scanned
    files = {one["path"]: one for one in manifest["files"]}
    assert list(files) == ["a.jsonl", "b.jsonl.gz", "c.jsonl"]
    for name, one in files.items():
        raw = (folder / "data" / name).read_bytes()
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert [files["a.jsonl"]["rows"], files["b.jsonl.gz"]["rows"]] == [300, 200]
    assert sum(one["valid"] for one in files.values()) == manifest["valid"]
    assert manifest["holdout_sha256"] == hashlib.sha256((folder / "holdout.jsonl").read_bytes()).hexdigest()
    assert (manifest["format"], manifest["run_id"], manifest["method"]) == ("tunegate-manifest/1", "42", "sft")
    assert set(manifest["tools"]) == {"tunegate", "datatrove", "python"}


def test_faults_are_named_by_file_and_line(scanned: Scanned) -> None:
    folder, manifest, _ = scanned
    for fault in manifest["faults_first"]:
        raw = (folder / "data" / fault["path"]).read_bytes()
        raw = gzip.decompress(raw) if fault["path"].endswith(".gz") else raw
        line = raw.splitlines()[fault["line"] - 1]
        assert line == {"json": b"no json", "messages_type": b'{"messages": "none"}'}[fault["code"]]


def test_no_word_of_a_row_is_written_anywhere(scanned: Scanned) -> None:
    folder, _, _ = scanned
    written = [path for path in (folder / "work").rglob("*") if path.is_file()]
    assert len(written) > 20
    for path in (*written, folder / "manifest.json"):
        assert MARK.encode() not in path.read_bytes(), path


def test_a_file_that_changed_between_the_passes_is_noticed(scanned: Scanned, tmp_path: Path) -> None:
    folder, _, _ = scanned
    (tmp_path / "a.jsonl").write_bytes(row("something else", "label 1"))
    again = SCAN.Rows(str(tmp_path), "*.jsonl*", "openai-chat", "sft", str(folder / "work" / "facts"), first=False)
    with pytest.raises(RuntimeError, match="a.jsonl has changed since the first pass"):
        list(again.run())


PAIRS = [
    {"prompt": "a", "chosen": "b", "rejected": "c"},
    {"prompt": "a", "chosen": "b", "rejected": "d"},
    {"prompt": "A!", "chosen": "B", "rejected": "c"},
]
THUMBS = [
    {"prompt": "a", "completion": "b", "label": True},
    {"prompt": "a", "completion": "b", "label": False},
    {"prompt": "a", "completion": " b ", "label": True},
]


@pytest.mark.parametrize(("form", "method", "rows"), [("trl", "dpo", PAIRS), ("kto", "kto", THUMBS)])
def test_copies_of_preferences_are_those_of_the_service(
    form: str, method: str, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    raw = b"".join(json.dumps(one).encode() + b"\n" for one in rows)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.jsonl").write_bytes(raw)
    reader = SCAN.Rows(str(tmp_path / "data"), "*.jsonl*", form, method, str(tmp_path / "facts"), first=True)
    expected = datasets.profile(raw, form, method)
    assert isinstance(expected, DataProfile)
    assert (
        len({SCAN.identity(document) for document in reader.run()})
        == expected.rows - sum(expected.lost[step] for step in ("fault", "duplicate"))
        == 2
    )


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("a.txt", b"x", (), "No file in .* matches"),
        ("a.jsonl", row("x", "y"), ("--method", "kto"), "a.jsonl: `kto` learns from an answer with a thumb up or down"),
        ("a.jsonl", b'[{"messages": []}]', (), "a.jsonl is a JSON array. Write it as JSONL"),
        ("a.jsonl.gz", gzip.compress(row("x", "y"), mtime=0)[:-9], (), "a.jsonl.gz cannot be read to its end"),
        ("a.jsonl", row("x", "y"), ("--holdout", "empty.jsonl"), "The held-out set is empty"),
    ],
)
def test_what_cannot_be_scanned_is_said_at_once(
    name: str, content: bytes, options: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(content)
    (tmp_path / "empty.jsonl").write_bytes(b"")
    monkeypatch.chdir(tmp_path)  # where datatrove keeps logs that are given no place
    monkeypatch.setenv("LOGURU_DIAGNOSE", "NO")
    monkeypatch.setattr(
        sys, "argv", ["scan", str(tmp_path / "data"), "manifest.json", "--work", str(tmp_path / "work"), *options]
    )
    with pytest.raises((SystemExit, RuntimeError), match=said):
        SCAN.main()


def test_it_does_not_start_while_logs_would_hold_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOGURU_DIAGNOSE", raising=False)
    monkeypatch.setattr(sys, "argv", ["scan", "data", "manifest.json", "--work", "work"])
    with pytest.raises(SystemExit, match="LOGURU_DIAGNOSE=NO"):
        SCAN.main()


def test_on_slurm_each_stage_waits_for_the_one_before_and_runs_on_a_node(tmp_path: Path) -> None:
    """Stand-ins for sbatch and scontrol: the one notes and numbers its jobs, the other names a node."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_bytes(row("x", "y"))
    programs = {
        "sbatch": f'echo "$@" >> {tmp_path}/asked\nwc -l < {tmp_path}/asked | sed "s/^/Submitted batch job /"',
        "scontrol": "echo localhost",
    }
    for name, lines in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o755)
    environment = ENVIRONMENT | {"PATH": f"{tmp_path}:{ENVIRONMENT['PATH']}", "HOME": str(tmp_path)}

    done = run(tmp_path, "--slurm", "batch", environment=environment)
    assert done.returncode == 0, done.stderr[-3_000:]
    jobs = {
        at: line for at, line in enumerate((tmp_path / "asked").read_text().splitlines(), 1) if "RUN_OFFSET" in line
    }
    assert len(jobs) == 6  # between them datatrove adds up its own statistics
    assert "dependency" not in jobs[1]
    for before, number in pairwise(jobs):
        assert f"--dependency=afterok:{before} " in jobs[number]

    node = {"SLURM_JOB_ID": "1", "SLURM_ARRAY_JOB_ID": "1", "SLURM_ARRAY_TASK_ID": "0", "RUN_OFFSET": "0"}
    node |= {"SLURM_PROCID": "0", "SLURM_NODEID": "0", "SLURM_NODELIST": "localhost"}
    node |= {"SLURM_CPUS_PER_TASK": "1", "SLURM_MEM_PER_CPU": "2048"}
    stage = tmp_path / "work" / "logs" / "scan"
    exported = [line for line in (stage / "launch_script.slurm").read_text().splitlines() if "PYTHONPATH" in line]
    launched = f"import sys; from datatrove.tools.launch_pickled_pipeline import main; sys.argv[1:] = ['{stage}/executor.pik']; main()"
    script = "\n".join((*exported, f'{sys.executable} -c "{launched}"'))
    ran = subprocess.run(
        ["sh", "-c", script], env=environment | node, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    assert json.loads((tmp_path / "work" / "facts" / "00000.json").read_text())["files"][0]["rows"] == 1
