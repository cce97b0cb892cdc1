"""Who asks to waive a finding, who approves it, and may they? Carried out as commands are: asked of the forge at that moment.

Two different people stand behind each waiver, and the second is nobody whose work it lets through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot import ports
from bot.readiness import waiver_request
from bot.readiness.check import Check
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.policy import Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.proposal import read as read_proposal
from bot.readiness.strict_yaml import MAX_BYTES
from bot.readiness.waiver import LIVE, State, Waiver, changes, standing
from bot.readiness.waiver_request import Refused
from bot.report import waiving as words
from bot.report.markdown import Markdown

Answer = tuple[Markdown, bool]
"""What there is to say, and whether it was done."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One command about waivers: who gives it on which pull request, by which comment."""

    login: str
    account_id: int
    reference: str
    pull: ports.PullRequest
    forge: ports.Forge
    may_write: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Waiving:
    """The use case of `waive`, `approve` and `unwaive`."""

    waivers: ports.Waivers
    ledger: ports.Ledger
    checks: Sequence[Check]
    in_force: Callable[[tuple[PolicyText, ...]], Policy]
    clock: ports.Clock

    def waive(self, asking: Asking, given: str) -> Answer:
        """Take a request, or say why not; raises ForgeTrouble."""
        try:
            return words.requested(*self._requested(asking, given)), True
        except Refused as why:
            return words.said(str(why)), False

    def approve(self, asking: Asking, given: str) -> Answer:
        """Approve a request, or say why not; raises ForgeTrouble."""
        try:
            return self._approved(asking, given), True
        except Refused as why:
            return words.said(str(why)), False

    def unwaive(self, asking: Asking, given: str) -> Answer:
        """End a waiver: whoever may give commands may ask for more than was agreed."""
        try:
            kept = self._named(asking.pull, given, "unwaive")
            why = f"{asking.login} withdrew it."
            done = self.waivers.end(kept.waiver.id, State.WITHDRAWN, why, asking.login, asking.account_id)
            if not done and kept.waiver.state is not State.WITHDRAWN:
                raise Refused(f"{kept.waiver.name} is over already: {kept.waiver.why}")
        except Refused as why_not:
            return words.said(str(why_not)), False
        return words.said(f"{kept.waiver.name} is withdrawn: `{kept.waiver.check}` counts again."), True

    def lines(self, asking: Asking) -> Markdown:
        """Give the lines that ask for a waiver; raises ForgeTrouble."""
        policy = self.in_force(asking.forge.policy_files())
        last = self._today(policy) + timedelta(days=_max_days(policy))
        return words.lines_to_copy(self._entries(asking.pull), policy, last)

    def may_approve(self, asking: Asking) -> bool:
        """Say whether somebody may approve here at all, in some role; raises ForgeTrouble."""
        policy = self.in_force(asking.forge.policy_files())
        roles = [policy.approvers(), *map(policy.approvers, policy.waivers.roles)]
        return any(names is not None and asking.forge.is_one_of(asking.login, names) for names in roles)

    def _requested(self, asking: Asking, given: str) -> tuple[Waiver, str]:
        pull = asking.pull
        policy = self.in_force(asking.forge.policy_files())
        asked = waiver_request.read(given, today=self._today(policy), max_days=_max_days(policy))
        if pull.from_fork and not asking.may_write():
            raise Refused(words.OF_A_FORK)
        entries = self._entries(pull)
        if not entries:
            raise Refused(words.NOT_REVIEWED)
        if why := words.unknown(asked.check, self.checks, entries):
            raise Refused(why)
        found = words.chosen(entries, asked.check, asked.path)
        if not found and asked.path is not None:
            raise Refused(words.no_such_path(entries, asked.path))
        if len(found) > 1:
            raise Refused(words.several(found, asked.check))
        [entry] = found
        one = _waivable(entry, asked.check)
        if one is None:
            raise Refused(words.not_waivable(entry, asked.check, policy))
        who = words.who_approves(policy, one["role"])
        again = self._alike(pull, entry["path"], asked, one, asking)
        if again is not None:
            return again, who
        most = policy.waivers.most_at_once.value
        if most is not None and self.waivers.live_in(pull.repo_id) >= most:
            raise Refused(
                f"The policy allows {most:,} waivers at once in this repository, and there are as many. End one by "
                "`/tunegate unwaive`, or wait until one ends."
            )
        kept = self.waivers.request(
            ports.WaiverAsked(
                repo_id=pull.repo_id,
                number=pull.number,
                path=entry["path"],
                check=asked.check,
                until=asked.until,
                ends_at=_end_of(asked.until, policy),
                reason=asked.reason,
                bound=one["bound"],
                asked=one["asked"],
                requested_by=asking.login,
                requester_id=asking.account_id,
                reference=asking.reference,
            )
        )
        return kept.waiver, who

    def _alike(
        self,
        pull: ports.PullRequest,
        path: str,
        asked: waiver_request.Request,
        one: Mapping[str, Any],
        asking: Asking,
    ) -> Waiver | None:
        """Find the same request, carried out before; raises Refused for another one that makes it needless."""
        for kept in self._of(pull):
            waiver = kept.waiver
            if (waiver.path, waiver.check) != (path, asked.check) or waiver.state not in LIVE:
                continue
            if changes(waiver.bound, one["bound"]):
                continue
            if waiver.state is State.REQUESTED:
                if (waiver.until, waiver.reason, kept.requester_id) == (asked.until, asked.reason, asking.account_id):
                    return waiver
                raise Refused(
                    f"{waiver.name} asks for that already, until {waiver.until}. `/tunegate unwaive {waiver.name}` takes it "
                    "back; then ask anew."
                )
            if waiver.until >= asked.until:
                raise Refused(f"`{waiver.check}` is waived until {waiver.until} already, by {waiver.name}.")
        return None

    def _approved(self, asking: Asking, given: str) -> Markdown:
        kept = self._named(asking.pull, given, "approve")
        waiver = kept.waiver
        if waiver.state is State.APPROVED:
            return self._done_already(waiver)
        if waiver.state is not State.REQUESTED:
            raise Refused(f"{waiver.name} is over: {waiver.why} Ask anew by `/tunegate waive`.")
        policy = self.in_force(asking.forge.policy_files())
        if not self._is_judged(asking.pull, policy):
            raise Refused(words.JUDGED_ANEW)
        entry = next((e for e in self._entries(asking.pull) if e["path"] == waiver.path), None)
        one = _waivable(entry, waiver.check) if entry else None
        if one is None:
            raise Refused(f"`{waiver.check}` is nothing to waive any more in `{waiver.path}`, so nothing was approved.")
        names = policy.approvers(one["role"])
        if names is None or not asking.forge.is_one_of(asking.login, names):
            raise Refused(f"{waiver.name} is approved by {words.approving(one['role'], names)}.")
        self._second_person(asking, kept)
        if changed := changes(waiver.bound, one["bound"]):
            raise Refused(f"{changed} since {waiver.name} was asked for, so nothing was approved. Ask anew.")
        last = self._today(policy) + timedelta(days=_max_days(policy))
        if waiver.until > last:
            raise Refused(f"{waiver.name} asks for {waiver.until}, and the policy allows a day up to {last} by now.")
        if self.waivers.approve(waiver.id, asking.login, asking.account_id, one["role"]):
            return words.approved(waiver, asking.login)
        return self._done_already(self._named(asking.pull, given, "approve").waiver)

    def _is_judged(self, pull: ports.PullRequest, policy: Policy) -> bool:
        """Say whether the verdict is of what is there now: who approves, and what, must not hang on a state of before."""
        latest = self.ledger.latest(pull.repo_id, pull.number)
        return latest is not None and (latest.head_sha, latest.policy_sha256) == (pull.head_sha, policy.sha256)

    def _done_already(self, waiver: Waiver) -> Markdown:
        """Answer the second of two who approve at once: it is done."""
        if waiver.state is not State.APPROVED:
            raise Refused(f"{waiver.name} is over: {waiver.why} Ask anew by `/tunegate waive`.")
        return words.said(f"{waiver.name} is approved by `{waiver.approved_by}` already, until {waiver.until}.")

    def _second_person(self, asking: Asking, kept: ports.KeptWaiver) -> None:
        """See that whoever approves has no part in what is let through; raises Refused."""
        name = kept.waiver.name
        if asking.account_id == kept.requester_id:
            raise Refused(f"Whoever asks for a waiver does not approve it. Another person approves {name}.")
        if asking.account_id == asking.pull.author_id:
            raise Refused(f"The author of a pull request approves no waiver on it. Another person approves {name}.")
        if self._is_owner(asking, kept.waiver.path):
            raise Refused(f"Owner and backup of a proposal approve no waiver for it. Another person approves {name}.")
        committers = asking.forge.committers()
        if asking.account_id in committers.ids or asking.login.lower() in committers.logins:
            raise Refused(
                f"Whoever wrote a commit of this pull request approves no waiver on it. Another person approves {name}."
            )
        if committers.unknown is not None:
            raise Refused(
                f"Nobody can tell who wrote the commit `{committers.unknown}`: its address belongs to no account. Let its "
                f"author add the address to their account, or commit anew; then approve {name} again."
            )
        if committers.cut:
            raise Refused("This pull request has more commits than can be listed. Squash them, then approve again.")

    def _is_owner(self, asking: Asking, path: str) -> bool:
        """Look the proposal's people up as it stands at the head; raises ForgeTrouble, Refused."""
        raw = asking.forge.files().read(path, max_bytes=MAX_BYTES)
        if not isinstance(raw, Known):
            raise Refused(f"`{path}` cannot be read at the head of this pull request, so nothing was approved.")
        proposal = read_proposal(raw.value, opened_on=asking.pull.opened_on, path=path).proposal
        if proposal is None:
            raise Refused(f"`{path}` cannot be read as a proposal, so nothing was approved.")
        directory = asking.forge.directory()
        for login in filter(None, (proposal.owner.primary, proposal.owner.backup)):
            person = directory.person(login)  # a login may have been given away: the account's number counts, too
            if login.lower() == asking.login.lower():
                return True
            if isinstance(person, Known) and person.value.id == asking.account_id:
                return True
            if isinstance(person, Unavailable) and person.trouble is Trouble.PASSING:
                raise ports.ForgeTrouble(f"whose account `{login}` is could not be told")
        return False

    def _named(self, pull: ports.PullRequest, given: str, command: str) -> ports.KeptWaiver:
        """Find the waiver that a command names; raises Refused."""
        there = self._of(pull)
        number = waiver_request.number(given)
        found = next((kept for kept in there if kept.waiver.id == number), None)
        if found is not None:
            return found
        live = [kept.waiver.name for kept in there if kept.waiver.state in LIVE]
        listed = f"There are: {', '.join(live[:10])}." if live else "There is none."
        what = f"There is no waiver W{number} on this pull request." if number is not None else "Say which waiver."
        raise Refused(f"{what} Write `/tunegate {command} W12`, with its own number. {listed}")

    def _of(self, pull: ports.PullRequest) -> list[ports.KeptWaiver]:
        now = self.clock.now()
        return [
            ports.KeptWaiver(
                standing(kept.waiver, is_over=kept.ends_at <= now), kept.ends_at, kept.requester_id, kept.approver_id
            )
            for kept in self.waivers.of(pull.repo_id, pull.number)
        ]

    def _entries(self, pull: ports.PullRequest) -> list[dict[str, Any]]:
        latest = self.ledger.latest(pull.repo_id, pull.number)
        return list(latest.verdict["proposals"]) if latest else []

    def _today(self, policy: Policy) -> date:
        return self.clock.now().astimezone(_zone(policy)).date()


def _waivable(entry: Mapping[str, Any], check: str) -> Mapping[str, Any] | None:
    """Find what a waiver would be bound to; a review of an older release does not say."""
    return next((one for one in entry.get("waivable", ()) if one["check"] == check), None)


def _max_days(policy: Policy) -> int:
    return int(policy.waivers.max_days.value)


def _end_of(day: date, policy: Policy) -> datetime:
    """Find the instant at which a day is over where the policy has it."""
    return datetime.combine(day + timedelta(days=1), time(), _zone(policy)).astimezone(UTC)


def _zone(policy: Policy) -> tzinfo:
    try:
        return ZoneInfo(policy.time_zone)
    except (KeyError, ValueError, OSError):  # a name like one of a zone, and none
        return UTC
