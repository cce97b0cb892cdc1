"""May a field be "not applicable" here? Judges the code by the policy's table, and by what the proposal's own fields say.

Free text alone frees nobody: the table says which code it accepts at which field, and under which other fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness.policy import AcceptedCode, Policy
from bot.readiness.schema import NotApplicable, Proposal, at


@dataclass(frozen=True, slots=True)
class Accepted:
    """The field is rightly left out."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The code frees nobody here: what speaks against it, and what to do, each as a sentence."""

    message: str
    fix: str


def judged(proposal: Proposal, policy: Policy, field: str) -> Accepted | Refused | None:
    """Judge the code at a field, like "tried.few_shot"; None where the field is not excused."""
    excuse = at(proposal, field)
    if not isinstance(excuse, NotApplicable):
        return None
    code, accepted = excuse.not_applicable, policy.accepted_codes.get(field, {})
    if code not in accepted:
        listed = ", ".join(f"`{name}`" for name in accepted)
        known = f"Accepted here: {listed}; or give the field." if accepted else "Give the field."
        return Refused(f"The policy does not accept `{code}` for `{field}`.", known)
    for reason in _contradictions(proposal, accepted[code]):
        return Refused(f"`{field}` is left out as `{code}`, but {reason}.", "Give the field, or correct the other one.")
    return Accepted(code, excuse.why)


def open_codes(proposal: Proposal, policy: Policy, field: str) -> list[str]:
    """List the codes by which a field may be left out, as the proposal's other fields stand."""
    accepted = policy.accepted_codes.get(field, {})
    return [code for code, rule in accepted.items() if not any(_contradictions(proposal, rule))]


def _contradictions(proposal: Proposal, rule: AcceptedCode) -> Iterator[str]:
    for field, values in rule.never.items():
        if (found := _word(at(proposal, field))) in values:
            yield f"`{field}` is `{found}`"
    for field, values in rule.only.items():
        if (found := _word(at(proposal, field))) not in values:
            listed = " or ".join(f"`{value}`" for value in values)
            yield f"`{field}` is {f'`{found}`' if found is not None else 'not given'}, which is not {listed}"
    if rule.needs and all(at(proposal, field) is None for field in rule.needs):
        yield f"{' and '.join(f'`{field}`' for field in rule.needs)} {'is' if len(rule.needs) == 1 else 'are'} not given"


def _word(found: object) -> object:
    """Write true and false as the policy's table does."""
    return str(found).lower() if isinstance(found, bool) else found
