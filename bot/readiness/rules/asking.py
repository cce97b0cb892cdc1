"""What do an organisation's rules find? Each is asked alone, after the checks; one without an answer is never passed."""

from collections.abc import Iterator, Sequence

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.policy import Enforcement, Rule
from bot.readiness.rules.language import Ask, Truth
from bot.readiness.verdict import Judged

_NOT_OF_AN_EXPERIMENT = (Item.DATA, Item.OWNER, Item.COST)  # an experiment answers only eval and behavior, and the house
_NO_ANSWER = "Add what is missing; if nothing is, whoever keeps the policy can guard the rule by `has()` or `when`."


def asked(dossier: Dossier, judged: Sequence[Judged], ask: Ask) -> list[Judged]:
    """Ask the policy's rules over a dossier and what the checks said of it; empty when the policy has none."""
    rules = {
        name: rule
        for name, rule in dossier.policy.rules.items()
        if rule.enforcement is not Enforcement.OFF
        and not (dossier.proposal.scope == "experiment" and rule.item in _NOT_OF_AN_EXPERIMENT)
    }
    if not rules:
        return []
    from bot.readiness.rules import messages, variables  # a policy without rules does not pay for their types

    given = messages.encode(variables.plain(dossier, judged))
    return [
        Judged(finding, rule.enforcement) for name, rule in rules.items() for finding in _findings(name, rule, given, ask)
    ]


def _findings(name: str, rule: Rule, given: bytes, ask: Ask) -> Iterator[Finding]:
    began, at = Check(name, rule.item, rule.title, lambda _: ()), rule.at or ""
    applies = Truth(True) if rule.when is None else ask(rule.when, given)
    truth = ask(rule.require, given) if applies.holds else applies
    if truth.holds is None:
        yield began.unverified(f"{_sentence(rule.title)} This rule has no answer: {truth.trouble}.", at=at, fix=_NO_ANSWER)
    elif not applies.holds:
        yield began.not_applicable(f"{_sentence(rule.title)} This rule does not apply here.", at=at)
    elif truth.holds:
        yield began.passed(_sentence(rule.title), at=at, stated=True)
    else:
        yield began.failed(_sentence(rule.message), at=at, fix=rule.fix)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?", ":")) else f"{words}."
