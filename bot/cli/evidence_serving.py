"""`tunegate evidence serving FILE`: what the bot sees in a serving config, for people who ask why."""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from bot.cli import EXIT_USAGE
from bot.cli.evidence import EXIT_UNREADABLE, NoFile, contents
from bot.report.serving_facts import as_json, as_text
from bot.sources import serving_configs
from bot.sources.trouble import Unreadable


def run(chosen: argparse.Namespace) -> int:
    """Read and show; return 0, 1 when the file says nothing that can be used, 2 when it is not there."""
    try:
        raw = contents(Path(chosen.file))
        config = serving_configs.read(raw)
    except NoFile as missing:
        print(f"tunegate evidence: {missing}", file=sys.stderr)
        return EXIT_USAGE
    except Unreadable as unreadable:
        print(f"tunegate evidence: {unreadable.fact.reason}\n  {unreadable.fact.fix}", file=sys.stderr)
        return EXIT_UNREADABLE
    document = as_json(config, digest=hashlib.sha256(raw).hexdigest())
    sys.stdout.write(json.dumps(document, indent=2) + "\n" if chosen.json else as_text(config))
    return 0
