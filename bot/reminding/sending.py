"""Has it arrived? Each message is claimed, looked at once more, sent outside of any transaction, and its end noted.

A message that is claimed again is looked for on its channel before it is sent again. What arrives twice all the same is a message
whose first sending outlived its lease, or one on a channel that cannot look: true exactly-once is not to be had.
"""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot import ports
from bot.lifecycle import ladder
from bot.lifecycle.conditions import Condition
from bot.lifecycle.dates import day_in, monday_of
from bot.lifecycle.digest import Digest, Digests
from bot.lifecycle.ladder import Rung
from bot.lifecycle.owed import Claimed
from bot.lifecycle.plan import Standing
from bot.reminding.planning import EARLY
from bot.reminding.wants import DIGEST, ISSUE, Letters, Matter, Outbox, Registry

GIVEN_UP_AFTER = timedelta(hours=24)
"""How long a message is tried that does not arrive (notes, house)."""

SOONEST, LONGEST = 60.0, 6 * 3600.0
"""Seconds between two tries, at the least and at the most (notes, house)."""

_BROKEN = timedelta(hours=1)  # until a message is tried again that we ourselves could not write
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sent:
    """What one round of sending came to, by what became of each message; `already`: of those sent, what had arrived before."""

    sent: int = 0
    already: int = 0
    superseded: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is owed. `zone` finds a time zone by its name; `time_zone` is that of the digests."""

    registry: Registry
    outbox: Outbox
    channels: Mapping[str, ports.Notifier]
    letters: Letters
    clock: ports.Clock
    zone: Callable[[str], tzinfo]
    time_zone: str = "UTC"

    def send(self, stop: Callable[[], bool] = lambda: False) -> Sent:
        """Send what is due until nothing is, or `stop` says so; no message holds up the others."""
        done = Sent()
        while not stop() and (claimed := self.outbox.claim(self.clock.now())) is not None:
            try:
                self._send(claimed, done)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next message may be another matter
                _log.error("message %d could not be written (%s)", claimed.id, type(error).__name__)
                why = f"our own fault ({type(error).__name__})"
                self._failed(claimed, ports.NotDelivered(why, retry_after=_BROKEN.total_seconds()), done)
        return done

    def _send(self, claimed: Claimed, done: Sent) -> None:
        owed = claimed.owed
        channel = self.channels.get(owed.channel)
        if channel is None:
            self._failed(claimed, ports.NotDelivered(f"the channel {owed.channel} is not set up"), done)
            return
        address = owed.recipient if owed.channel == ISSUE else channel.address(owed.recipient)
        if address is None:
            self._failed(claimed, ports.NotDelivered(f"there is no address for {owed.recipient}", lasting=True), done)
            return
        message = self._digest(claimed, address) if owed.rung == DIGEST else self._reminder(claimed, address)
        if isinstance(message, str):
            done.superseded += self.outbox.supersede(claimed, message, self.clock.now())
            return
        try:
            before = channel.find(message) if claimed.attempts > 1 else None
            receipt = before or channel.send(message)
        except ports.NotDelivered as trouble:
            self._failed(claimed, trouble, done)
            return
        if self.outbox.sent(claimed, receipt.reference, self.clock.now()):
            done.sent += 1
            done.already += before is not None or receipt.already

    def _failed(self, claimed: Claimed, trouble: ports.NotDelivered, done: Sent) -> None:
        wait = min(LONGEST, SOONEST * 2.0 ** min(claimed.attempts - 1, 20)) * random.uniform(0.8, 1.2)  # noqa: S311  # no secret
        now = self.clock.now()
        retry_at: datetime | None = now + timedelta(seconds=max(wait, trouble.retry_after or 0))
        if trouble.lasting or (retry_at and retry_at - claimed.first_tried_at > GIVEN_UP_AFTER):
            retry_at = None
            _log.error("message %d on channel %s is given up: %s", claimed.id, claimed.owed.channel, trouble.reason)
        if self.outbox.fail(claimed, trouble.reason, retry_at, now):
            done.dead += retry_at is None
            done.failed += retry_at is not None

    def _reminder(self, claimed: Claimed, address: str) -> ports.Message | str:
        """Write a message by how things stand now; a text says why there is nothing to say any more."""
        owed = claimed.owed
        standing = self.registry.standing(owed.cycle_id) if owed.cycle_id is not None else None
        adapter = self.registry.get(standing.adapter_id) if standing else None
        if standing is None or adapter is None:
            return "the cycle is over"
        today = self._today(standing.time_zone)
        rung = ladder.named(owed.rung)
        condition = None if rung else Condition(owed.rung.partition(":")[0])
        if refuted := _refuted(standing, today, rung, condition):
            return refuted
        matter = Matter(adapter, standing, today, rung, condition)
        issue = owed.channel == ISSUE
        return ports.Message(
            key=owed.key,
            thread=f"cycle-{standing.cycle_id}",
            to=address,
            letter=self.letters.reminder(matter),
            urgency="high" if condition or (rung and rung.offset > 0) else "normal",
            standing=self.letters.standing(matter) if issue else None,
            aloud=rung is None or not rung.quiet,
            people=tuple(owed.message.get("people", ())),
            labels=labels(standing, today) if issue else (),
            begun=self.outbox.begun(claimed),
        )

    def _digest(self, claimed: Claimed, address: str) -> ports.Message | str:
        """Write a digest by how its adapters stand when it is sent; what was done since is left out."""
        said, person = claimed.owed.message, claimed.owed.recipient
        today = self._today(self.time_zone)
        if said["week"] != monday_of(today).isoformat():
            return "its week is over"
        digest = self._written(person, said["cycles"], int(said["more"]))
        if digest is None:
            return "nothing is near any more"
        letter = self.letters.digest(digest)
        return ports.Message(claimed.owed.key, f"digest-{person.lower()}", address, letter, urgency="low")

    def _written(self, person: str, cycle_ids: list[int], more: int) -> Digest | None:
        gathered = Digests()
        for cycle_id in sorted(self.registry.open_among(cycle_ids)):
            if (standing := self.registry.standing(cycle_id)) is not None:
                gathered.add(standing, self._today(standing.time_zone))
        week = monday_of(self._today(self.time_zone))
        found = (digest for digest in gathered.written(week) if digest.person.lower() == person.lower())
        digest = next(found, None)
        return digest if digest is None else digest.with_more(more)

    def _today(self, time_zone: str) -> date:
        return day_in(self.zone(time_zone), self.clock.now())


def labels(standing: Standing, today: date) -> tuple[str, ...]:
    """List the labels that a cycle's issue has by now."""
    hushes = standing.hushes(today)
    return tuple(
        rung.label
        for rung in ladder.LADDER
        if rung.label and (today - standing.due_on).days >= rung.offset and not hushes & rung.hushed_by
    )


def _refuted(standing: Standing, today: date, rung: Rung | None, condition: Condition | None) -> str | None:
    """Say why a reminder that was planned is not true any more."""
    if rung is None:
        kinds = {opened.condition for opened in standing.conditions}
        return None if condition in kinds else "it has been mended"
    newest = standing.labelled if rung.quiet else standing.told
    if newest is not None and newest > rung.offset:
        return "a newer reminder has come"
    if hushed := standing.hushes(today) & rung.hushed_by:
        return f"kept quiet: {', '.join(sorted(hushed))}"
    return "the deadline has moved" if (today - standing.due_on).days < rung.offset - EARLY else None
