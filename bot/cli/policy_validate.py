"""`tunegate policy validate FILE...`: is a policy's file well formed, and do its rules fit what they look at?"""

import argparse
import json
import sys
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.readiness.policy_validation import problems
from bot.report.policy_change import problems_as_json, problems_as_text

EXIT_PROBLEMS = 1


def run(chosen: argparse.Namespace) -> int:
    """Validate; return 0, 1 with problems, 2 when a file is not there."""
    try:
        read = {name: Path(name).read_bytes() for name in chosen.files}
    except OSError as error:
        print(f"tunegate policy: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    base = wiring.layer()
    found = {name: problems(raw, base) for name, raw in read.items()}
    if chosen.json:
        print(json.dumps([problems_as_json(name, told) for name, told in found.items()], indent=2))
    else:
        for name, told in found.items():
            sys.stdout.write(problems_as_text(name, told))
    return EXIT_PROBLEMS if any(found.values()) else 0
