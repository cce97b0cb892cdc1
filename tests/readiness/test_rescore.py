"""Does form stop deciding, while what is said goes on to?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.evidence import EvalItem, EvalMetric
from bot.readiness.rescore import contradictions, tolerant, tolerant_score, without_texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refund", "refund"),
        ('"refund."', "refund"),
        ("  late\n delivery ", "Late delivery"),
        ('{"category": "refund", "urgency": "high"}', '{"category":"refund","urgency":"high"}'),
        ("late_delivery", "late delivery"),
        ("`refund`", "refund"),
        ("ｒｅｆｕｎｄ", "refund"),
        ("**Refund**!", "**refund**"),
        ("0,5", "0.5"),
        ("\u2212 5", "- 5"),
    ],
)
def test_form_does_not_decide(one: str, other: str) -> None:
    assert tolerant(one) == tolerant(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-5", "5"),
        ("x = -1", "x = 1"),
        ("1.5", "15"),
        ("-.5", ".5"),
        ("a < b", "a > b"),
        ("a == b", "a != b"),
        ("C#", "C"),
        ("C++", "C"),
        ("5 %", "5"),
        ("$5", "€5"),
        ("a/b", "a*b"),
        ("refund", "refunds"),
        ("नमस्ते", "नमसत"),
    ],
)
def test_what_is_said_decides(one: str, other: str) -> None:
    assert tolerant(one) != tolerant(other)


def item(score: float | None, output: str | None = None, target: str | None = None, **more: bool) -> EvalItem:
    return EvalItem("k", "1", score, output=output, target=target, **more)


def test_an_answer_that_differs_only_in_form_counts_as_right() -> None:
    assert tolerant_score(item(0.0, "Refund.", "refund")) == 1.0
    assert tolerant_score(item(0.0, "delivery", "refund")) == 0.0
    assert tolerant_score(item(0.5, "delivery", "refund")) == 0.5


def test_an_empty_target_a_missing_text_and_an_error_leave_the_score() -> None:
    assert tolerant_score(item(0.0, "", "")) == 0.0
    assert tolerant_score(item(0.0, "?!", "...")) == 0.0
    assert tolerant_score(item(0.0, None, "refund")) == 0.0
    assert tolerant_score(item(None, "refund", "refund")) is None


def metric(*items: EvalItem, deterministic: str | None = "exact_match") -> EvalMetric:
    return EvalMetric("t", "exact_match", None, 0.5, None, None, len(items), "/x", 0.5, deterministic, items)


@pytest.mark.parametrize(
    ("score", "output", "target", "found"),
    [
        (0.0, "refund", "refund", True),
        (0.0, "Refund", "refund", False),
        (1.0, "refund", "refund", False),
        (1.0, "delivery", "refund", True),
        (1.0, "", "refund", True),
        (1.0, "The answer is refund.", "refund", False),
        (1.0, "1,000", "1000", False),
        (0.5, "delivery", "refund", False),
        (0.0, None, "refund", False),
        (None, "refund", "refund", False),
    ],
)
def test_a_score_that_cannot_follow_from_the_answer_is_found(
    score: float | None, output: str | None, target: str | None, found: bool
) -> None:
    assert bool(contradictions(metric(item(score, output, target)))) is found


def test_only_an_exact_match_is_scored_anew_and_no_errored_row() -> None:
    assert contradictions(metric(item(0.0, "a", "a"), deterministic=None)) == ()
    assert contradictions(metric(item(0.0, "a", "a", errored=True))) == ()


TEXTS = st.sampled_from([None, "", "refund", "Refund", "delivery", "-5", "5"])


@given(st.lists(st.tuples(st.sampled_from([None, 0.0, 1.0]), TEXTS, TEXTS), min_size=1, max_size=5))
def test_without_its_texts_a_metric_is_judged_the_same(rows: list[tuple[float | None, str | None, str | None]]) -> None:
    full = metric(*(item(*row) for row in rows))
    kept = without_texts(full)
    assert all(row.output is None and row.target is None for row in kept.items)
    assert [tolerant_score(row) for row in kept.items] == [tolerant_score(row) for row in full.items]
    assert len(contradictions(kept)) == len(contradictions(full))
    assert without_texts(kept) == kept
