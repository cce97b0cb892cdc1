"""What do 20 million rows hold, or rows that nobody outside may see? The service's scan on a cluster, and its manifest.

Structure, copies and leaks as Tunegate's own readers see them, near copies by MinHash; `--help` lists the options. The working
folder gets hashes and counts, never a row. Needs `tunegate`, `datatrove`, `regex` and `tokenizers`.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import platform
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor, SlurmPipelineExecutor
from datatrove.io import get_datafolder, open_file
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import (
    ExactDedupConfig,
    ExactDedupFilter,
    ExactDedupSignature,
    ExactFindDedups,
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupSignature,
)
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from bot.readiness.fact import Unavailable
from bot.sources import datasets, normalise
from bot.sources.datasets.leak import HeldOut, LeakOfRows
from bot.sources.datasets.scan import Example, Faulty, Observer, example_of
from bot.sources.datasets.secrets import Secrets
from bot.sources.trouble import Unreadable

FORMAT = "tunegate-manifest/1"
HASHES = HashConfig(precision=64, hash_fc="sha1")
AS_IT_IS = TextNormConfig(
    lowercase=False, norm_whitespace=False, remove_punctuation=False, norm_unicode_diacritics=False, norm_numbers=False
)  # texts are in Tunegate's normal form already
MINHASH = MinhashConfig(3, 14, 8, norm_config=AS_IT_IS, hash_config=HASHES)  # words a run; alike from about 0.72 on
_ON_A_NODE = f"export LOGURU_DIAGNOSE=NO PYTHONPATH={shlex.quote(str(Path(__file__).resolve().parent))}:$PYTHONPATH"
_HEAD = 1_000_000  # bytes of the first file by which its format is told
_SHOWN = 20  # faults that the manifest names by their place
_NOT_READ = {b"PK\x03\x04": "a zip archive", b"PAR1": "a Parquet file"}
_ONE_SIGN = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")  # scripts that write without blanks


class Rows(PipelineStep):
    """Walks the valid rows of a task's files, as Tunegate reads them.

    In the first pass it writes down what it saw; in a later one it makes sure that the files are still the same.
    """

    type, name = "READER", "Tunegate's rows"

    def __init__(self, data: str, pattern: str, form: str, method: str, facts: str, holdout: str | None = None, *, first: bool) -> None:  # fmt: skip
        super().__init__()
        self.data, self.pattern, self.form, self.method = data, pattern, form, method
        self.facts, self.holdout, self.first = facts, holdout, first

    def run(self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        folder, read = get_datafolder(self.data), datasets.FORMATS[self.form](self.method)
        observers: list[Observer] = [Secrets()] if self.first else []
        if self.first and self.holdout is not None:
            observers.append(
                LeakOfRows(HeldOut(_bytes(self.holdout)))
            )  # read here: datatrove writes a step's fields into its logs
        files, at = list[dict[str, Any]](), 0
        shown = list[dict[str, Any]]()
        for path in folder.get_shard(rank, world_size, glob_pattern=self.pattern) or []:
            rows, faults = 0, Counter[str]()
            with folder.open(path, "rb") as stored:
                source = _Digested(stored)
                for rows, line in enumerate(_lines(source, path), 1):
                    at += 1
                    try:
                        example = example_of(line.rstrip(b"\r\n"), read)
                    except Faulty as fault:
                        faults[fault.code] += 1
                        shown += [{"path": path, "line": rows, "code": fault.code}] if len(shown) < _SHOWN else []
                        continue
                    for observer in observers:
                        observer.see(at, example)
                    yield _document(example, f"{path}:{rows}")
                    self.stat_update("rows")
            files.append(
                {"path": path, "sha256": source.hexdigest(), "bytes": source.size, "rows": rows, "faults": faults}
            )
        found = {name: value for observer in observers for name, value in observer.found().items()}
        self._settle(rank, files, shown, found)

    def _settle(
        self, rank: int, files: list[dict[str, Any]], shown: list[dict[str, Any]], found: dict[str, Any]
    ) -> None:
        folder, name = get_datafolder(self.facts), f"{rank:05d}.json"
        if self.first:
            seen = {
                "files": files, "shown": shown, "held_out": found.get("held_out"), "leaked": found.get("leaked"),
                "leaked_items": found.get("leaked_items", ()),
                **{kind: {one.kind: one.rows for one in found[kind]} for kind in ("secrets", "personal")},
            }  # fmt: skip
            _write(folder, name, seen)
            return
        before = {one["path"]: one["sha256"] for one in _read(folder, name)["files"]}
        if changed := [one["path"] for one in files if before.get(one["path"]) != one["sha256"]]:
            raise RuntimeError(f"{changed[0]} has changed since the first pass. Start anew with an empty --work.")


class Kept(PipelineStep):
    """Counts the rows that are no copies of another, and lets them pass."""

    type, name = "COUNT", "rows that are no copies"

    def __init__(self, counts: str) -> None:
        super().__init__()
        self.counts = counts

    def run(self, data: Iterable[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        rows = characters = 0
        for document in data:
            rows += 1
            characters += document.metadata["characters"]
            yield document
        _write(get_datafolder(self.counts), f"{rank:05d}.json", {"rows": rows, "characters": characters})


class Words(WordTokenizer):
    """Takes the words of a text that is in its normal form already; signs of scripts without blanks one by one."""

    def word_tokenize(self, text: str) -> list[str]:
        words = _ONE_SIGN.sub(r" \1 ", text).split()
        return words + [""] * (MINHASH.n_grams - len(words)) if words else []  # a short text is a shingle too

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


class Manifest(PipelineStep):
    """Adds up what the tasks have written, and writes the manifest."""

    type, name = "WRITER", "manifest"

    def __init__(self, work: str, out: str, stated: dict[str, Any]) -> None:
        super().__init__()
        self.work, self.out, self.stated = work, out, stated

    def run(self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1) -> None:
        facts, kept = (list(_all(f"{self.work}/{name}")) for name in ("facts", "kept"))
        near = get_datafolder(f"{self.work}/near/clusters")
        removed = (
            sum(near.size(name) for name in near.list_files(glob_pattern="*.remove")) // 4
        )  # one number of 4 bytes each
        manifest = self.stated | added_up(facts, kept, removed)
        with open_file(self.out, "wt") as out:
            out.write(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def added_up(facts: list[dict[str, Any]], kept: list[dict[str, Any]], near: int) -> dict[str, Any]:
    """Add up the facts of all tasks: the counted part of the manifest."""
    files = sorted((one for task in facts for one in task["files"]), key=lambda one: one["path"])
    faults = sum((Counter(one["faults"]) for one in files), Counter[str]())
    rows, unique = sum(one["rows"] for one in files), sum(one["rows"] for one in kept)
    valid = rows - faults.total()
    leaks = [task for task in facts if task["leaked"] is not None]
    leaked = sum(task["leaked"] for task in leaks) if leaks else None
    return {
        "files": [
            {**{key: one[key] for key in ("path", "sha256", "bytes", "rows")}, "valid": one["rows"] - sum(one["faults"].values())}
            for one in files
        ],
        "rows": rows,
        "valid": valid,
        "unique": unique,
        "duplicates": valid - unique,
        "effective": max(unique - near - (leaked or 0), 0),
        "near_duplicates": near,
        "tokens": sum(one["characters"] for one in kept) // 4,
        "faults": dict(sorted(faults.items())),
        "faults_first": [one for task in facts for one in task["shown"]][:_SHOWN],
        "leaked": leaked,
        "leaked_items": sorted({item for task in leaks for item in task["leaked_items"]}),
        "held_out": max((task["held_out"] for task in leaks), default=0),
        **{kind: dict(sum((Counter(task[kind]) for task in facts), Counter[str]())) for kind in ("secrets", "personal")},
    }  # fmt: skip


def identity(document: Document) -> bytes:
    """Give what makes two rows copies of one another: the same input and the same target."""
    return bytes(document.metadata["identity"])


def _document(example: Example, name: str) -> Document:
    """Write a row as a document: its text is what the user says, in the normal form."""
    context, target = normalise.normal(example.context), normalise.normal(example.target or "")
    taught = target
    if example.rejected is not None or example.wanted is not None:
        taught = b"%b\x00%b\x00%d" % (target, normalise.normal(example.rejected or ""), bool(example.wanted))
    told = {
        "identity": normalise.digest(context, taught),
        "characters": len(context.decode()) + len(target.decode()),
    }
    return Document(normalise.normal(example.user or example.context).decode(), name, metadata=told)


class _Digested(io.RawIOBase):
    """A file that is read once, its size and digest beside."""

    def __init__(self, stored: BinaryIO) -> None:
        self._stored, self._digest, self.size = stored, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stored.read(len(buffer))
        self._digest.update(piece)
        self.size += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _lines(source: io.RawIOBase, path: str) -> Iterator[bytes]:
    """Walk the lines of a file of JSONL, unpacked where it is packed; the whole file is read, for its digest."""
    whole = io.BufferedReader(source, 1 << 20)
    begin = whole.peek(4)[:4]
    if begin in _NOT_READ or begin.lstrip()[:1] == b"[":
        raise RuntimeError(f"{path} is {_NOT_READ.get(begin, 'a JSON array')}. Write it as JSONL: one row a line.")
    try:
        if begin.startswith(b"\x1f\x8b"):
            yield from gzip.GzipFile(fileobj=whole)
        elif begin == b"\x28\xb5\x2f\xfd":
            yield from _zstd(whole)
        else:
            yield from whole
    except (EOFError, OSError) as error:
        raise RuntimeError(f"{path} cannot be read to its end: {error}") from error
    while whole.read(1 << 20):
        pass


def _zstd(whole: io.BufferedReader) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdFile
    else:
        from backports.zstd import ZstdFile
    return ZstdFile(whole)


def _bytes(path: str) -> bytes:
    with open_file(path, "rb") as stored:
        return bytes(stored.read())


def _write(folder: Any, name: str, content: object) -> None:
    with folder.open(name, "wt") as out:
        json.dump(content, out)


def _read(folder: Any, name: str) -> Any:
    with folder.open(name, "rt") as written:
        return json.load(written)


def _all(folder: str) -> Iterator[dict[str, Any]]:
    there = get_datafolder(folder)
    for name in there.list_files(glob_pattern="*.json"):
        yield _read(there, name)


def stages(chosen: argparse.Namespace, form: str, stated: dict[str, Any]) -> list[tuple[str, int, list[Any]]]:  # fmt: skip
    """List the stages: name, number of tasks, steps. Each begins when the one before has ended."""
    work, exact = chosen.work, ExactDedupConfig(identity, hash_config=HASHES)
    copies, near, facts = f"{work}/copies", f"{work}/near", f"{work}/facts"
    rows = (chosen.data, chosen.pattern, form, chosen.method, facts)
    return [
        ("scan", chosen.tasks, [Rows(*rows, chosen.holdout, first=True), ExactDedupSignature(f"{copies}/hashes", exact, chosen.tasks)]),
        ("copies", chosen.tasks, [ExactFindDedups(f"{copies}/hashes", f"{copies}/found", exact)]),
        ("near", chosen.tasks, [
            Rows(*rows, first=False), ExactDedupFilter(f"{copies}/found", exact), Kept(f"{work}/kept"),
            MinhashDedupSignature(f"{near}/signatures", MINHASH, Words()),
        ]),
        ("near-buckets", MINHASH.num_buckets, [MinhashDedupBuckets(f"{near}/signatures", f"{near}/buckets", config=MINHASH)]),
        ("near-clusters", 1, [MinhashDedupCluster(f"{near}/buckets", f"{near}/clusters", MINHASH)]),
        ("manifest", 1, [Manifest(work, chosen.out, stated)]),
    ]  # fmt: skip


def checked(chosen: argparse.Namespace) -> tuple[str, bytes | None]:
    """Tell the format by the first rows, and read the held-out set; ends the program with a sentence where that fails."""
    data, work = get_datafolder(chosen.data), get_datafolder(chosen.work)
    files = data.list_files(glob_pattern=chosen.pattern)
    if not files:
        raise SystemExit(f"No file in {chosen.data} matches {chosen.pattern}.")
    if not chosen.resume and work.list_files():
        raise SystemExit(f"{chosen.work} is not empty: name an empty folder, or go on with --resume.")
    chosen.tasks = chosen.tasks or len(files)
    with data.open(files[0], "rb") as stored:
        head = bytearray()
        for line in _lines(_Digested(stored), files[0]):
            head += line
            if len(head) > _HEAD:
                break
    found = datasets.profile(bytes(head), chosen.format, chosen.method)
    if isinstance(found, Unavailable):
        raise SystemExit(f"{files[0]}: {found.reason} {found.fix or ''}")
    if chosen.holdout is None:
        return found.format, None
    holdout = _bytes(chosen.holdout)
    try:
        HeldOut(holdout)
    except Unreadable as unreadable:
        raise SystemExit(f"{chosen.holdout}: {unreadable.fact.reason} {unreadable.fact.fix}") from unreadable
    return found.format, holdout


def main() -> None:
    """Read the options, and run or submit the stages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", help="folder of the training files: local, s3://, gs://, ... (what fsspec opens)")
    asked.add_argument("out", help="where the manifest is written")
    asked.add_argument("--work", required=True, help="an empty folder for hashes and counts, seen by every node")
    asked.add_argument("--pattern", default="*.jsonl*", help="which files, e.g. **/*.jsonl.gz")
    asked.add_argument("--format", default="auto", choices=("auto", *datasets.FORMATS), help="as data.train.format")
    asked.add_argument("--method", default="sft", help="as training.method")
    asked.add_argument("--holdout", help="the held-out set, as eval.holdout")
    asked.add_argument("--run-id", help="the run that writes the manifest, e.g. of the repository's CI")
    asked.add_argument("--tasks", type=int, help="at most one a file, which is the default")
    asked.add_argument("--workers", type=int, default=1, help="tasks at a time on this machine")
    asked.add_argument("--resume", action="store_true", help="go on in a working folder that is not empty")
    asked.add_argument("--slurm", metavar="PARTITION", help="submit to Slurm instead of running here")
    asked.add_argument("--time", default="24:00:00", help="time limit of each Slurm job")
    asked.add_argument("--memory", type=int, default=4, help="GB of each Slurm task")
    chosen = asked.parse_args()
    if os.environ.get("LOGURU_DIAGNOSE", "").lower() not in ("no", "false", "0"):  # noqa: TID251  # no Settings out here
        raise SystemExit(
            "Set LOGURU_DIAGNOSE=NO: otherwise the log of a task that fails holds the rows it was reading."
        )
    form, holdout = checked(chosen)
    stated = {
        "format": FORMAT, "data_format": form, "method": chosen.method, "run_id": chosen.run_id,
        "holdout_sha256": None if holdout is None else hashlib.sha256(holdout).hexdigest(),
        "tools": {"tunegate": version("tunegate"), "datatrove": version("datatrove"), "python": platform.python_version()},
    }  # fmt: skip
    last: Any = None
    for name, tasks, steps in stages(chosen, form, stated):
        logs = f"{chosen.work}/logs/{name}"
        if chosen.slurm:
            last = SlurmPipelineExecutor(
                steps, tasks, chosen.time, chosen.slurm, mem_per_cpu_gb=chosen.memory, env_command=_ON_A_NODE,
                job_name=f"tunegate-{name}", logging_dir=logs, depends=last,
            )  # fmt: skip
        else:
            last = LocalPipelineExecutor(steps, tasks, min(chosen.workers, tasks), logging_dir=logs, depends=last)
    last.run()


if __name__ == "__main__":
    import scan_data  # under its own name, by which processes on other machines find the steps

    scan_data.main()
