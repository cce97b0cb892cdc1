"""Which differences to an earlier bar are a move, and whose claim do they ease?"""

from datetime import date

import pytest

from bot.readiness.evidence import StatedBar
from bot.readiness.proposal import Proposal, read
from bot.readiness.stated_bar import moves, stated


def proposal(text: str) -> Proposal:
    found = read(f"version: 1\nadapter: x\n{text}".encode(), opened_on=date(2026, 1, 1)).proposal
    assert found is not None
    return found


def bar(threshold: str | None = None, metric: str | None = None, holdout: str | None = None) -> StatedBar:
    return StatedBar("the base branch", threshold, metric, holdout)


NOW = proposal(
    "eval: {threshold: 0.90, metric: {task: t, name: f1, direction: higher}, holdout: {path: {uri: h.jsonl, revision: r2}}}"
)


def test_what_is_stated() -> None:
    assert stated(NOW, "now") == StatedBar("now", "0.9", "t / f1 / * / higher", "h.jsonl@r2")
    assert stated(proposal(""), "now") == StatedBar("now", None, None, None)


@pytest.mark.parametrize(
    "before",
    [
        bar(),
        stated(NOW, "x"),
        bar("0.900"),
        bar(metric="t / f1 / * / *"),
        bar(metric="* / f1 / * / higher"),
        bar(metric="t / f1 / strict / higher"),
    ],
)
def test_the_same_bar_has_not_moved(before: StatedBar) -> None:
    assert list(moves(before, NOW)) == []


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (bar("0.93"), "the bar moved 0.93 -> 0.9"),
        (bar(metric="t / acc / * / higher"), "the metric changed from `t / acc / * / higher` to `t / f1 / * / higher`"),
        (bar(metric="t / f1 / * / lower"), "the metric changed from `t / f1 / * / lower` to `t / f1 / * / higher`"),
        (bar(metric="t / a / b / c / higher"), "the metric changed from `t / a / b / c / higher` to"),
        (bar(holdout="h.jsonl@r1"), "the held-out set changed from `h.jsonl@r1` to `h.jsonl@r2`"),
    ],
)
def test_another_bar_has(before: StatedBar, said: str) -> None:
    (move,) = moves(before, NOW)
    assert move.said.startswith(said)


@pytest.mark.parametrize(
    ("old", "direction", "more", "eases"),
    [
        ("0.8", "higher", "", True),
        ("0.95", "higher", "", False),
        ("0.95", "lower", "", True),
        ("0.8", "lower", "", False),
        ("0.95", "higher", "  candidate: {artifact: c.json}\n", True),
        ("0.95", "higher", "failure: {reason: distillation}\n", True),
        ("0.8", "higher", "failure: {reason: cost_or_latency}\n", True),
    ],
)
def test_whose_claim_a_moved_bar_eases(old: str, direction: str, more: str, eases: bool) -> None:
    now = proposal(f"eval:\n  threshold: 0.9\n  metric: {{name: m, direction: {direction}}}\n{more}")
    (move,) = moves(bar(old), now)
    assert (move.eased is not None) is eases
