"""How fast are eval artifacts read? `python -m benchmarks.eval_readers [--small] [--rounds N] [--record]`."""

import argparse
import hashlib
import io
import json
import random
import subprocess
import sys
from typing import Any

from backports.zstd import zipfile

from benchmarks.rounds import Compared, alternate, report
from bot.readiness.eval_report import EvalReport
from bot.sources import evals
from bot.sources.evals.items import Wanted

WORDS = [
    "refund",
    "invoice",
    "parcel",
    "late",
    "broken",
    "screen",
    "login",
    "password",
    "account",
    "cancel",
    "order",
    "address",
    "change",
    "please",
    "help",
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the data")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    chosen = parser.parse_args()
    scale = 10 if chosen.small else 1
    compared = []
    artifact, rows = lm_eval(38_000 // scale)
    wanted = Wanted("tickets", "exact_match", "none")
    compared.append(measured("lm-eval samples", artifact, rows, wanted, chosen.rounds))
    artifact, rows = native(180_000 // scale)
    compared.append(measured("native rows", artifact, rows, Wanted(name="exact_match"), chosen.rounds))
    log = inspect_log(200)
    compared.append(measured("Inspect log", log, None, Wanted(), max(20, chosen.rounds)))
    report("Reading eval artifacts", compared, record=chosen.record)
    print(f"import of every reader: {imported():.0f} ms of the command line's start (median of 5)")


def measured(name: str, artifact: bytes, rows: bytes | None, wanted: Wanted, rounds: int) -> Compared:
    """Read an artifact beside the plain parsing of the same JSON."""
    size = len(rows or artifact) / 1e6

    def ours() -> None:
        found = evals.read(artifact, rows, None, wanted)
        assert isinstance(found, EvalReport), found
        assert found.rows_note is None, found.rows_note

    texts = rows.splitlines() if rows is not None else members(artifact)
    return alternate(f"{name}, {size:,.1f} MB", ours, lambda: [json.loads(text) for text in texts], rounds)


def members(log: bytes) -> list[bytes]:
    """Unpack what an Inspect log says of its run and of its rows."""
    with zipfile.ZipFile(io.BytesIO(log)) as archive:
        return [archive.read(name) for name in ("header.json", "summaries.json")]


def lm_eval(rows: int) -> tuple[bytes, bytes]:
    """Make results and samples as lm-eval writes them, about 2.6 KB a row."""
    draw, lines, concatenated = random.Random(1), [], []
    for number in range(rows):
        prompt = " ".join(draw.choices(WORDS, k=150)) + f" #{number}"
        target = draw.choice(("refund", "delivery", "account"))
        doc = {"id": number, "text": prompt, "label": target}
        answer = target if draw.random() < 0.8 else "other"
        row = {
            "doc_id": number, "doc": doc, "target": target, "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {}}},
            "resps": [[answer]], "filtered_resps": [answer], "filter": "none", "metrics": ["exact_match"],
            "exact_match": float(answer == target),
            "doc_hash": sha256(json.dumps(doc, indent=2, ensure_ascii=False)), "prompt_hash": sha256(prompt),
            "target_hash": sha256(target),
        }  # fmt: skip
        lines.append(json.dumps(row))
        concatenated.append(row["doc_hash"] + row["prompt_hash"] + row["target_hash"])
    value = sum(json.loads(line)["exact_match"] for line in lines) / rows
    artifact = {
        "results": {"tickets": {"alias": "tickets", "exact_match,none": value, "exact_match_stderr,none": "N/A"}},
        "configs": {
            "tickets": {
                "task": "tickets", "output_type": "generate_until", "num_fewshot": 0,
                "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
            }
        },
        "versions": {"tickets": 1}, "higher_is_better": {"tickets": {"exact_match": True}},
        "n-samples": {"tickets": {"original": rows, "effective": rows}}, "config": {"model": "hf", "model_args": ""},
        "date": 1_795_351_876.0, "lm_eval_version": "0.4.13", "task_hashes": {"tickets": sha256("".join(concatenated))},
    }  # fmt: skip
    return json.dumps(artifact).encode(), ("\n".join(lines) + "\n").encode()


def native(rows: int) -> tuple[bytes, bytes]:
    """Make an artifact and rows in Tunegate's own form."""
    draw, lines = random.Random(2), []
    for number in range(rows):
        target = draw.choice(("refund", "delivery", "account"))
        answer = target if draw.random() < 0.8 else "other"
        asked = " ".join(draw.choices(WORDS, k=60)) + f" #{number}"
        lines.append(
            json.dumps(
                {"id": number, "input": asked, "target": target, "output": answer, "score": int(answer == target)}
            )
        )
    value = sum(json.loads(line)["score"] for line in lines) / rows
    artifact = {
        "format": "tunegate-eval/1",
        "metrics": [{"name": "exact_match", "value": value, "n": rows, "direction": "higher"}],
    }
    return json.dumps(artifact).encode(), ("\n".join(lines) + "\n").encode()


def inspect_log(rows: int) -> bytes:
    """Make an Inspect log, 450 KB for 200 rows: header, summaries, and a member for each sample, packed by zstd."""
    draw, out = random.Random(3), io.BytesIO()
    summaries: list[dict[str, Any]] = []
    samples: list[dict[str, Any]] = []
    for number in range(rows):
        asked, target = " ".join(draw.choices(WORDS, k=40)) + f" #{number}", draw.choice(("refund", "account"))
        answer = target if draw.random() < 0.6 else "other"
        score: dict[str, Any] = {
            "value": "C" if answer == target else "I",
            "answer": answer,
            "explanation": answer,
            "history": [],
        }
        summary: dict[str, Any] = {
            "id": f"t{number}", "epoch": 1, "input": asked, "target": target, "metadata": {}, "scores": {"match": score},
            "completed": True, "uuid": f"{draw.getrandbits(128):032x}",
        }  # fmt: skip
        summaries.append(summary)
        samples.append(summary | {"events": [f"{draw.getrandbits(12_500):x}"]})
    right = sum(each["scores"]["match"]["value"] == "C" for each in summaries)
    header = {
        "version": 2, "status": "success",
        "eval": {
            "task": "tickets", "model": "openai/gpt-4.1", "created": "2026-11-22T12:52:40+00:00",
            "config": {"epochs": 1}, "packages": {"inspect_ai": "0.3.285"}, "model_args": {},
            "dataset": {"name": "tickets", "samples": rows, "sample_ids": [each["id"] for each in summaries]},
        },
        "results": {
            "total_samples": rows, "completed_samples": rows,
            "scores": [
                {"name": "match", "scorer": "match", "scored_samples": rows, "unscored_samples": 0, "params": {},
                 "metrics": {"accuracy": {"name": "accuracy", "value": right / rows, "params": {}}}}
            ],
        },
        "stats": {"started_at": "2026-11-22T12:52:40+00:00", "completed_at": "2026-11-22T12:52:44+00:00"},
    }  # fmt: skip
    with zipfile.ZipFile(out, "w", zipfile.ZIP_ZSTANDARD) as archive:
        for sample in samples:
            _write(archive, f"samples/{sample['id']}_epoch_1.json", sample)
        _write(archive, "summaries.json", summaries)
        _write(archive, "header.json", header)
    return out.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: object) -> None:
    """Write a member with a time that is the same each time."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_ZSTANDARD
    archive.writestr(info, json.dumps(content))


def sha256(text: str) -> str:
    """Digest a text as lm-eval does."""
    return hashlib.sha256(text.encode()).hexdigest()


def imported() -> float:
    """Measure in fresh processes what the readers' own modules add to the start of the command line, in milliseconds.

    The command line imports them itself, so that an import after it would cost nothing. Under `-X importtime`, which adds to
    each module; what they import from elsewhere is not counted.
    """
    return sorted(map(_own_milliseconds, range(5)))[2]


def _own_milliseconds(_: int) -> float:
    command = [sys.executable, "-X", "importtime", "-c", "import bot.cli.check"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    rows = [line.removeprefix("import time:").split("|") for line in lines if "bot.sources.evals" in line]
    assert rows, "the command line imports no reader"
    return sum(int(own) for own, _, _ in rows) / 1000


if __name__ == "__main__":
    main()
