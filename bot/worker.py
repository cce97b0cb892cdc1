"""ENTRY. Which use case does which job? Reviews, as they are asked for; what became of them is noted in the inbox."""

import logging
import threading
from collections.abc import Callable

from bot.ports import ReviewRequested
from bot.wiring.service import Service

_log = logging.getLogger(__name__)


def work(service: Service, stop: threading.Event) -> None:
    """Do the work of a service until `stop` is set; blocks."""

    def review(request: ReviewRequested, guard: Callable[[], None]) -> None:
        done = service.reviewer.review(request, guard)
        _log.info("repository %d, pull request %d (%s): %s", request.repo_id, request.number, request.reason, done)

    service.engine.work(review, stop)
