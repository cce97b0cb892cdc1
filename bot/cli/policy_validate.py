"""`tunegate policy validate FILE...`: is a policy's file well formed, and do its rules fit what they look at?"""

import argparse
import json
import sys
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.readiness.policy import LayerKind
from bot.readiness.policy_file import OF_REPOSITORY, PolicyText
from bot.report.policy_change import complaints_as_json, complaints_as_text
from bot.wiring.offline import local_policy

EXIT_PROBLEMS = 1


def run(chosen: argparse.Namespace) -> int:
    """Validate; return 0, 1 with problems, 2 when a file is not there."""
    try:
        texts = {name: text_of(Path(name)) for name in chosen.files}
    except OSError as error:
        print(f"tunegate policy: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    found = {name: wiring.in_force((text,)).complaints for name, text in texts.items()}
    if chosen.json:
        print(json.dumps([complaints_as_json(name, told) for name, told in found.items()], indent=2))
    else:
        for name, told in found.items():
            sys.stdout.write(complaints_as_text(name, told))
    return EXIT_PROBLEMS if any(found.values()) else 0


def text_of(file: Path) -> PolicyText:
    """Read a policy file of this machine: a repository's by its name, else an organisation's; raises OSError."""
    return local_policy(file, LayerKind.REPOSITORY if file.name == OF_REPOSITORY else LayerKind.ORGANISATION)
