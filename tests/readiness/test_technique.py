"""Which technique do rows call for? Picked by what there is to learn from, whatever the proposal names."""

from dataclasses import replace
from typing import Any

import pytest

from bot.readiness.check import Dossier
from bot.readiness.data_profile import Answers
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Known
from bot.readiness.technique import fitting
from tests.dossiers import READY, dossier

PAIRS = Answers(rows=500, pairs=500)


def rows(training: str = "method: sft", **profile: Any) -> Dossier:
    known = dossier(READY.replace("method: sft", training))
    fact = known.evidence.data["data.train"]
    assert isinstance(fact, Known)
    changed = Known(replace(fact.value, **profile), fact.source)
    return replace(known, evidence=replace(known.evidence, data={"data.train": changed}))


@pytest.mark.parametrize(
    ("training", "profile", "method", "said"),
    [
        ("method: sft", {}, "sft", "500 examples, each with its right answer"),
        ("method: dpo", {"format": "openai-preference", "effective": 1200}, "dpo", "1,200 pairs of a preferred"),
        ("method: dpo", {"format": "trl", "answers": PAIRS, "effective": 400}, "orpo", "400 pairs, fewer than 1,000"),
        ("method: dpo, justification: An SFT pass came first.", {"format": "openai-preference"}, "dpo", "500 pairs"),
        ("method: kto", {"format": "kto"}, "kto", "thumb up or down"),
        (
            "method: rft, grader: {path: g.py, tests: t.csv}",
            {"format": "openai-rft"},
            "rft",
            "500 prompts and a reward",
        ),
        ("method: rft, grader: {path: g.py}", {"format": "openai-chat"}, "sft", "right answer"),
        ("method: distillation", {}, "distillation", "that the teacher answered"),
        ("method: continued_pretraining", {"format": "text"}, "continued_pretraining", "text alone"),
    ],
)
def test_the_rows_say_the_method(training: str, profile: dict[str, Any], method: str, said: str) -> None:
    fit = fitting(rows(training, **profile))
    assert fit is not None
    assert fit.method == method
    assert said in fit.why
    assert (fit.named is None) is (f"method: {method}" in training)


@pytest.mark.parametrize(("technique", "said"), [("qlora", "QLoRA"), ("dora", "DoRA"), ("full", "LoRA")])
def test_it_is_always_a_small_adapter(technique: str, said: str) -> None:
    text = READY.replace("technique: lora", f"technique: {technique}")
    fit = fitting(dossier(text))
    assert fit is not None
    assert fit.technique == said


def test_of_rows_that_nobody_read_nothing_is_said() -> None:
    assert fitting(replace(dossier(), evidence=Evidence())) is None
    assert fitting(dossier(READY.replace("  train: {path: data/train.jsonl, examples: 500}\n", ""))) is None
