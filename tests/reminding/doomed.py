"""Senders that are killed before and after sending: `python -m tests.reminding.doomed URL RECEIVER P PROCESSES`.

They send by HTTP to a receiver which counts. P is the chance of each of the two deaths; who dies is followed by another process,
and leaves a line on stdout. The lease is ten times the timeout, as the house asks for at least twice that.
"""

import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from functools import partial
from itertools import count

from bot.clock import SystemClock, zone
from bot.ports import Message, NotDelivered, Receipt
from bot.reminding import Sender
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from tests.reminding.world import Words

LEASE = timedelta(seconds=10)
TIMEOUT = 1.0


class Doomed:
    """A channel over HTTP, in whose process the light goes out at times."""

    name = "webhook"

    def __init__(self, receiver: str, chance: float) -> None:
        self._receiver = receiver
        self._chance = chance

    def address(self, person: str) -> str | None:
        return person

    def find(self, message: Message) -> Receipt | None:
        try:
            with urllib.request.urlopen(f"{self._receiver}/{message.key}", timeout=TIMEOUT) as answer:
                return Receipt("found", already=True) if answer.status == 200 else None
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise NotDelivered(f"the receiver answered {error.code}") from error
        except OSError as error:
            raise NotDelivered("no answer", retry_after=1) from error

    def send(self, message: Message) -> Receipt:
        self._die()
        try:
            request = urllib.request.Request(f"{self._receiver}/{message.key}", data=b"{}", method="POST")
            with urllib.request.urlopen(request, timeout=TIMEOUT):
                pass
        except urllib.error.HTTPError as error:
            raise NotDelivered(f"the receiver answered {error.code}") from error
        except OSError as error:
            raise NotDelivered("no answer", uncertain=True) from error
        self._die()
        return Receipt("sent")

    def _die(self) -> None:
        if random.random() < self._chance:
            os.kill(os.getpid(), signal.SIGKILL)


def work(url: str, receiver: str, chance: float, seed: int) -> None:
    random.seed(seed)
    database = Database(url, connections=2)
    outbox = Outbox(database)
    outbox.claim = partial(outbox.claim, lease=LEASE)  # type: ignore[method-assign]
    channels = {"webhook": Doomed(receiver, chance)}
    sender = Sender(Adapters(database), outbox, channels, Words(), SystemClock(), zone)
    while True:
        sender.send()
        time.sleep(0.05)


def main(url: str, receiver: str, chance: str, processes: str) -> None:
    alive: set[int] = set()
    for seed in count():
        child = os.fork()  # everything is imported by now: a new process costs next to nothing
        if child == 0:
            work(url, receiver, float(chance), seed)
        alive.add(child)
        if len(alive) == int(processes):
            alive.remove(os.wait()[0])
            print("dead", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
