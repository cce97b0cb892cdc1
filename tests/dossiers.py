"""Which dossier does a case file describe? Reads `tests/checks/<check-id>/<case>.yaml`.

Above `---` stands the part of the proposal that matters, with `# expect: <outcome>` on the line that the finding must
point at; below it stand the facts. `expect` may also be given for the whole file as `# expect-file: <outcome>`.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.readiness.check import Dossier
from bot.readiness.evidence import (
    DataProfile,
    Direction,
    EvalItem,
    EvalMetric,
    EvalReport,
    Evidence,
    Fact,
    Grade,
    Known,
    LabelCount,
    Person,
    RowFault,
    Source,
    Trouble,
    Unavailable,
)
from bot.readiness.policy import Policy
from bot.readiness.proposal import Reading, read
from bot.wiring import policy

CASES = Path(__file__).parent / "checks"
TODAY = date(2026, 1, 1)
POLICY: Policy = policy()


def read_case(path: Path) -> tuple[Dossier, Reading, set[tuple[int, str]]]:
    """Read a case: the dossier, the reading (for lines), and the expected (line, outcome) pairs."""
    head, _, tail = path.read_text().partition("\n---\n")
    reading = read(("version: 1\nadapter: ticket-router\n" + head).encode(), opened_on=TODAY)
    assert reading.proposal is not None
    assert not reading.problems, reading.problems
    expected = {
        (number + 2, word)
        for number, line in enumerate(head.splitlines(), 1)
        for word in re.findall(r"# expect: (\w+)", line)
    }
    expected |= {(1, word) for word in re.findall(r"# expect-file: (\w+)", head)}
    return Dossier(reading.proposal, POLICY, _evidence(yaml.safe_load(tail) or {}), TODAY), reading, expected


def source(grade: str = "B") -> Source:
    return Source("evals/results.json", Grade(grade), "0" * 64, "f" * 40)


def _evidence(facts: dict[str, Any]) -> Evidence:
    return Evidence(
        evals={at: _fact(entry, eval_report) for at, entry in (facts.get("evals") or {}).items()},
        data={at: _fact(entry, data_profile) for at, entry in (facts.get("data") or {}).items()},
        people={
            login: _fact(entry, lambda e, who=login: person(who, e))
            for login, entry in (facts.get("people") or {}).items()
        },
    )


def _fact(entry: dict[str, Any], build: Any) -> Fact[Any]:
    if "unavailable" in entry:
        return Unavailable(entry["unavailable"], Trouble(entry.get("trouble", "passing")))
    return Known(build(entry), source(entry.get("grade", "B")))


def eval_report(entry: dict[str, Any]) -> EvalReport:
    """Build a report from `{right, wrong, errored, ...}` counts or from a list of `scores`."""
    scores = entry.get("scores") or [1.0] * entry.get("right", 0) + [0.0] * entry.get("wrong", 0)
    errored, repeated = entry.get("errored", 0), entry.get("repeated", 0)
    answers = entry.get("answers") or {}
    items = [
        EvalItem(
            f"k{max(n - repeated, 0)}",
            str(n),
            float(score),
            output=answers.get(n, [None, None])[0],
            target=answers.get(n, [None, None])[1],
        )
        for n, score in enumerate(scores)
    ] + [EvalItem(f"e{n}", f"e{n}", None, errored=True) for n in range(errored)]
    value = sum(scores) / len(items) if items else entry.get("value")
    metric = EvalMetric(
        task="tickets",
        name=entry.get("name", "exact_match"),
        variant="strict",
        value=entry.get("value", value),
        stderr=None,
        direction=Direction(entry["direction"]) if entry.get("direction") else None,
        n=entry.get("n", len(scores)),
        pointer="/results/tickets",
        recomputed=value,
        deterministic="exact_match" if answers else None,
        items=() if entry.get("aggregate_only") else tuple(items),
    )
    return EvalReport(
        format="lm-eval",
        tool_version="0.4.13",
        status=entry.get("status", "complete"),
        model="anthropic/claude-sonnet",
        adapter=None,
        started_at=None,
        limit=entry.get("limit"),
        mock=entry.get("mock", False),
        metrics=(metric,),
        has_rows=not entry.get("aggregate_only"),
        rows_note=entry.get("rows_note"),
    )


def data_profile(entry: dict[str, Any]) -> DataProfile:
    """Build a profile from counts."""
    rows = entry["rows"]
    faults = tuple(RowFault(f["code"], f["line"], "is faulty") for f in entry.get("faults", ()))
    faulty, copies = entry.get("faulty", len(faults)), entry.get("copies", 0)
    codes = {fault.code for fault in faults}
    return DataProfile(
        format="openai-chat",
        rows=rows,
        valid=rows - faulty,
        effective=rows - faulty - copies,
        duplicates=copies,
        faults=faults,
        fault_counts=dict.fromkeys(codes, faulty) if codes else {},
        closed_set="labels" in entry,
        labels=tuple(LabelCount(f"label-{n}", 10) for n in range(entry.get("labels", 0))),
        tokens=entry.get("tokens", rows * 100),
    )


def person(login: str, entry: dict[str, Any]) -> Person:
    """Build a person."""
    return Person(login, 1, entry.get("type", "User"), entry.get("member", False), entry.get("permission", "none"))
