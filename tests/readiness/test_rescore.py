"""Does form stop deciding, while what is said goes on to?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.eval_report import Direction, EvalItem
from bot.readiness.rescore import LONGEST, rescore, scored_anew, tolerant


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


Found = tuple[float | None, bool]
Scored = tuple[float | None, str | None, str | None]  # score, answer, target
ORDINARY: list[Scored] = [(1.0, "a", "a"), (0.0, "b", "c")]


def anew(name: str | None, *rows: Scored, direction: Direction | None = None) -> tuple[str | None, list[Found]]:
    """Score rows anew: the kind of comparison, and of each row what it deserves and whether it contradicts its score."""
    items = [EvalItem(str(n), str(n), score) for n, (score, _, _) in enumerate(rows)]
    kind, found = scored_anew(
        name, direction, items, [rescore(output, target, score) for score, output, target in rows]
    )
    assert [item.score for item in found] == [item.score for item in items]
    return kind, [(item.tolerant, item.contradicts) for item in found]


@pytest.mark.parametrize(
    ("score", "output", "target", "found"),
    [
        (0.0, "refund", "refund", (1.0, True)),
        (0.0, "Refund.", "refund", (1.0, False)),
        (0.0, "delivery", "refund", (None, False)),
        (1.0, "refund", "refund", (None, False)),
        (1.0, "delivery", "refund", (None, True)),
        (1.0, "", "refund", (None, True)),
        (1.0, "The answer is refund.", "refund", (None, False)),
        (1.0, "1,000", "1000", (None, False)),
        (0.0, "1000.0", "1,000", (1.0, False)),
        (0.0, "1.5", "15", (None, False)),
        (0.0, '{"b": 2, "a": 1}', '{"a": 1, "b": 2}', (1.0, False)),
        (0.0, "{oops", '{"a": 1}', (None, False)),
        (0.5, "delivery", "refund", (None, False)),
        (0.001, "refund", "refund", (1.0, True)),
        (0.999, "delivery", "refund", (None, True)),
        (0.0, None, "refund", (None, False)),
        (0.0, "refund", None, (None, False)),
        (0.0, "", "", (None, False)),
        (0.0, "?!", "...", (None, False)),
        (0.0, "a" * (LONGEST + 1), "a" * (LONGEST + 1), (None, False)),
        (None, "refund", "refund", (None, False)),
    ],
)
def test_of_an_exact_match_answer_and_target_decide(
    score: float | None, output: str | None, target: str | None, found: Found
) -> None:
    assert anew("exact_match", (score, output, target))[1] == [found]


@pytest.mark.parametrize(
    ("output", "target", "kind"),
    [("a", "b", "text"), ("1", "2.0", "number"), ("x", '{"a": 1}', "json"), (None, "a", None), ("[1", "[1]", "json")],
)
def test_the_kind_of_comparison_is_named(output: str | None, target: str, kind: str | None) -> None:
    assert anew("em", (0.0, output, target))[0] == kind


@pytest.mark.parametrize(
    "name",
    ["accuracy", "acc", "match", "label", "label_accuracy", "is_correct", "isCorrect", "Exact Match", "exact/mean", "quality", "score", None],
)  # fmt: skip
def test_right_answers_that_are_scored_wrong_are_found_whatever_the_metric_is_called(name: str | None) -> None:
    kind, found = anew(name, *ORDINARY, (0.0, "Yes", "Yes"), (0.0, "yes.", "Yes"))
    assert kind == "text"
    assert found == [(None, False), (None, False), (1.0, True), (1.0, False)]


@pytest.mark.parametrize(
    ("name", "found"), [("label_match", True), ("EM", True), ("accuracy", False), ("judge", False)]
)
def test_a_wrong_answer_scored_right_contradicts_only_where_answer_and_target_alone_decide(
    name: str, found: bool
) -> None:
    assert anew(name, (1.0, "delivery", "refund"))[1] == [(None, found)]


@pytest.mark.parametrize("name", ["exact_match", "accuracy", "is_correct", "quality"])
def test_a_score_in_shades_among_others_switches_nothing_off(name: str) -> None:
    assert anew(name, *ORDINARY, (0.5, "x", "y"), (0.0, "Yes", "Yes"))[1][-1] == (1.0, True)


@pytest.mark.parametrize(
    "name", ["error_rate", "errorRate", "wer", "word-error-rate", "Hallucination", "toxicity", "mismatch", "mean loss"]
)
def test_of_a_metric_of_errors_zero_is_what_a_right_answer_gets(name: str) -> None:
    assert anew(name, (0.0, "a", "a"), (1.0, "a", "b")) == (None, [(None, False)] * 2)


def test_a_direction_that_is_stated_counts_for_more_than_a_name() -> None:
    assert anew("wer", (0.0, "a", "a"), direction=Direction.HIGHER)[1] == [(1.0, True)]
    assert anew("exact_match", (0.0, "a", "a"), direction=Direction.LOWER) == (None, [(None, False)])


def test_a_name_that_speaks_of_errors_and_of_right_answers_hides_nothing() -> None:
    assert anew("error_free_match", (0.0, "a", "a"))[1] == [(1.0, True)]


FOUR = "my parcel never arrived"


@pytest.mark.parametrize("name", ["f1", "token_f1", "rouge", "rougeL", "rouge1", "bleu", "chrf", "similarity"])
def test_two_equal_texts_without_any_likeness_contradict_themselves(name: str) -> None:
    shades: list[Scored] = [(0.3, "a", "b"), (0.7, "a", "c")]
    assert anew(name, *shades, (0.0, FOUR, FOUR), (0.0, "x", "y"))[1][2:] == [(None, True), (None, False)]


@pytest.mark.parametrize(("name", "text"), [("bleu", "refund"), ("rougeL", "где мой заказ сейчас"), ("rouge-2", "no")])
def test_a_measure_that_finds_nothing_to_compare_accuses_nobody(name: str, text: str) -> None:
    assert anew(name, (0.3, "a", "b"), (0.7, "c", "d"), (0.0, text, text))[1][-1] == (None, False)


def test_shades_of_an_unknown_kind_are_not_scored_anew() -> None:
    rows: list[Scored] = [(-0.3, "a", "b"), (-2.5, "a", "c"), (0.0, FOUR, FOUR)]
    assert anew("logprob", *rows) == (None, [(None, False)] * 3)


TEXTS = st.sampled_from([None, "", "refund", "Refund", "delivery", "-5", "5", "5.0", '{"a": 1}'])


@given(
    st.sampled_from(["exact_match", "acc", "judge", "f1", "bleu", "error"]),
    st.lists(st.tuples(st.sampled_from([None, 0.0, 0.5, 1.0]), TEXTS, TEXTS), min_size=1, max_size=6),
)
def test_a_score_is_only_ever_lifted_and_only_by_what_is_alike(name: str, rows: list[Scored]) -> None:
    for (score, output, target), (again, _) in zip(rows, anew(name, *rows)[1], strict=True):
        if again is not None:
            assert score is not None
            assert again > score
            assert tolerant(output or "") == tolerant(target or "") or {output, target} == {"5", "5.0"}


@given(st.text(max_size=30))
def test_reading_tolerantly_twice_changes_nothing(text: str) -> None:
    once = tolerant(text)
    assert tolerant(f" {once} ") == once
    assert rescore(text, text, 0.0) is None or rescore(text, text, 0.0).same  # type: ignore[union-attr]
