"""Is nothing lost and nothing doubled when senders are killed at any moment, and the receiver is slow, busy or broken?"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

from bot.lifecycle.owed import Owed, key
from tests.database import plain
from tests.reminding.world import World
from tests.storage.adapters import serving

MESSAGES = 400
PROCESSES = 4
CHANCE = 0.04  # of a death before each sending, and of one after it


class Receiver(ThreadingHTTPServer):
    """Counts what arrives under each key; one answer in ten is 500 or 429, one in fifty comes too late."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.chance = random.Random(7)

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed hears no answer."""


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_GET(self) -> None:
        self.answer(200 if self.server.counts[self.path] else 404)

    def do_POST(self) -> None:
        with self.server.lock:
            drawn = self.server.chance.random()
            if drawn >= 0.10:
                self.server.counts[self.path] += 1
        if drawn < 0.10:
            self.answer(500 if drawn < 0.05 else 429)
            return
        if drawn > 0.98:
            time.sleep(1.3)  # the sender has given up, and the message has arrived
        self.answer(200)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()


def test_four_hundred_reminders_arrive_once_each_though_their_senders_are_killed(world: World) -> None:
    now = datetime.now(UTC)  # senders have real clocks
    adapter = serving(world.registry, now.date() - timedelta(days=100))
    assert adapter.cycle is not None
    wanted = [f"person-{number}" for number in range(MESSAGES)]
    owed = [
        Owed(
            key(adapter.cycle.id, "T+7", "webhook", one),
            "T+7",
            "webhook",
            one,
            now - timedelta(seconds=1),
            adapter.cycle.id,
            adapter.id,
        )
        for one in wanted
    ]
    assert world.outbox.plan(owed, (), now) == MESSAGES
    with receiving() as receiver:
        address = f"http://127.0.0.1:{receiver.server_port}"
        command = [
            sys.executable,
            "-m",
            "tests.reminding.doomed",
            world.database.url,
            address,
            str(CHANCE),
            str(PROCESSES),
        ]
        senders = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        try:
            while world.outbox.counts(now).get("sent", 0) < MESSAGES and senders.poll() is None:
                # what failed waits for a minute or more: that is not what is looked at here
                with psycopg.connect(plain(world.database.url), autocommit=True) as link:
                    link.execute("UPDATE outbox SET not_before = now() WHERE state = 'failed'")
                time.sleep(0.2)
        finally:
            os.killpg(senders.pid, signal.SIGKILL)  # the session that we started: the senders and their parent
            deaths = len((senders.communicate()[0]).split())
    assert deaths > 5
    assert set(receiver.counts.values()) == {1}
    assert len(receiver.counts) == MESSAGES
