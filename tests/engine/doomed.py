"""A worker to be killed or frozen: `python -m tests.engine.doomed URL` says `begun` and asks its guard when told `go`."""

import sys
import threading

from bot.engine import HOUSE, Engine, Guard
from bot.ports import ReviewRequested, Superseded

if __name__ == "__main__":
    stop = threading.Event()

    def review(asked: ReviewRequested, guard: Guard) -> None:
        """Say that it has begun; when told to go on, say whether it may still write."""
        print("begun", flush=True)
        sys.stdin.readline()
        try:
            guard()
            print("yes", flush=True)
        except Superseded:
            print("no", flush=True)
            raise
        finally:
            stop.set()

    Engine(sys.argv[1], pace=HOUSE).work(review, stop)
