"""Does the signal tell sets that teach knowledge from sets that teach behavior, as a person judged them?"""

import gzip
from typing import Any

import pytest

from bot.readiness.data_profile import DataProfile, Signal
from bot.sources.datasets import profile
from tests.sources.corpus import CORPUS, expected

FOLDER = CORPUS / "datasets"
JUDGED: dict[str, dict[str, Any]] = {
    name: known
    for name, known in expected("datasets").items()
    if isinstance(known, dict) and known.get("label") in ("behaviour", "knowledge")
}


def signal(name: str) -> Signal:
    raw = (FOLDER / name).read_bytes()
    found = profile(gzip.decompress(raw) if name.endswith(".gz") else raw, "openai-chat", "sft")
    assert isinstance(found, DataProfile)
    assert found.signal is not None
    return found.signal


SIGNALS = {name: signal(name) for name in JUDGED if "openai-chat" in JUDGED[name]["profile"]}


@pytest.mark.parametrize("name", SIGNALS)
def test_the_figures_are_those_of_the_definition(name: str) -> None:
    found, known = SIGNALS[name], JUDGED[name]["reference_signals"]
    # stop words differ, and word groups of scripts without blanks: two places agree, of short Chinese rows one
    slack = 0.02 if "zh" not in name else 0.2
    assert found.rows == known["n"]
    assert found.novelty == pytest.approx(known["payload_novelty"], abs=slack)
    assert found.rows_with == pytest.approx(known["unsup_share"], abs=slack)
    assert found.distinct == pytest.approx(known["distinct_out"], abs=0.01)
    assert found.questions == pytest.approx(known["question_form"], abs=0.02)


def test_knowledge_is_hardly_missed_and_behavior_hardly_accused() -> None:
    told = {name: found for name, found in SIGNALS.items() if found.verdict != "too_few"}
    of = {label: [told[n].verdict for n in told if JUDGED[n]["label"] == label] for label in ("behaviour", "knowledge")}
    assert len(of["behaviour"]) >= 20
    assert len(of["knowledge"]) >= 18
    assert "behavior" not in of["knowledge"]  # each is at least to be looked at
    assert of["knowledge"].count("knowledge") >= 0.85 * len(of["knowledge"])
    assert "knowledge" not in of["behaviour"]  # none is refused
    assert of["behaviour"].count("behavior") >= 0.9 * len(of["behaviour"])
