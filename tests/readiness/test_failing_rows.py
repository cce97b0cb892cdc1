"""Are failing rows told apart by their ids, whatever the ids are, and is a list of them held against the run?"""

from collections.abc import Iterable

import pytest

from bot.readiness.bar import Bar
from bot.readiness.baseline import Measured
from bot.readiness.check import Dossier
from bot.readiness.checks.behavior import failure_is_specific
from bot.readiness.eval_report import EvalItem, EvalMetric, EvalReport
from bot.readiness.fact import Known
from bot.readiness.failing_rows import Failures, Fate, failures, listed
from bot.readiness.finding import Finding, Outcome
from bot.report.markdown import text
from tests.dossiers import dossier, source

HIGHER, LOWER = Bar(0.9, higher=True), Bar(0.1, higher=False)
ROUTER = """\
version: 1
adapter: ticket-router
failure: {kind: behavior, signal: stable, reason: classification, modes: [MODES]}
eval:
  baseline: {artifact: b.json, rows: b.jsonl}
  metric: {name: exact_match, direction: higher}
  threshold: 0.9
"""


def item(name: str, score: float | None, key: str | None = None, *, errored: bool = False) -> EvalItem:
    return EvalItem(key or f"k-{name}", name, score, errored)


def found(items: Iterable[EvalItem], bar: Bar = HIGHER) -> Failures:
    metric = EvalMetric("t", "exact_match", None, 0.5, None, None, None, "/m", 0.5, items=tuple(items))
    report = EvalReport("native", None, "complete", None, None, None, None, False, (metric,), True)
    return failures(Measured("eval.baseline", Known(report, source()), metric), bar)


def told(modes: str, ids: dict[str, list[str]]) -> list[Finding]:
    facts = {
        "evals": {"eval.baseline": {"right": 150, "wrong": 50}},
        "rows": {f"failure.modes[{n}].rows": {"ids": each} for n, each in enumerate(ids.values())},
    }
    one: Dossier = dossier(ROUTER.replace("MODES", modes), facts)
    return list(failure_is_specific.CHECK.run(one))


@pytest.mark.parametrize(
    ("items", "bar", "fates"),
    [
        ([item("a", 1.0), item("b", 0.0)], HIGHER, {"a": Fate.RIGHT, "b": Fate.FAILED}),
        ([item("a", 1.0), item("b", 0.0)], Bar(92, higher=True), {"a": Fate.RIGHT, "b": Fate.FAILED}),  # in percent
        ([item("a", 1.0), item("b", 0.0)], LOWER, {"a": Fate.FAILED, "b": Fate.RIGHT}),
        ([item("a", 0.9), item("b", 0.89)], HIGHER, {"a": Fate.RIGHT, "b": Fate.FAILED}),
        ([item("a", 0.1), item("b", 0.11)], LOWER, {"a": Fate.RIGHT, "b": Fate.FAILED}),
        ([item("a", None, errored=True), item("b", None)], HIGHER, {"a": Fate.ERRORED, "b": Fate.ERRORED}),
        ([item("a", 0.0, errored=True)], HIGHER, {"a": Fate.ERRORED}),
        # repetitions of an item: it fails when one of them does, and what errored says nothing beside one that did not
        ([item("a", 1.0), item("a", 0.0), item("a", 1.0)], HIGHER, {"a": Fate.FAILED}),
        ([item("a", None, errored=True), item("a", 1.0)], HIGHER, {"a": Fate.RIGHT}),
        ([item("a", 0.0), item("a", None, errored=True)], HIGHER, {"a": Fate.FAILED}),
        # one id for different items
        ([item("a", 0.0, "one"), item("a", 1.0, "two")], HIGHER, {"a": Fate.MIXED}),
        ([item("a", 1.0, "one"), item("a", 0.0, "two"), item("a", 0.0, "three")], HIGHER, {"a": Fate.MIXED}),
        ([item("a", 0.0, "one"), item("a", 0.0, "two")], HIGHER, {"a": Fate.FAILED}),
        ([item("a", None, "one"), item("a", 0.0, "two")], HIGHER, {"a": Fate.MIXED}),
        ([item("a", None, "one"), item("a", 1.0, "two")], HIGHER, {"a": Fate.RIGHT}),
        ([], HIGHER, {}),
    ],
)
def test_what_became_of_a_row(items: list[EvalItem], bar: Bar, fates: dict[str, Fate]) -> None:
    assert found(items, bar).fates == fates


def test_an_id_for_every_row_covers_nothing() -> None:
    run = found([item("case", float(n < 70), f"k{n}") for n in range(100)])
    named: dict[str, int] = {}
    said = listed(["case"], run, named)
    assert (run.total, said.failing, said.stray, named) == (30, 0, {Fate.MIXED: 1}, {})


def test_rows_that_all_failed_under_one_id_count_as_so_many() -> None:
    run = found([item("goods", 0.0, f"k{n}") for n in range(30)] + [item(f"r{n}", 1.0) for n in range(70)])
    assert (run.total, listed(["goods"], run, {}).failing) == (30, 30)


def test_a_list_is_counted_and_only_a_few_ids_are_kept() -> None:
    run = found([item(f"f{n}", 0.0) for n in range(10)] + [item(f"r{n}", 1.0) for n in range(10)])
    named: dict[str, int] = {}
    said = listed([*(f"x{n}" for n in range(5_000)), "f1", "r1", "f2"], run, named)
    assert (said.ids, said.failing, said.astray) == (5_003, 2, 5_001)
    assert {fate: len(ids) for fate, ids in said.strays.items()} == {None: 5, Fate.RIGHT: 1}
    assert named == {"f1": 1, "f2": 1}
    assert run.unnamed(named) == ("f0", "f3", "f4", "f5", "f6")


def test_what_is_missing_is_named() -> None:
    (one,) = told("{name: goods-misrouted, rows: a.txt}", {"a": [str(n) for n in range(150, 170)]})
    assert one.outcome is Outcome.FAILED
    assert "20 of the 50 failures" in one.message
    assert "`170`, `171`, `172`, `173`, `174`" in (one.fix or "")


def test_a_share_just_below_what_is_asked_is_not_rounded_up_to_it() -> None:
    items = {"evals": {"eval.baseline": {"right": 300, "wrong": 252}}}
    ids = [str(n) for n in range(300, 451)]
    one = dossier(
        ROUTER.replace("MODES", "{name: goods-misrouted, rows: a.txt}"),
        {**items, "rows": {"failure.modes[0].rows": {"ids": ids}}},
    )
    (finding,) = failure_is_specific.CHECK.run(one)
    assert "151 of the 252 failures of the prompted baseline, 59.9 %; the policy asks for 60 %" in finding.message


def test_ids_and_names_are_shown_as_code_whatever_they_hold() -> None:
    hostile = "a`](https://x.example)<img>@everyone|#1"
    findings = told(f'{{name: "x` @everyone [a](https://x.example) {"y" * 200}", rows: a.txt}}', {"a": [hostile] * 1})
    assert {finding.outcome for finding in findings} == {Outcome.FAILED}
    for finding in findings:
        for said in (finding.message, finding.fix or ""):
            assert said.count("`") % 2 == 0
            outside = "".join(text(said).split("`")[::2])
            assert not any(mark in outside for mark in ("@", "](", "<img", "https:"))
    assert max(len(finding.message) for finding in findings) < 400


def test_many_long_lists_are_held_against_a_long_run() -> None:
    run = found(item(str(n), float(n % 2)) for n in range(100_000))
    named: dict[str, int] = {}
    ids = tuple(str(n) for n in range(200_000))
    for _ in range(5):
        said = listed(ids, run, named)
        assert (said.failing, said.stray) == (50_000, {Fate.RIGHT: 50_000, None: 100_000})
    assert len(named) == 50_000
    assert set(named.values()) == {5}
