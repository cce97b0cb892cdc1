"""Of what are people to be reminded today? From how a cycle stands, and from nothing else: the same day, the same answer.

A rung that was missed is made up for, unless a newer one has come: after a month of silence people hear of today, once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from bot.lifecycle import ladder as rungs
from bot.lifecycle.conditions import IMMEDIATE, RETIREMENT_RUNGS, Condition, Opened
from bot.lifecycle.ladder import Hush, Role, Rung


@dataclass(frozen=True, slots=True)
class Standing:
    """How an open cycle stands, as far as reminders go. Dates are those of the policy's time zone, each the last day on which it holds.

    `told` and `labelled` are the offsets of the newest rungs, heard and quiet, that were planned; None: none yet. `backup`
    may be missing, `managers` too. People are logins, or teams as `organisation/team`. `place` is where its issues are, the
    installation and the repository by their numbers ("3/11"); None: nowhere.
    """

    cycle_id: int
    adapter_id: int
    adapter: str
    due_on: date
    owner: str
    backup: str | None = None
    leads: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    told: int | None = None
    labelled: int | None = None
    acknowledged_until: date | None = None
    snoozed_until: date | None = None
    waived_until: date | None = None
    in_progress: bool = False
    conditions: tuple[Opened, ...] = ()
    place: str | None = None
    time_zone: str = "UTC"

    def hushes(self, today: date) -> frozenset[Hush]:
        """List what keeps rungs quiet on a day."""
        until = (
            (Hush.ACKNOWLEDGED, self.acknowledged_until),
            (Hush.SNOOZED, self.snoozed_until),
            (Hush.WAIVED, self.waived_until),
        )
        lasting = frozenset(hush for hush, last in until if last is not None and today <= last)
        return lasting | {Hush.IN_PROGRESS} if self.in_progress else lasting


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to tell about one cycle. `key` names it once and for all within the cycle; `people` are told, each once.

    `missed` are the rungs that it stands for as well: they came while nobody sent. `condition` is given where it speaks of
    one and of no rung.
    """

    cycle_id: int
    key: str
    people: tuple[str, ...]
    rung: Rung | None = None
    missed: tuple[str, ...] = ()
    condition: Condition | None = None


def plan(standing: Standing, today: date, holidays: Collection[date] = ()) -> tuple[Reminder, ...]:
    """List what is to be told on a day: at most one rung that is heard, one that is quiet, and what is immediate."""
    if today < standing.due_on - timedelta(days=rungs.OPENS_BEFORE + 7) and not standing.conditions:
        return ()  # the lowest rung is further off, also where a weekend moves it
    hushes = standing.hushes(today)
    loud: Rung | None = None
    quiet: Rung | None = None
    missed: list[str] = []
    for rung in rungs.reached(standing.due_on, today, holidays):
        before = standing.labelled if rung.quiet else standing.told
        if before is not None and rung.offset <= before:
            continue
        if rung.quiet:
            quiet = quiet or (None if hushes & rung.hushed_by else rung)
        elif loud is not None:
            missed.append(rung.name)
        elif not hushes & rung.hushed_by:
            loud = rung
    told = [_of_rung(standing, rung, tuple(missed) if rung is loud else ()) for rung in (quiet, loud) if rung]
    return (*told, *_immediate(standing, today))


def audience(standing: Standing, roles: Collection[Role]) -> tuple[str, ...]:
    """Name the people behind roles, each once. Where nobody owns the adapter its leads stand in, and its backup beside them."""
    kinds = {opened.condition for opened in standing.conditions}
    backup = standing.backup if Condition.BACKUP_MISSING not in kinds else None
    behind: dict[Role, tuple[str, ...]] = {
        Role.OWNER: (standing.owner,),
        Role.BACKUP: (backup,) if backup else (),
        Role.LEAD: standing.leads,
        Role.MANAGERS: standing.managers,
    }
    if Condition.ORPHANED in kinds:
        behind[Role.OWNER] = standing.leads or behind[Role.BACKUP]
    named: dict[str, str] = {}  # logins differ in case alone
    for role in Role:
        if role in roles:
            for one in behind[role]:
                named.setdefault(one.lower(), one)
    return tuple(named.values())


def _of_rung(standing: Standing, rung: Rung, missed: tuple[str, ...]) -> Reminder:
    return Reminder(standing.cycle_id, rung.name, audience(standing, rung.tells), rung, missed)


def _immediate(standing: Standing, today: date) -> list[Reminder]:
    """What does not wait for a rung: told once for each condition, and of a base model's end again as it draws near."""
    told = []
    for opened in standing.conditions:
        if opened.condition not in IMMEDIATE:
            continue
        key = f"{opened.condition.value}:{opened.id}"
        if opened.condition is Condition.BASE_RETIRING and opened.retires_on is not None:
            left = (opened.retires_on - today).days
            near = [days for days in RETIREMENT_RUNGS if left <= days]
            key = f"{key}:{opened.retires_on.isoformat()}" + (f"-{near[-1]}" if near else "")
        people = audience(standing, (Role.OWNER, Role.BACKUP, Role.LEAD))
        told.append(Reminder(standing.cycle_id, key, people, condition=opened.condition))
    return told
