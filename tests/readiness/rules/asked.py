"""What do the tests of rules share? A policy with rules, asked of a dossier."""

from typing import Any

from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.panel import deliberate
from bot.readiness.policy import Policy, Rule
from bot.readiness.rules import messages, variables
from bot.readiness.rules.language import Ask, holds
from bot.readiness.verdict import Judged, Verdict
from tests.dossiers import POLICY, READY, READY_FACTS, dossier

A_RULE = {
    "item": "house",
    "enforcement": "soft",
    "title": "All is as we want it",
    "message": "Something is not as we want it",
    "fix": "Change it.",
    "at": "training.provider",
    "require": "true",
}


def with_rules(**rules: dict[str, Any]) -> Policy:
    made = {name.replace("_", "-"): Rule.model_validate(A_RULE | rule) for name, rule in rules.items()}
    return POLICY.model_copy(update={"rules": made})


def judged(
    text: str = READY, facts: dict[str, Any] = READY_FACTS, ask: Ask = holds, *, offline: bool = False, **rule: Any
) -> tuple[Judged, Verdict]:
    """Judge by one rule more; return its finding, and the verdict."""
    verdict = deliberate(dossier(text, facts, policy=with_rules(a_rule=rule)), CHECKS, offline=offline, ask=ask)
    (own,) = (each for each in verdict.judged if each.finding.check == "a-rule")
    return own, verdict


def given(of: Dossier | None = None) -> bytes:
    whole = of or dossier()
    return messages.encode(variables.plain(whole, deliberate(whole, CHECKS).judged))
