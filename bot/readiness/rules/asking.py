"""What do an organisation's rules find? Each is asked alone, after the checks; one without an answer is never passed."""

from collections.abc import Sequence
from dataclasses import fields, replace

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Trouble, Unavailable
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Enforcement, Rule
from bot.readiness.rules.language import Ask, Truth
from bot.readiness.verdict import Judged

_NOT_OF_AN_EXPERIMENT = (
    Item.DATA,
    Item.OWNER,
    Item.COST,
)  # an experiment answers only eval and behavior, and the house
_NO_ANSWER = "Add what is missing; if nothing is, whoever keeps the policy can guard the rule by `has()` or `when`."

_NO_RULE = "Nothing to do in the proposal. Whoever keeps the policy: the rule cannot be answered as it is written."


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

    asked_by = dossier.policy.asked_by
    unseen = _only_the_service(dossier.evidence)
    try:
        given = messages.encode(variables.plain(dossier, judged))
    except Exception as error:  # noqa: BLE001  # a defect of ours must neither hide the checks nor let a rule pass
        reason = f"the rules could not be asked ({type(error).__name__})"
        return [Judged(_broken(name, rule, reason), rule.enforcement, asked_by(name)) for name, rule in rules.items()]
    return [
        Judged(_found(name, rule, given, ask, unseen), rule.enforcement, asked_by(name)) for name, rule in rules.items()
    ]


def _found(name: str, rule: Rule, given: bytes, ask: Ask, unseen: frozenset[str]) -> Finding:
    try:
        return _finding(name, rule, given, ask, unseen)
    except Exception as error:  # noqa: BLE001  # as above
        return _broken(name, rule, f"the rule stopped with {type(error).__name__}")


def _broken(name: str, rule: Rule, reason: str) -> Finding:
    return Finding(
        check=name,
        item=rule.item,
        outcome=Outcome.BROKEN,
        at=rule.at or "",
        message=f"Our fault: {reason}. It is not counted as passed.",
        fix="Nothing to do for you; please report it with the review's link.",
    )


def _only_the_service(evidence: Evidence) -> frozenset[str]:
    """List what only the service can look at, like people."""
    kinds = (getattr(evidence, kind.name) for kind in fields(evidence))
    return frozenset(
        at
        for kind in kinds
        for at, fact in kind.items()
        if isinstance(fact, Unavailable) and fact.trouble is Trouble.SERVICE_ONLY
    )


def _finding(name: str, rule: Rule, given: bytes, ask: Ask, unseen: frozenset[str]) -> Finding:
    began, at = Check(name, rule.item, rule.title, lambda _: ()), rule.at or ""
    applies = Truth(True) if rule.when is None else ask(rule.when, given)
    truth = ask(rule.require, given) if applies.holds else applies
    if truth.ours:
        return _broken(name, rule, truth.trouble)
    if truth.holds is None:
        message = f'No answer to the rule "{rule.title.strip()}": {truth.trouble}.'
        finding = began.unverified(message, at=at, fix=_NO_ANSWER if truth.absent else _NO_RULE)
        return replace(finding, service_only=truth.lacking in unseen)
    if not applies.holds:
        return began.not_applicable(f"The rule does not apply here: {_sentence(rule.title)}", at=at)
    if truth.holds:
        return began.passed(_sentence(rule.title), at=at, stated=True)
    return began.failed(_sentence(rule.message), at=at, fix=rule.fix)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?", ":")) else f"{words}."
