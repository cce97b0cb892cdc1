"""Which words does a reminder get? Those of its rung or condition, with how the adapter stands now; the report room has them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.lifecycle.conditions import Condition
from bot.lifecycle.digest import Digest
from bot.lifecycle.digest import Line as DigestLine
from bot.lifecycle.ladder import Hush
from bot.lifecycle.stages import Reason, Stage
from bot.reminding.wants import Matter
from bot.report import digest as digests
from bot.report import registration_reminder
from bot.report import reminder as reminders
from bot.report.letter import Letter

ROLE = "several"
"""A letter speaks to all whom it reaches: an issue has one text."""

_NOTES = {
    Condition.ORPHANED: "has no owner",
    Condition.BACKUP_MISSING: "has no backup",
    Condition.BASE_RETIRING: "its base model ends",
    Condition.BASE_RETIRED: "its base model has ended",
    Condition.BASE_UNKNOWN: "no date is known for its base model",
    Condition.NOT_RETRAINABLE: "its base model takes no more training",
    Condition.EVIDENCE_STALE: "its evidence is old",
    Condition.EVIDENCE_FAILED: "its revalidation failed",
    Condition.COST_OVER_ESTIMATE: "it costs more than twice the estimate",
    Condition.SERVING_UNVERIFIED: "what serves could not be verified",
    Condition.PROPOSAL_MISSING: "its proposal is gone",
    Condition.DATA_PENDING: "waits for its data",
    Hush.ACKNOWLEDGED: "acknowledged",
    Hush.IN_PROGRESS: "evidence is on its way",
    Hush.SNOOZED: "snoozed",
    Hush.WAIVED: "waived",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Letters for `bot.reminding`. `page_of` finds the address of an adapter's page by its number, `page` that of all."""

    page_of: Callable[[int], str | None] = lambda _: None
    page: str | None = None

    def reminder(self, matter: Matter) -> Letter:
        """Write what a rung or a condition says."""
        about = self._about(matter)
        match matter.condition:
            case Condition.ORPHANED:
                return reminders.orphaned(about, ROLE)
            case Condition.BASE_RETIRING | Condition.BASE_RETIRED:
                opened = (o for o in matter.standing.conditions if o.condition is matter.condition)
                retires_on = next((o.retires_on for o in opened if o.retires_on is not None), matter.today)
                model = matter.adapter.particulars.base_model or "the base model"
                return reminders.base_retiring(about, model, retires_on, role=ROLE)
            case Condition.EVIDENCE_FAILED:
                return reminders.evidence_failed(about, (), ROLE)
            case _:
                return self._awaited(matter, about) or reminders.rung(about, ROLE)

    def standing(self, matter: Matter) -> Letter:
        """Write how the matter stands as a whole."""
        about = self._about(matter)
        return self._awaited(matter, about) or reminders.standing(about)

    def digest(self, digest: Digest) -> Letter:
        """Write what a person is told on Mondays; raises ValueError for an empty one."""
        due = [self._due(line) for line in digest.lines]
        return digests.digest(digest.week, digest.week, due, digest.total, self.page)

    def _due(self, line: DigestLine) -> digests.Due:
        notes = tuple(_NOTES[each] for each in (*line.conditions, *line.hushes))
        return digests.Due(line.adapter, line.due_on, notes, self.page_of(line.adapter_id))

    def _about(self, matter: Matter) -> reminders.Matter:
        standing, cycle = matter.standing, matter.adapter.cycle
        return reminders.Matter(
            adapter=standing.adapter,
            due_on=standing.due_on,
            today=matter.today,
            owner=standing.owner,
            backup=standing.backup,
            leads=standing.leads,
            file=f"revalidations/{standing.adapter}/{cycle.number}.yaml" if cycle else "",
            in_progress=standing.in_progress,
            acknowledged_until=standing.acknowledged_until,
            snoozed_until=standing.snoozed_until,
            waived_until=standing.waived_until,
            links=reminders.Links(page=self.page_of(standing.adapter_id)),
        )

    def _awaited(self, matter: Matter, about: reminders.Matter) -> Letter | None:
        """Write what is awaited in the cycle between approval and serving; None in every other cycle."""
        cycle = matter.adapter.cycle
        if cycle is None or cycle.reason is not Reason.REGISTRATION:
            return None
        pending = any(opened.condition is Condition.DATA_PENDING for opened in matter.standing.conditions)
        registered = matter.adapter.stage is Stage.REGISTERED
        return registration_reminder.awaited(about, registered=registered, data_pending=pending)
