"""What do the long-running commands share? Settings or a clear refusal, log lines, and an end in order."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from bot.cli import EXIT_USAGE
from bot.settings import BadSettings, Settings, read
from bot.wiring.service import CannotStart, Service, open_service


def start_logging() -> None:
    """Write log lines to standard error, one a line."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("procrastinate", "alembic", "uvicorn.error", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run(command: str, work: Callable[[Service], None], change: Callable[[Settings], Settings] = lambda s: s) -> int:
    """Open the service and let `work` run; a start that fails is two lines and exit code 2."""
    start_logging()
    try:
        settings = change(read())
        with open_service(settings) as service:
            work(service)
    except (BadSettings, CannotStart) as error:
        print(f"tunegate {command}: {error}", file=sys.stderr)
        return EXIT_USAGE
    return 0


@contextmanager
def until_told_to_stop() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; the former handlers come back afterwards."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def working_beside(service: Service) -> Iterator[None]:
    """Let a worker run in a thread of this process; at the end it finishes what it has begun."""
    from bot.worker import work

    stop = threading.Event()
    thread = threading.Thread(target=work, args=(service, stop), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
