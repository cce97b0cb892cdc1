"""How long do two things take, in turns? The ratio of neighbours is what a noisy machine can tell."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Compared:
    """Seconds of each round: ours, the yardstick's."""

    name: str
    ours: tuple[float, ...]
    yardstick: tuple[float, ...]

    def row(self) -> str:
        """Write a line of the table."""
        ratios = [a / b for a, b in zip(self.ours, self.yardstick, strict=True)]
        return f"| {self.name} | {_three(self.ours, 1000, 'ms')} | {_three(self.yardstick, 1000, 'ms')} | {_three(ratios, 1, 'x')} |"


def alternate(name: str, ours: Callable[[], object], yardstick: Callable[[], object], rounds: int) -> Compared:
    """Run both in turns, after one run of each that does not count."""
    ours(), yardstick()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for taken, run in zip(times, (ours, yardstick), strict=True):
            began = time.perf_counter()
            run()
            taken.append(time.perf_counter() - began)
    return Compared(name, tuple(times[0]), tuple(times[1]))


def beside(
    name: str, ours: Callable[[], object], yardsticks: Mapping[str, Callable[[], object]], rounds: int
) -> list[Compared]:
    """Run ours and several yardsticks in turns, by the time of the processor, after one run of each that does not count."""
    runs = (ours, *yardsticks.values())
    times: list[list[float]] = [[] for _ in runs]
    for number in range(rounds + 1):
        for taken, run in zip(times, runs, strict=True):
            began = time.process_time()
            run()
            if number:
                taken.append(time.process_time() - began)
    mine = tuple(times[0])
    return [
        Compared(f"{name}, beside {other}", mine, tuple(taken))
        for other, taken in zip(yardsticks, times[1:], strict=True)
    ]


def report(title: str, compared: list[Compared], *, record: bool) -> None:
    """Print a table, and append it to RESULTS.md where that is asked for."""
    lines = ["| what | ours | yardstick | ratio |", "|---|---|---|---|", *(each.row() for each in compared)]
    table = "\n".join(lines)
    print(f"{title} (min / median / max)\n{table}")
    if record:
        keep(title, table)


def keep(title: str, table: str) -> None:
    """Append a table to RESULTS.md, with date, commit and machine."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    when = datetime.now(UTC).date().isoformat()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    with RESULTS.open("a") as results:
        results.write(f"\n## {title}, {when}, {commit.stdout.strip()}, {machine}\n\n{table}\n")
    print(f"appended to {RESULTS.name}", file=sys.stderr)


def _three(values: "tuple[float, ...] | list[float]", factor: float, unit: str) -> str:
    low, middle, high = (f"{value * factor:,.3g}" for value in (min(values), median(values), max(values)))
    return f"{low} / {middle} / {high} {unit}"
