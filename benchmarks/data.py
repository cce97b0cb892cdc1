"""How fast is a data set judged, in how much memory, and is all found that was planted?

`python -m benchmarks.data [--rows N] [--holdout N] [--rounds N] [--million] [--record]`. orjson is a yardstick where it is
installed. Seconds are the processor's, so that neighbours on the machine count little. The generator and the judge whose memory
is measured each run in a process of their own. `--million` judges a million rows once: minutes, and 3 GB of disk and memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.planted import HELD_OUT, PLANTED, TRAINING, Planted
from benchmarks.rounds import beside, keep, report
from bot.readiness.data_profile import DataProfile
from bot.sources import datasets
from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Example, Faulty, scan

_EVERY = 10_000_000
_MILLION = 1_000_000
# as the service reads files: one thread, and no memory set aside beforehand
_ALONE = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "MIMALLOC_ARENA_RESERVE": "0"}


class _Nothing:
    """Counts no row: what is left of a scan is the structural pass."""

    def blame(self, line: int, fault: Faulty) -> None:
        raise AssertionError(fault.message)

    def add(self, line: int, example: Example) -> None:
        pass


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--holdout", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--million", action="store_true", help="judge a million rows, too")
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.judge:
        print(json.dumps(_judged(chosen.judge)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _python("benchmarks.planted", str(folder), str(chosen.rows), str(chosen.holdout))
        _times(folder, chosen)
        sizes = [_alone(folder, chosen.rows)]
        if chosen.million:
            _python("benchmarks.planted", str(folder), str(_MILLION), str(chosen.holdout))
            sizes.append(_alone(folder, _MILLION))
    head = "| rows | file | processor | peak memory | copies | conflicts | leaks | wrong leaks | two words edited |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|---|---|", *sizes])
    print(table)
    if chosen.record:
        keep("Judging a data set in a process of its own", table)


def _times(folder: Path, chosen: argparse.Namespace) -> None:
    raw, holdout = (folder / TRAINING).read_bytes(), (folder / HELD_OUT).read_bytes()
    lines = raw.splitlines()
    read, quick = openai_chat.reader("sft"), openai_chat.quick_reader("sft")
    floors: dict[str, Callable[[], object]] = {
        "json.loads": lambda: _each(json.loads, lines),
        "msgspec": lambda: _each(msgspec.json.decode, lines),
    }
    if find_spec("orjson"):
        floors["orjson"] = lambda: _each(_orjson(), lines)
    size = f"{chosen.rows:,} rows x {chosen.holdout:,} held-out items, {len(raw) / 1e6:,.1f} MB"
    whole = beside(
        size, lambda: datasets.profile(raw, "openai-chat", "sft", {"holdout": holdout}), floors, chosen.rounds
    )
    form = beside(
        f"structural pass over {len(raw) / 1e6:,.1f} MB",
        lambda: scan(raw, read, _Nothing(), quick=quick),
        floors,
        chosen.rounds,
    )
    report("Judging a data set", [*whole, *form], record=chosen.record)
    print(f"structural pass: {len(raw) / 1e6 / min(form[0].ours):,.0f} MB/s")


def _each(read: Callable[[bytes], object], lines: list[bytes]) -> None:
    for line in lines:
        read(line)


def _orjson() -> Callable[[bytes], object]:
    import orjson

    loads: Callable[[bytes], object] = orjson.loads
    return loads


def _python(module: str, *words: str) -> str:
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, env=os.environ | _ALONE, stdout=subprocess.PIPE, check=True, text=True).stdout


def _alone(folder: Path, rows: int) -> str:
    """Judge a file in a process of its own, and write a line of the table."""
    found = json.loads(_python("benchmarks.data", "--judge", str(folder)))
    planted = Planted(**json.loads((folder / PLANTED).read_text()))
    lines = {kind: set(found[kind]) for kind in ("duplicate", "near_duplicate", "leak", "conflict")}
    gone = lines["near_duplicate"] | lines["duplicate"]
    wrong = lines["leak"] - set(planted.tainted)
    shares = [
        _share(planted.copies, lines["duplicate"]),
        _share(planted.conflicts, lines["conflict"]),
        _share(planted.leaks, lines["leak"]),
        f"{len(wrong)} ({len(wrong) / rows:.2%})",
        f"{_share(planted.edits, gone)}; of all {_share(planted.edited, gone)}",
    ]
    size = (folder / TRAINING).stat().st_size / 1e6
    cost = f"{size:,.0f} MB | {found['seconds']:,.3g} s | {found['peak']:,.0f} MB"
    return f"| {rows:,} | {cost} | {' | '.join(shares)} |"


def _share(planted: list[int], found: set[int]) -> str:
    hit = len(found.intersection(planted))
    return f"{hit:,} of {len(planted):,} ({hit / len(planted):.1%})" if planted else "none"


def _judged(folder: Path) -> Mapping[str, Any]:
    """Judge the file of a folder; what it cost counts the whole process: the interpreter, the file, and all that is loaded."""
    raw, holdout = (folder / TRAINING).read_bytes(), (folder / HELD_OUT).read_bytes()
    found = datasets.profile(raw, "openai-chat", "sft", {"holdout": holdout}, output="structured", faults_kept=_EVERY)
    cost = {"seconds": time.process_time(), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    assert isinstance(found, DataProfile), found
    kinds = ("duplicate", "near_duplicate", "leak", "conflict")
    return cost | {kind: [fault.line for fault in found.losses if fault.code == kind] for kind in kinds}


if __name__ == "__main__":
    main()
