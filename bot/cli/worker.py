"""`tunegate worker`: one more process that does the work."""

import argparse

from bot.cli.running import run as run_service
from bot.worker import work


def run(chosen: argparse.Namespace) -> int:
    """Work until told to stop; return 2 when it cannot start."""
    return run_service("worker", work)
