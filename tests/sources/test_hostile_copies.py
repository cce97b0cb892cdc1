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
    ],
)
def test_a_sign_that_shows_as_nothing_makes_no_other_text(slipped: str) -> None:
    assert key(f"re{slipped}fund", f"y{slipped}es") == key("refund", "yes")


@pytest.mark.parametrize(
    ("one", "other"),
    [("กา", "กี"), ("हिन्दी", "हन्द"), ("מָה", "מה"), ("が", "か"), ("각", "가"), ("a b", "ab")],
)
def test_letters_and_marks_that_carry_meaning_tell_texts_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)


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


def test_only_an_exact_match_is_scored_tolerantly() -> None:
    assert [report(name, EQUAL)[1] for name in ("exact-match", "em", "accuracy")] == [
        "exact_match",
        "exact_match",
        None,
    ]


def test_a_metric_of_errors_and_one_of_shades_contradict_nothing() -> None:
    assert report("error_rate", EQUAL, "lower")[0] == 0
    shades = [{**row, "score": 0.5 if n else 0} for n, row in enumerate(EQUAL)]
    assert report("similarity", shades)[0] == 0


def test_rows_of_too_many_metrics_are_refused_at_once() -> None:
    row = json.dumps({"id": 1, "input": "q", "scores": {f"m{n}": 1 for n in range(1_001)}})
    read = evals.read(f"{row}\n{row}\n".encode(), None, None)
    assert isinstance(read, Unavailable)
    assert "1,001 metrics" in read.reason
