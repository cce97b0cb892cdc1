"""Can a hostile team make one text count as many, or hide that a score contradicts its own row?"""

import json

import pytest

from bot.readiness.evidence import Unavailable
from bot.readiness.rescore import contradictions
from bot.sources import evals
from bot.sources.normalise import key, normal


@pytest.mark.parametrize(
    "slipped",
    [
        "\u200b",
        "\u200d",
        "\u00ad",
        "\u2060",
        "\ufeff",
        "\u3164",
        "\u115f",
        "\ufe0f",
        "\u0301" * 7,
        "\u20dd",
        "\U000e0101",
        "\u2065",
        "\ufff0",
        "\U000e0001",
        "\U000e0fff",
        "\x01",
        "\x7f",
        "\x9f",
        "\u0e31",
        "\u064b\u064b",
        "\u0483",
    ],
)
def test_a_sign_that_shows_as_nothing_makes_no_other_text(slipped: str) -> None:
    assert key(f"re{slipped}fund", f"y{slipped}es") == key("refund", "yes")


@pytest.mark.parametrize(
    ("one", "other"),
    [("กา", "กี"), ("हिन्दी", "हन्द"), ("מָה", "מה"), ("が", "か"), ("각", "가"), ("a b", "ab"), ("a\tb", "ab"), ("ကြွေး", "ကြွး"), ("שֹּׁ", "שֹׁ")],
)
def test_letters_and_marks_that_carry_meaning_tell_texts_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize("slipped", ["\u200b", "\x01", "\u3164", "\ufe0f"])
def test_a_text_without_words_is_no_other_one_for_a_sign_that_shows_as_nothing(slipped: str) -> None:
    assert normal(f"?{slipped}!") == normal("?!")


@pytest.mark.parametrize("text", ["ก\u0e34", "ب\u064e", "я\u0483"])
def test_a_mark_repeated_on_its_letter_makes_no_other_text(text: str) -> None:
    assert normal(text + text[-1] * 3) == normal(text)


def test_only_so_many_marks_on_one_letter_are_told_apart() -> None:
    marks = "".join(map(chr, range(0x0E34, 0x0E3A)))
    assert normal("ก" + marks) == normal("ก" + marks[:-1])
    assert len({normal("ก" + marks[:n]) for n in range(6)}) == 6


def test_an_accent_makes_no_other_text_however_it_is_written() -> None:
    assert normal("cafe\u0301") == normal("café") == normal("cafe")


def report(name: str, rows: list[dict[str, object]], direction: str = "higher") -> tuple[int, str | None]:
    """Read a run; return how many rows contradict themselves, and how the metric is scored anew."""
    value = sum(float(str(row["score"])) for row in rows) / len(rows)
    metric = {"task": "t", "name": name, "direction": direction, "value": value, "n": len(rows)}
    artifact = json.dumps({"format": "tunegate-eval/1", "model": "m", "metrics": [metric]}).encode()
    read = evals.read(artifact, "\n".join(map(json.dumps, rows)).encode(), None)
    return len(contradictions(read.metrics[0])), read.metrics[0].deterministic


EQUAL = [{"id": n, "input": f"q{n}", "target": "Yes", "output": "Yes", "score": n % 2} for n in range(10)]


@pytest.mark.parametrize("name", ["exact_match", "Exact-Match", "EM", "accuracy", "acc", "quality"])
def test_right_answers_that_are_scored_wrong_are_found_whatever_the_metric_is_called(name: str) -> None:
    assert report(name, EQUAL)[0] == 5


def test_a_name_that_means_an_exact_match_is_scored_tolerantly_and_no_other() -> None:
    names = ("exact-match", "E.M.", "Accuracy", "acc", "quality")
    assert [report(name, EQUAL)[1] for name in names] == ["exact_match", "exact_match", "accuracy", "accuracy", None]


def test_a_judge_may_call_an_answer_right_that_the_target_does_not_hold_but_no_exact_match_may() -> None:
    rows = [{"id": 1, "input": "q", "target": "0.50", "output": "one half", "score": 1}]
    assert [report(name, rows)[0] for name in ("exact_match", "accuracy", "quality")] == [1, 0, 0]


def test_a_metric_of_errors_and_one_of_shades_contradict_nothing() -> None:
    assert report("error_rate", EQUAL, "lower")[0] == 0
    shades = [{**row, "score": 0.5 if n else 0} for n, row in enumerate(EQUAL)]
    assert report("similarity", shades)[0] == 0


def test_neither_another_score_of_the_row_nor_a_direction_left_out_hides_a_contradiction() -> None:
    rows = [{**row, "scores": {"quality": row["score"], "seconds": 0.7}} for row in EQUAL]
    for row in rows:
        del row["score"]
    read = evals.read("\n".join(map(json.dumps, rows)).encode(), None, None)
    assert not isinstance(read, Unavailable)
    assert [len(contradictions(metric)) for metric in read.metrics] == [5, 0]


def test_rows_of_too_many_metrics_are_refused_at_once() -> None:
    row = json.dumps({"id": 1, "input": "q", "scores": {f"m{n}": 1 for n in range(1_001)}})
    read = evals.read(f"{row}\n{row}\n".encode(), None, None)
    assert isinstance(read, Unavailable)
    assert "1,001 metrics" in read.reason


def test_many_metrics_and_rows_without_a_score_do_not_multiply() -> None:
    named = json.dumps({"id": 1, "input": "q", "scores": {f"m{n}": 1 for n in range(1_000)}})
    errors = "\n".join(json.dumps({"id": n, "input": str(n), "error": "x"}) for n in range(2_001))
    read = evals.read(f"{named}\n{errors}\n".encode(), None, None)
    assert isinstance(read, Unavailable)
    assert read.trouble == "definitive"
    assert "2,002,000 scores" in read.reason
