"""Are tasks of an honest proposal one task, and a run of several tasks told?"""

from dataclasses import replace

import pytest

from bot.readiness.check import Dossier
from bot.readiness.checks.behavior.task_is_narrow import CHECK
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Outcome
from tests.dossiers import READY, READY_FACTS, dossier


def judged(task: str, dossier_: Dossier | None = None) -> Finding:
    described = READY.replace("output: closed_set}", f"output: structured, description: '{task}'}}")
    (found,) = CHECK.run(dossier_ or dossier(described, READY_FACTS))
    return found


@pytest.mark.parametrize(
    "task",
    [
        "One ticket in, one JSON object {category, urgency} out.",
        "Read an invoice and give supplier, number and total as strict JSON.",
        "Turn a question into one SQL query for our warehouse schema.",
        "Call the right tool of the booking system with the right arguments, or none.",
        "Rewrite a product text in the voice of our brand, whatever it is about.",
        "Translate user manuals into Polish with our glossary of 400 terms.",
        "Extract all requests of a mail, each with its due date.",
        "Find every question in a transcript and label it.",
        "Refuse medical advice in our tone, and answer whatever else as before.",
    ],
)
def test_an_honest_task_is_one(task: str) -> None:
    found = judged(task)
    assert (found.outcome, found.remark) == (Outcome.PASSED, None)


def test_a_run_that_scores_several_tasks_is_told_unless_the_proposal_names_one() -> None:
    for named, outcome in (("task: tickets, ", Outcome.PASSED), ("", Outcome.FAILED)):
        text = READY.replace("task: tickets, ", named).replace(
            "closed_set}", "closed_set, description: One label for a ticket.}"
        )
        built = dossier(text, READY_FACTS)
        fact = built.evidence.evals["eval.baseline"]
        assert isinstance(fact, Known)
        (metric,) = fact.value.metrics
        report = replace(fact.value, metrics=(metric, replace(metric, task="invoices")))
        evals = {**built.evidence.evals, "eval.baseline": Known(report, fact.source)}
        found = judged("", replace(built, evidence=replace(built.evidence, evals=evals)))
        assert found.outcome is outcome
