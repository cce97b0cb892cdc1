"""`tunegate evidence serving FILE`: what the bot sees in a serving config, for people who ask why."""

import argparse

from bot.cli.evidence import show_config
from bot.report.serving_facts import as_json, as_text
from bot.sources import serving_configs


def run(chosen: argparse.Namespace) -> int:
    """Read and show; return 0, 1 when the file says nothing that can be used, 2 when it is not there."""
    return show_config(chosen, serving_configs.read, as_json, as_text)
