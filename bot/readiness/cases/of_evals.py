"""What does an eval's report look like that a case describes by counts?"""

from dataclasses import replace
from typing import Any

from bot.readiness.eval_report import Composition, Direction, EvalItem, EvalMetric, EvalReport
from bot.readiness.rescore import rescore, scored_anew

MOST_ITEMS = 200_000  # house: a case is read in a moment
_COUNTS = ("right", "wrong", "errored")
MADE_OF = {"items": 200, "lengths": [40, 400], "scripts": {"LATIN": 200}, "labels": {"a": 120, "b": 80}}


def eval_report(entry: dict[str, Any]) -> EvalReport:
    """Build a report from `{right, wrong, errored, ...}` counts or from a list of `scores`.

    `times` repeats every item, `wrong_times` only the wrong ones; `repeated` makes so many of the items one. Instead,
    `blocks` are `[score, items]` in the order of the items, a score of null is an error; `keys` begins the items' keys.
    `sides` are such entries by the task of their metric, all in one report.
    """
    if sum(entry.get(key, 0) for key in _COUNTS) * entry.get("times", 1) * entry.get("wrong_times", 1) > MOST_ITEMS:
        raise ValueError(f"an eval of a case has at most {MOST_ITEMS:,} items")
    if "sides" in entry:
        made = {side: eval_report(each) for side, each in entry["sides"].items()}
        metrics = tuple(replace(metric, task=side) for side, each in made.items() for metric in each.metrics)
        return replace(next(iter(made.values())), metrics=metrics, rows_note=entry.get("rows_note"))
    scores = entry.get("scores") or [1.0] * entry.get("right", 0) + [0.0] * entry.get("wrong", 0)
    scores = [score for score, times in entry.get("blocks", ()) for _ in range(times)] or scores
    errored, repeated = entry.get("errored", 0), entry.get("repeated", 0)
    answers = entry.get("answers") or {}
    items = [
        EvalItem(
            f"{entry.get('keys', 'k')}{max(n - repeated, 0)}",
            str(n),
            None if score is None else float(score),
            score is None,
        )
        for n, score in enumerate(scores)
        for _ in range(entry.get("times", 1) * (entry.get("wrong_times", 1) if score == 0 else 1))
    ] + [EvalItem(f"e{n}", f"e{n}", None, errored=True) for n in range(errored)]
    name, direction = entry.get("name", "exact_match"), entry.get("direction")
    compared = []
    for item in items:
        answer, target = answers.get(int(item.native_id.lstrip("e")), (None, None))
        compared.append(rescore(answer, target, item.score))
    kind, items = scored_anew(name, Direction(direction) if direction else None, items, compared)
    value = sum(item.score or 0 for item in items) / len(items) if items else entry.get("value")
    metric = EvalMetric(
        task="tickets",
        name=name,
        variant="strict",
        value=entry.get("value", value),
        stderr=None,
        direction=Direction(direction) if direction else None,
        n=entry.get("n", sum(item.score is not None for item in items)),
        pointer="/results/tickets",
        recomputed=None if entry.get("aggregate_only") else entry.get("recomputed", value),
        rescored=kind,
        items=() if entry.get("aggregate_only") else tuple(items),
        composition=None if entry.get("aggregate_only") else composition(entry.get("composition", MADE_OF)),
        hashed=entry.get("hashed", False),
    )
    return EvalReport(
        format="lm-eval",
        tool_version="0.4.13",
        status=entry.get("status", "complete"),
        model=entry.get("model", "anthropic/claude-sonnet"),
        adapter=entry.get("adapter"),
        started_at=entry.get("started_at"),
        limit=entry.get("limit"),
        mock=entry.get("mock", False),
        metrics=(metric,),
        has_rows=not entry.get("aggregate_only"),
        rows_note=entry.get("rows_note"),
        finished_at=entry.get("finished_at"),
        judge=entry.get("judge"),
        scorer=entry.get("scorer"),
    )


def composition(entry: dict[str, Any]) -> Composition:
    """Build what a set is made of; `lengths` may be `[shortest, longest]` of an even spread."""
    lengths = entry.get("lengths", ())
    if len(lengths) == 2:
        first, last = lengths
        lengths = [first + (last - first) * n // 99 for n in range(100)]
    counts = [dict(entry.get(key, {})) for key in ("scripts", "labels", "tools")]
    return Composition(entry["items"], tuple(sorted(lengths)), *counts)
