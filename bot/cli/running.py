"""What do the long-running commands share? Settings or a clear refusal, log lines, and an end in order."""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from bot.cli import EXIT_USAGE
from bot.settings import BadSettings, Settings, read
from bot.wiring.databases import CannotStart
from bot.wiring.service import Service, open_service

_log = logging.getLogger(__name__)

_ENDS = tuple(s for name in ("SIGTERM", "SIGINT", "SIGHUP") if (s := getattr(signal, name, None)) is not None)


def start_logging() -> None:
    """Write log lines to standard error, one a line."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "uvicorn.error", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run(
    command: str,
    work: Callable[[Service, threading.Event], None],
    change: Callable[[Settings], Settings] = lambda settings: settings,
) -> int:
    """Open the service and let `work` run until it is told to stop; a start that fails is a line and exit code 2."""
    start_logging()
    try:
        with until_told_to_stop() as stop, open_service(change(read())) as service:
            if not stop.is_set():
                work(service, stop)
            _log.info("stopping")
    except (BadSettings, CannotStart) as error:
        print(f"tunegate {command}: {error}", file=sys.stderr)
        return EXIT_USAGE
    return 0


@contextmanager
def until_told_to_stop() -> Iterator[threading.Event]:
    """Give an event that the signals to end set, so that whatever was begun inside is also ended.

    A signal that was being ignored, as `nohup` has it, stays ignored; the former handlers come back afterwards.
    """
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    heard = [number for number in _ENDS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, tell) for number in heard}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listener(host: str, port: int) -> socket.socket:
    """Take the place where HTTP is heard; raises CannotStart."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise CannotStart(f"{host} port {port} cannot be listened on: {error.strerror or error}.") from error


@contextmanager
def serving(http: uvicorn.Server, place: socket.socket) -> Iterator[threading.Thread]:
    """Serve HTTP in a thread until the block ends; there uvicorn leaves the signals to us, and we stop it in our order."""
    thread = threading.Thread(target=http.run, kwargs={"sockets": [place]}, name="http")
    thread.start()
    try:
        while not http.started and thread.is_alive():
            thread.join(0.01)
        yield thread
    finally:
        http.should_exit = True
        thread.join()
        place.close()


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
