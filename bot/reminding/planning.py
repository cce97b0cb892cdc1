"""What is owed by now? Every open cycle is looked at, and what is new is put into the outbox; again at once nothing is new."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from bot import ports
from bot.lifecycle import ladder
from bot.lifecycle.dates import day_in, digest_day, instant_of, monday_of
from bot.lifecycle.digest import Digest, Digests
from bot.lifecycle.owed import Owed, Progress, key
from bot.lifecycle.plan import Reminder, Standing, plan
from bot.reminding.wants import DIGEST, ISSUE, Outbox, Registry

EARLY = 7
"""Days by which weekends and holidays may bring a reminder forward, at most."""

NOBODY = ""
"""A person that nobody is: the address that a channel gives it is not one's own."""

_AT_ONCE = 2_000  # messages and steps of one transaction


@dataclass(slots=True)
class Planned:
    """What one round of planning came to. `unreachable`: reminders that reach nobody; they are planned when one can."""

    cycles: int = 0
    messages: int = 0
    unreachable: int = 0


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans reminders. `zone` finds a time zone by its name; `at` is the time of day at which people are told in it.

    `time_zone` is that of the digests, which are about adapters of any.
    """

    registry: Registry
    outbox: Outbox
    channels: Mapping[str, ports.Notifier]
    clock: ports.Clock
    zone: Callable[[str], tzinfo]
    at: time = time(9)
    holidays: Collection[date] = field(default_factory=frozenset)
    time_zone: str = "UTC"

    def due(self) -> Iterator[tuple[Standing, date, tuple[Reminder, ...]]]:
        """Walk the cycles of which there may be something to tell, with the day that it is there, and what.

        What was planned before for a condition is among it; its key says so to the outbox.
        """
        now, today = self.clock.now(), dict[str, date]()
        for page in self.registry.standings(now.date() + timedelta(days=ladder.OPENS_BEFORE + EARLY + 1)):
            for standing in page:
                name = standing.time_zone
                if name not in today:
                    today[name] = day_in(self.zone(name), now)
                yield standing, today[name], plan(standing, today[name], self.holidays)

    def digests(self) -> tuple[Digest, ...]:
        """Write this week's digests as they would be now."""
        weekly = Digests()
        for standing, today, _ in self.due():
            weekly.add(standing, today)
        return weekly.written(self._week())

    def plan(self) -> Planned:
        """Plan all that is owed by now."""
        done, now = Planned(), self.clock.now()
        weekly = Digests() if self._is_digest_due(now) else None
        owed: list[Owed] = []
        progress: list[Progress] = []
        for standing, today, reminders in self.due():
            done.cycles += 1
            if weekly is not None:
                weekly.add(standing, today)
            for reminder in reminders:
                found, rung = self._owed(standing, reminder, now), reminder.rung
                owed += found
                if not found and not (rung and rung.quiet):
                    done.unreachable += 1  # the cycle stays where it is: who is reached later hears of it then
                elif rung is not None:
                    told = (None, rung.offset) if rung.quiet else (rung.offset, None)
                    progress.append(Progress(standing.cycle_id, rung.name, *told))
            if len(owed) + len(progress) >= _AT_ONCE:
                done.messages += self.outbox.plan(owed, progress, now)
                owed, progress = [], []
        done.messages += self.outbox.plan(owed, progress, now)
        if weekly is not None:
            done.messages += self._plan_digests(weekly, now)
        return done

    def _owed(self, standing: Standing, reminder: Reminder, now: datetime) -> list[Owed]:
        """Say on which channels a reminder reaches whom; a quiet one shows on the issue alone."""
        reached = [(ISSUE, standing.place)] if ISSUE in self.channels and standing.place else []
        if reminder.rung is None or not reminder.rung.quiet:
            reached += self._reached(reminder.people)
        zone = self.zone(standing.time_zone)
        not_before = max(now, instant_of(day_in(zone, now), self.at, zone)) if reminder.rung else now
        return [
            Owed(
                key=key(standing.cycle_id, reminder.key, channel, recipient),
                rung=reminder.key,
                channel=channel,
                recipient=recipient,
                not_before=not_before,
                cycle_id=standing.cycle_id,
                adapter_id=standing.adapter_id,
                message={"people": list(reminder.people), "missed": list(reminder.missed)},
            )
            for channel, recipient in reached
        ]

    def _plan_digests(self, weekly: Digests, now: datetime) -> int:
        new, week, owed = 0, self._week(), list[Owed]()
        for digest in weekly.written(week):
            for name in self._own_channels_of(digest.person):
                said = {
                    "week": week.isoformat(),
                    "cycles": [line.cycle_id for line in digest.lines],
                    "more": digest.total - len(digest.lines),
                }
                owed.append(
                    Owed(f"digest:{week}:{name}:{digest.person}", DIGEST, name, digest.person, now, message=said)
                )
            if len(owed) >= _AT_ONCE:
                new += self.outbox.plan(owed, (), now)
                owed = []
        return new + self.outbox.plan(owed, (), now)

    def _reached(self, people: Sequence[str]) -> list[tuple[str, str]]:
        """List on which channels these people are reached; an address that several of them share once, in the first one's name."""
        named: dict[tuple[str, str | None], tuple[str, str]] = {}
        for person in people:
            for name in self._channels_of(person):
                named.setdefault((name, self.channels[name].address(person)), (name, person))
        return list(named.values())

    def _channels_of(self, person: str) -> list[str]:
        """List the channels by which a person is reached, the forge's issues apart."""
        reaching = (name for name, channel in self.channels.items() if channel.address(person) is not None)
        return [name for name in reaching if name != ISSUE]

    def _own_channels_of(self, person: str) -> list[str]:
        """List the channels with an address of the person's own: one that anybody is given would get everybody's digest."""
        found = self._channels_of(person)
        return [name for name in found if self.channels[name].address(person) != self.channels[name].address(NOBODY)]

    def _is_digest_due(self, now: datetime) -> bool:
        """Say whether this week's digest is due: from its time of day on, to the end of the week."""
        zone = self.zone(self.time_zone)
        day = digest_day(day_in(zone, now), holidays=self.holidays)
        return now >= instant_of(day, self.at, zone)

    def _week(self) -> date:
        return monday_of(day_in(self.zone(self.time_zone), self.clock.now()))
