"""Is a candidate compared item by item, with every ambiguity read against it?"""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness import statistics
from bot.readiness.baseline import Measured
from bot.readiness.eval_report import EvalItem, EvalMetric, EvalReport
from bot.readiness.fact import Grade, Known, Source
from bot.readiness.pairing import Pairing, Rules, pair

RULES = Rules(confidence=0.95, power=0.8, max_unpaired=0.05)
SCORES = st.lists(st.sampled_from([None, 0.0, 1.0]), min_size=5, max_size=40)


def measured(*scores: float | None, at: str = "eval.candidate", keys: list[str] | None = None) -> Measured:
    names = keys or [f"k{n}" for n in range(len(scores))]
    items = tuple(EvalItem(key, key, score, errored=score is None) for key, score in zip(names, scores, strict=True))
    metric = EvalMetric("t", "m", None, 0.5, None, None, len(items), "/x", 0.5, None, items)
    report = EvalReport("native", None, "complete", None, None, None, None, False, (metric,), True)
    return Measured(at, Known(report, Source(f"{at}.json", Grade.B)), metric)


def paired(candidate: Measured, other: Measured, *, higher: bool = True, rules: Rules = RULES) -> Pairing:
    found = pair(candidate, other, higher=higher, rules=rules)
    assert isinstance(found, Pairing), found
    return found


def before(*scores: float | None, keys: list[str] | None = None) -> Measured:
    return measured(*scores, at="eval.untuned", keys=keys)


def test_wins_losses_and_ties_are_counted_by_item_whatever_the_order() -> None:
    one = measured(1, 1, 0, 0, 1)
    other = before(0, 0, 1, 0, 1, keys=["k1", "k0", "k2", "k4", "k3"])
    found = paired(one, other)
    assert (found.n, found.wins, found.losses, found.ties) == (5, 3, 2, 0)
    assert found.gain == pytest.approx(0.2)
    assert found.p_gain == statistics.mcnemar(3, 2)
    assert found.p_loss == statistics.mcnemar(2, 3)


def test_what_has_no_score_is_wrong_in_the_candidate_and_right_in_the_other() -> None:
    found = paired(measured(None, 1, 1, 1, 1), before(0, 0, None, 0, 0))
    assert (found.wins, found.losses, found.ties) == (3, 0, 2)
    assert (found.errored, found.other_errored) == (1, 1)
    assert found.charity("the other") == (
        "1 row of the candidate without a score counted as wrong; 1 row of the other without a score counted as right."
    )


def test_an_item_that_one_run_lacks_counts_against_the_candidate() -> None:
    rules = replace(RULES, max_unpaired=0.5)
    found = paired(measured(1, 1, 1, keys=["a", "b", "c"]), before(0, 0, 0, keys=["a", "b", "d"]), rules=rules)
    assert (found.n, found.wins, found.losses, found.ties) == (4, 2, 0, 2)
    assert (found.missing, found.extra) == (1, 1)


def test_too_many_items_without_a_pair_are_another_held_out_set() -> None:
    ours, theirs = measured(*[1.0] * 20), before(*[0.0] * 20, keys=[f"k{n}" for n in range(1, 21)])
    assert paired(ours, theirs, rules=replace(RULES, max_unpaired=0.1)).unpaired == 2
    found = pair(ours, theirs, higher=True, rules=RULES)
    assert isinstance(found, str)
    assert "of 21 items 2 are in only one of both" in found


def test_repetitions_are_averaged_before_they_are_compared() -> None:
    often = measured(*[1.0] * 40, keys=["a"] * 10 + ["b"] * 10 + ["c"] * 10 + ["d"] * 10)
    found = paired(often, before(0, 0, 0, 0, keys=["a", "b", "c", "d"]))
    assert (found.n, found.p_gain) == (4, 1 / 16)


def test_an_error_among_marks_is_the_worst_mark_that_either_run_knows() -> None:
    found = paired(measured(5.0, None, 4.0), before(2.0, 3.0, None))
    assert found.candidate == pytest.approx((5 + 2 + 4) / 3)
    assert found.other == pytest.approx((2 + 3 + 5) / 3)
    mirrored = paired(measured(5.0, None, 4.0), before(2.0, 3.0, None), higher=False)
    assert mirrored.candidate == pytest.approx((5 + 5 + 4) / 3)


def test_points_are_hundredths_of_a_share_and_else_of_the_other_runs_value() -> None:
    shares, marks = paired(measured(1, 1), before(1, 0)), paired(measured(4, 5), before(5, 5))
    assert (shares.margin(0.02), shares.points(0.015), shares.points(0.01)) == (0.02, "1.5 points", "1 point")
    assert (marks.margin(0.02), marks.points(0.1)) == (pytest.approx(0.1), "0.1")


def test_two_runs_that_are_one_or_scored_differently_are_not_compared() -> None:
    one = measured(1, 0)
    problem = pair(one, replace(one, at="eval.untuned"), higher=True, rules=RULES)
    assert problem == "Both are one and the same run: link that of each"
    for field, word in (("judge", "judged by different models"), ("scorer", "scored differently")):
        ours, theirs = (
            replace(run, report=replace(run.report, value=replace(run.report.value, **{field: value})))
            for run, value in ((measured(1, 0), "a"), (before(0, 0), "b"))
        )
        problem = pair(ours, theirs, higher=True, rules=RULES)
        assert isinstance(problem, str)
        assert word in problem
    renamed = before(0, 0)
    renamed = replace(renamed, metric=replace(renamed.metric, name="f1"))
    problem = pair(measured(1, 0), renamed, higher=True, rules=RULES)
    assert problem == "They are not the same metric: `t / m` and `t / f1`"


def test_one_of_several_runs_of_a_file_is_another_run() -> None:
    ours, theirs = measured(1, 1, 1), before(0, 1, 1)
    source = Source("both.json", Grade.B, "a" * 64)
    ours = replace(ours, report=Known(replace(ours.report.value, run="tuned"), source))
    theirs = replace(theirs, report=Known(replace(theirs.report.value, run="prompted"), source))
    assert paired(ours, theirs).wins == 1


@given(SCORES, st.data())
def test_lower_is_better_mirrors_higher(scores: list[float | None], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from([None, 0.0, 1.0]), min_size=len(scores), max_size=len(scores)))
    up = paired(measured(*scores), before(*others))
    mirror = [None if s is None else 1 - s for s in scores], [None if s is None else 1 - s for s in others]
    down = paired(measured(*mirror[0]), before(*mirror[1]), higher=False)
    assert (up.wins, up.losses, up.p_gain, up.p_loss) == (down.wins, down.losses, down.p_gain, down.p_loss)
    assert (up.gain, up.low, up.high, up.goodness) == pytest.approx((down.gain, down.low, down.high, down.goodness))
    assert up.points(up.gain) == down.points(up.gain)


@given(SCORES, st.data())
def test_a_worse_row_of_the_candidate_never_makes_its_gain_surer(
    scores: list[float | None], data: st.DataObject
) -> None:
    others = data.draw(st.lists(st.sampled_from([None, 0.0, 1.0]), min_size=len(scores), max_size=len(scores)))
    at = data.draw(st.integers(0, len(scores) - 1))
    was = paired(measured(*scores), before(*others))
    for worse in (0.0, None):
        now = paired(measured(*scores[:at], worse, *scores[at + 1 :]), before(*others))
        assert now.gain <= was.gain
        assert now.p_gain >= was.p_gain
        assert now.p_loss <= was.p_loss


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=5, max_size=30), st.integers(0, 3))
@settings(max_examples=15)
def test_graded_scores_replay_to_the_same_numbers_in_any_order(scores: list[float], turn: int) -> None:
    others = scores[turn:] + scores[:turn]
    keys = [f"k{n}" for n in range(len(scores))]
    one = paired(measured(*scores), before(*others))
    again = paired(measured(*scores[::-1], keys=keys[::-1]), before(*others[::-1], keys=keys[::-1]))
    assert one == again
    assert one.low <= one.gain <= one.high


def test_a_p_of_exactly_five_percent_is_not_below_it() -> None:
    assert not RULES.alpha > 0.05


_JUDGES = """
import sys
from tests.dossiers import CASES, read_case
from bot.readiness.checks import CHECKS
from bot.readiness.panel import deliberate
for name in {names}:
    for path in sorted(CASES.glob(name)):
        verdict = deliberate(read_case(path)[0], CHECKS)
        assert not any(j.finding.outcome == "broken" for j in verdict.judged)
print(sorted({{"numpy", "scipy"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("names", "imported"),
    [
        (["gain-is-real/gain-is-real.yaml", "no-regression/both-of-two-surely.yaml", "baseline-falls-short/falls-short.yaml"], "[]"),
        (["gain-is-real/graded-answers.yaml"], "['numpy', 'scipy']"),
    ],
)  # fmt: skip
def test_scores_of_0_and_1_are_judged_without_scipy_and_numpy(names: list[str], imported: str) -> None:
    code = _JUDGES.format(names=names)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == imported, found.stderr
