"""Do rules see every field of a proposal, and of the facts all but rows?"""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.readiness.check import Dossier
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Known
from bot.readiness.proposal import read
from bot.readiness.rules import messages, variables
from bot.readiness.rules.language import holds
from tests.dossiers import POLICY, TODAY, dossier

EVERY_FIELD = (Path(__file__).parent.parent / "every_field.yaml").read_bytes()


def leaves(whole: Any, path: str = "") -> set[str]:
    if isinstance(whole, dict):
        return {leaf for key, entry in whole.items() for leaf in leaves(entry, f"{path}.{key}" if path else key)}
    if isinstance(whole, list):
        return {leaf for entry in whole for leaf in leaves(entry, path)}
    return set() if whole is None else {path}


def test_every_field_that_a_proposal_gives_is_there_and_survives_the_way_to_the_library() -> None:
    proposal = read(EVERY_FIELD, opened_on=TODAY).proposal
    assert proposal is not None
    plain = variables.plain(Dossier(proposal, POLICY, Evidence(), TODAY), ())
    dumped = leaves(proposal.model_dump(mode="json", by_alias=True))
    seen = {leaf.removesuffix(".value").replace(".value.", ".") for leaf in leaves(plain["proposal"])}
    assert dumped == seen
    assert len(seen) > 100
    assert messages.decode(messages.encode(plain))["proposal"].adapter.value == proposal.adapter


def test_the_fields_of_a_proposal_are_known_for_annotations() -> None:
    assert {
        "eval.threshold",
        "tried.prompt.artifact",
        "failure.modes.rows",
        "eval.holdout.sampled.from",
    } <= set(variables.fields())
    assert "eval.treshold" not in variables.fields()


def test_rows_and_texts_of_files_are_not_seen() -> None:
    facts = variables.plain(dossier(), ())["facts"]
    assert "items" not in facts["evals"]["eval.baseline"]["value"]["metrics"][0]
    assert facts["texts"]["eval.threshold_source"] == {"grade": "B"}
    assert facts["rows"]["failure.modes[0].rows"] == {"grade": "B"}


def test_a_number_that_is_none_and_half_a_character_do_not_stop_the_rules() -> None:
    whole = dossier()
    fact = whole.evidence.evals["eval.baseline"]
    assert isinstance(fact, Known)
    metrics = tuple(replace(metric, value=math.nan, stderr=math.inf, name="\ud800") for metric in fact.value.metrics)
    report = Known(replace(fact.value, metrics=metrics), fact.source)
    odd = replace(whole, evidence=replace(whole.evidence, evals={"eval.baseline": report, "\udfff": report}))
    bytes_ = messages.encode(variables.plain(odd, ()))
    assert holds("facts.evals['eval.baseline'].value.metrics[0].value == null", bytes_).holds
    assert holds("facts.evals['eval.baseline'].value.metrics[0].value < 1.0", bytes_).holds is None
