"""Can a hostile team make one text count as many, or hide that a score contradicts its own row?"""

import json

import pytest

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
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


EQUAL = [{"id": n, "input": f"q{n}", "target": "Yes", "output": "Yes", "score": n % 2} for n in range(10)]


def contradictions(rows: list[dict[str, object]], metric: dict[str, object] | None = None) -> int:
    """Read a run, or rows alone; return how many rows contradict themselves."""
    lines = "\n".join(map(json.dumps, rows)).encode()
    artifact = json.dumps({"format": "tunegate-eval/1", "model": "m", "metrics": [metric]}).encode()
    read = evals.read(artifact, lines) if metric else evals.read(lines, None)
    assert isinstance(read, EvalReport), read
    return sum(1 for item in read.metrics[0].items if item.contradicts)


@pytest.mark.parametrize("more", [{"direction": "higher"}, {}], ids=["stated", "unstated"])
@pytest.mark.parametrize("name", ["exact_match", "Exact-Match", "EM", "accuracy", "acc", "quality"])
def test_right_answers_that_are_scored_wrong_are_found_whatever_the_metric_is_called(
    name: str, more: dict[str, object]
) -> None:
    assert contradictions(EQUAL, {"name": name, "value": 0.5, "n": 10, **more}) == 5


def test_they_are_found_in_rows_alone_and_beside_scores_of_any_kind() -> None:
    assert contradictions(EQUAL) == 5
    several = [{**row, "scores": {"exact_match": row["score"], "latency": 0.37}} for row in EQUAL]
    for row in several:
        del row["score"]
    assert contradictions(several) == 5
    assert contradictions(several, {"name": "exact_match", "value": 0.5, "n": 10}) == 5
    assert contradictions([*EQUAL, {**EQUAL[0], "score": 0.5, "output": "No"}]) == 5


def test_a_metric_of_errors_contradicts_nothing_and_one_of_shades_only_where_nothing_is_alike() -> None:
    assert contradictions(EQUAL, {"name": "error_rate", "direction": "lower", "value": 0.5, "n": 10}) == 0
    shades: list[dict[str, object]] = [{**row, "score": 0.7 if n else 0} for n, row in enumerate(EQUAL)]
    assert contradictions(shades, {"name": "similarity", "value": 0.63, "n": 10}) == 1
    assert contradictions(shades, {"name": "helpfulness", "value": 0.63, "n": 10}) == 0


def test_rows_of_too_many_metrics_are_refused_at_once() -> None:
    row = json.dumps({"id": 1, "input": "q", "scores": {f"m{n}": 1 for n in range(1_001)}})
    read = evals.read(f"{row}\n{row}\n".encode(), None, None)
    assert isinstance(read, Unavailable)
    assert "more than 1,000 metrics" in read.reason
