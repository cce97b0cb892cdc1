"""Does each reason that teams give end as the source documents say it must, by the real command over a real folder?"""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.readiness.checks import CHECKS
from bot.readiness.finding import Item
from tests.test_examples import EXAMPLES


def samples() -> ModuleType:
    """Load the script as it runs: with its own folder on the path."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        return importlib.import_module("reasons")
    finally:
        sys.path.remove(str(EXAMPLES))


MADE = samples()
ADVICE = {
    "company": ["retrieval"],
    "company-as-style": ["retrieval"],
    "retrieval-misses": ["retrieval"],
    "reasoning": ["reasoning_model"],
    "persona": ["few_shot"],
    "persona-by-examples": ["ship"],
    "sometimes-wrong": ["behavior"],
    "small-data": ["data"],
    "hallucination": ["retrieval"],
    "changing-style": ["settle"],
    "good-enough": ["ship"],
    "no-eval": ["measure", "few_shot", "structured_decoding"],
    "from-scratch": ["data", "owner", "data"],
}
GATE = {  # where the walk of S0 ends
    "company": "retrieval",
    "company-as-style": "retrieval",
    "retrieval-misses": "retrieval",
    "reasoning": "reasoning",
    "persona": "prompt",
    "persona-by-examples": "prompt",
    "sometimes-wrong": "task",
    "small-data": "data",
    "hallucination": "retrieval",
    "changing-style": "prompt",
    "good-enough": "prompt",
    "no-eval": "prompt",
    "from-scratch": "data",
}
EACH = pytest.mark.parametrize("reason", MADE.REASONS, ids=lambda reason: reason.name)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All samples, built anew and judged by one run of the command."""
    root: Path = tmp_path_factory.mktemp("reasons")
    MADE.build(root)
    entries: dict[str, dict[str, Any]] = MADE.judged(root)
    assert set(entries) == {reason.name for reason in MADE.REASONS}
    return entries


@EACH
def test_the_verdict_is_what_the_documents_say(reason: Any, judged: dict[str, dict[str, Any]]) -> None:
    entry = judged[reason.name]
    blocking = [f"{f['check']}: {f['message']}" for f in entry["findings"] if f["level"] == "failure"]
    assert entry["verdict"] == ("ready" if reason.ready else "not_yet"), blocking
    outcomes = {f["outcome"] for f in entry["findings"] if f["check"] == reason.decides}
    assert ("passed" if reason.ready else "failed") in outcomes
    assert "proposal" not in {f["check"] for f in entry["findings"]}  # its form is right


@EACH
def test_the_advice_is_the_lever_that_the_documents_name(reason: Any, judged: dict[str, dict[str, Any]]) -> None:
    advice = judged[reason.name]["advice"]
    assert [step["lever"] for step in advice["steps"]] == ADVICE.get(reason.name, [])
    assert (advice["technique"] is not None) is reason.ready
    ended = [gate["gate"] for gate in advice["walk"] if gate["passage"] in ("stopped", "doubted")]
    assert ended == ([GATE[reason.name]] if reason.name in GATE else [])


@EACH
def test_a_sample_is_in_order_but_for_its_reason(reason: Any, judged: dict[str, dict[str, Any]]) -> None:
    items = judged[reason.name]["items"]
    assert items[Item.COST]["holds"]
    assert items[Item.OWNER]["holds"] is (reason.name != "from-scratch")  # no provider's job pretrains
    assert all(item["holds"] for item in items.values()) is reason.ready


def test_each_reason_of_the_documents_has_its_row() -> None:
    said = {reason.name for reason in MADE.REASONS}
    right = {"cost", "style", "format", "classification", "extraction", "domain-language", "tool-use"}
    assert {reason.name for reason in MADE.REASONS if reason.ready} == right
    assert said >= {"company", "sometimes-wrong", "persona", "small-data"}  # S0
    assert said >= {"company", "reasoning", "persona", "hallucination", "no-eval", "from-scratch"}  # S2
    assert {reason.decides for reason in MADE.REASONS} <= {check.id for check in CHECKS}


def test_the_page_says_what_the_command_says(judged: dict[str, dict[str, Any]]) -> None:
    assert MADE.page(judged) == MADE.PAGE.read_text(), "run `make docs`"
