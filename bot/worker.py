"""ENTRY. Which use case does which job? Reviews, as they are asked for; what became of them is noted in the inbox."""

import logging
import threading
from collections.abc import Callable

from bot.engine import Stopping, Timed
from bot.ports import ReviewRequested, Superseded
from bot.reminding import Sent
from bot.wiring.service import Service

_log = logging.getLogger(__name__)


def work(service: Service, stop: threading.Event) -> None:
    """Do the work of a service until `stop` is set; blocks."""

    def review(asked: ReviewRequested, guard: Callable[[], None]) -> None:
        heard = service.inbox.newest()
        # of the deliveries and not of the job: one job may stand for several events, and only its last one names it
        events = service.inbox.unsettled(asked.repo_id, asked.number)
        trouble: Exception | None = None
        try:
            service.commander.carry_out(asked, guard)
        except Superseded:
            raise
        except Exception as why:  # noqa: BLE001  # whatever became of a command, the review is owed
            trouble = why
        done = service.reviewer.review(asked, guard, events)
        if done == "closed":  # perhaps merged: what was approved is kept from now on, and evidence ends its cycle
            done = f"closed, {service.registrar.register(asked, guard)}, {service.revalidations.close(asked, guard)}"
        service.inbox.settle(asked.repo_id, asked.number, "done", upto=heard)
        if trouble is not None:  # the command is tried again; the review did not wait for it
            raise trouble
        _log.info("repository %d, pull request %d (%s): %s", asked.repo_id, asked.number, asked.reason, done)

    def given_up(asked: ReviewRequested, why: str) -> None:
        service.inbox.settle(asked.repo_id, asked.number, "failed", note=why)
        service.reviewer.give_up(asked)

    service.engine.work(review, stop, given_up, timetable(service))


def timetable(service: Service) -> tuple[Timed, ...]:
    """List the work that is done by the clock."""

    def plan(stopping: Stopping) -> None:
        planned = service.planner.plan()
        if planned.messages or planned.unreachable:
            _log.info("reminders: %d planned, %d reach nobody", planned.messages, planned.unreachable)
        send(stopping)

    def send(stopping: Stopping) -> None:
        sent = service.sender.send(stopping)
        if sent != Sent():
            _log.info("reminders: %s", sent)

    pace = service.engine.pace
    # planning looks at every cycle that is near; sending looks for what is due, and mostly finds nothing
    return (
        Timed("look-again", f"* * * * * */{pace.look}", lambda stopping: service.look_again()),
        Timed("expire-waivers", pace.minute, lambda stopping: service.expire_waivers()),
        Timed("plan-reminders", "3,18,33,48 * * * *", plan),
        Timed("send-reminders", "* * * * *", send),
    )
