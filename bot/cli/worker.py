"""`tunegate worker`: one more process that does the work."""

import argparse

from bot.cli.running import run as run_service
from bot.cli.running import until_told_to_stop
from bot.wiring.service import Service


def run(chosen: argparse.Namespace) -> int:
    """Work until told to stop; return 2 when it cannot start."""
    from bot.worker import work

    def until_stopped(service: Service) -> None:
        with until_told_to_stop() as stop:
            work(service, stop)

    return run_service("worker", until_stopped)
