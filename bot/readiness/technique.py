"""Which technique do the rows call for? Picked by what there is to learn from (S0, S1), and always as a small adapter."""

from bot.readiness.check import Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Known
from bot.readiness.training_data import plan, rows
from bot.readiness.way import Fit
from bot.readiness.wording import count

_ADAPTERS = {"lora": "LoRA", "qlora": "QLoRA", "dora": "DoRA"}


def fitting(dossier: Dossier) -> Fit | None:
    """Name method and technique for the rows that were read, and why; None where none were."""
    found = rows(dossier.proposal)
    known = dossier.evidence.data.get(found.at) if found else None
    if not isinstance(known, Known):
        return None
    method, why = _method(dossier, known.value)
    stated = dossier.proposal.training
    technique = _ADAPTERS.get(stated.technique or "", "LoRA")
    return Fit(method, technique, why, stated.method if stated.method not in (None, method) else None)


def _method(dossier: Dossier, data: DataProfile) -> tuple[str, str]:
    """Pick the method by what each row gives: a thumb, a pair, a reward that can be checked, an answer, or text alone."""
    stated, planned = dossier.proposal.training, plan(dossier.proposal)
    number = (planned and planned.target) or data.effective
    many = count(number, "example")
    if data.format == "text":
        return "continued_pretraining", f"{many} of text alone, without questions and answers"
    if data.format == "kto":
        return "kto", f"{many} with a thumb up or down, and no pairs"
    if data.format == "openai-preference" or (data.answers is not None and data.answers.pairs):
        few = _few_pairs(dossier)
        if number < few and not stated.justification:
            return "orpo", f"{count(number, 'pair')}, fewer than {few:,}, and no supervised tune before them"
        return "dpo", f"{count(number, 'pair')} of a preferred and a rejected answer"
    grader = stated.grader
    if stated.method == "rft" and grader is not None and grader.tests is not None:
        return "rft", f"{count(number, 'prompt')} and a reward that can be checked"
    if stated.method == "distillation":
        return "distillation", f"{many} that the teacher answered"
    return "sft", f"{many}, each with its right answer"


def _few_pairs(dossier: Dossier) -> int:
    check = dossier.policy.checks.get("technique-fits-data")
    return int(dossier.policy.number("technique-fits-data", "few_pairs")) if check else 0
