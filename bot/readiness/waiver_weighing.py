"""Which findings are waived, and which waivers hold no more? The same findings, under a policy that asks for no more than then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.readiness.finding import Outcome
from bot.readiness.policy import NOBODY, Enforcement, Path, Policy, Rule
from bot.readiness.policy_file import key
from bot.readiness.policy_values import split
from bot.readiness.strictness import tightened
from bot.readiness.verdict import Judged
from bot.readiness.waiver import LIVE, State, Waivable, Waiver, changes, over, waived
from bot.readiness.waiver_binding import FIELD, Bound

WAIVABLE = (Outcome.FAILED, Outcome.UNVERIFIED)  # what is broken is our own fault, and nobody's to let pass


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of the findings under the waivers that there are.

    `used` let something pass, `over` did or might have and no longer can, with why, `waivable` is what could be waived.
    """

    judged: tuple[Judged, ...]
    used: tuple[Waiver, ...] = ()
    over: tuple[Waiver, ...] = ()
    waivable: tuple[Waivable, ...] = field(default=())


def weigh(judged: Sequence[Judged], bounds: Mapping[str, Bound], policy: Policy, waivers: Sequence[Waiver]) -> Weighed:
    """Let pass what is waived. `bounds` says by check what its findings stand on now.

    A waiver counts for all that its check found against the proposal, or for none of it.
    """
    found: dict[str, list[Judged]] = {}
    for each in judged:
        if each.blocks:
            found.setdefault(each.finding.check, []).append(each)
    used: list[Waiver] = []
    ended: list[Waiver] = []
    waivable: list[Waivable] = []
    said: dict[str, str] = {}
    for check, own in found.items():
        of_check = sorted((w for w in waivers if w.check == check), key=lambda w: (w.until, w.id), reverse=True)
        can = _can_be_waived(own, policy)
        bound = bounds.get(check, {})
        for waiver in of_check:
            if waiver.state not in LIVE:
                continue
            if why := _against(waiver, own, bound, policy, can=can):
                if _is_settled(waiver, own, bound):
                    ended.append(replace(waiver, state=State.LAPSED, why=why))
                    said.setdefault(check, over(ended[-1]))
                else:
                    said.setdefault(check, f"Waiver {waiver.name} does not count now: {why}")
            elif waiver.state is State.REQUESTED:
                said[check] = f"Waiver {waiver.name} is asked for, until {waiver.until}, and waits to be approved."
            elif check not in {w.check for w in used}:
                used.append(waiver)
        past = next((w for w in of_check if w.state in (State.EXPIRED, State.LAPSED)), None)
        if past is not None and check not in {w.check for w in (*used, *ended)}:
            ended.append(past)
            said.setdefault(check, over(past))
        if can:
            waivable.append(Waivable(check, bound, asked_of(policy, check), policy.waived_by(check)))
    by = {waiver.check: waiver for waiver in used}
    told = tuple(_told(each, by, said) for each in judged)
    return Weighed(told, tuple(used), tuple(ended), tuple(waivable))


def together(*parts: Weighed) -> dict[str, Any]:
    """Put the waivers of several weighings together, as a verdict holds them."""
    return {
        "waivers": tuple(waiver for part in parts for waiver in part.used),
        "over": tuple(waiver for part in parts for waiver in part.over),
        "waivable": tuple(one for part in parts for one in part.waivable),
    }


def asked_of(policy: Policy, check: str) -> dict[str, Any]:
    """List what a policy asks of a check or a rule, by key: what a later one is compared with."""
    if rule := policy.rules.get(check):
        return _plain_rule(rule)
    return {".".join(path[2:]): _json(value) for path, value in _values(policy, check).items()}


def _values(policy: Policy, check: str) -> dict[Path, Any]:
    entry = policy.checks.get(check)
    if entry is None:
        return {}
    found: dict[Path, Any] = {
        ("checks", check, "enforcement"): entry.enforcement,
        ("checks", check, "least_grade"): entry.least_grade,
    }
    for name, setting in entry.settings.items():
        found.update(split(("checks", check, name), setting.value))
    return found


def _plain_rule(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("enforcement", "when", "require")}


def _can_be_waived(own: Sequence[Judged], policy: Policy) -> bool:
    return (
        all(each.enforcement is Enforcement.SOFT and each.finding.outcome in WAIVABLE for each in own)
        and policy.waived_by(own[0].finding.check) != NOBODY
    )


def _against(waiver: Waiver, own: Sequence[Judged], bound: Bound, policy: Policy, *, can: bool) -> str:
    """Say why a waiver does not hold for what was found; empty where it does."""
    if not can:
        if any(each.finding.outcome is Outcome.BROKEN for each in own):
            return "the check stopped, which is our fault."
        return f"the policy lets `{waiver.check}` not be waived any more."
    if harder := _harder(waiver, policy):
        return f"the policy asks for more by now ({harder})."
    if changed := changes(waiver.bound, bound):
        return f"{changed} since it was asked for."
    return ""


def _is_settled(waiver: Waiver, own: Sequence[Judged], bound: Bound) -> bool:
    """Say whether it is over for good: not for what could not be read just then, nor for a fault of ours."""
    if any(each.finding.outcome is Outcome.BROKEN for each in own):
        return False
    fields = {name for name in {*waiver.bound, *bound} if name.startswith(FIELD)}
    read = all(each.finding.outcome is Outcome.FAILED for each in own)
    return read or any(name in bound and bound[name] != waiver.bound.get(name, bound[name]) for name in fields)


def _harder(waiver: Waiver, policy: Policy) -> str:
    """Name the first key by which the policy asks for more of the check than it did; empty where there is none."""
    if rule := policy.rules.get(waiver.check):
        now = _plain_rule(rule)
        return next((f"rules.{waiver.check}.{name}" for name in now if now[name] != waiver.asked.get(name)), "")
    for path, value in _values(policy, waiver.check).items():
        name = ".".join(path[2:])
        if name not in waiver.asked:
            continue  # a number that there was not yet
        then = waiver.asked[name]
        then = tuple(then) if isinstance(then, list) else then
        if tightened(path, value, then) != then:
            return key(path)
    return ""


def _told(judged: Judged, by: Mapping[str, Waiver], said: Mapping[str, str]) -> Judged:
    """Give a finding that blocks its waiver, or the word of what became of it."""
    finding = judged.finding
    if not judged.blocks:
        return judged
    if waiver := by.get(finding.check):
        return replace(judged, finding=replace(finding, outcome=Outcome.WAIVED, remark=waived(waiver), because=None))
    if remark := said.get(finding.check):
        return replace(judged, finding=replace(finding, remark=remark))
    return judged


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
