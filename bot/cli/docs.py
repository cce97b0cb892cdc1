"""`tunegate docs`: write the generated pages, or say which are stale."""

import argparse
import sys
from pathlib import Path

from bot import docs, wiring


def run(chosen: argparse.Namespace) -> int:
    """Write the pages; with `--check` return 1 when one is stale."""
    root = Path(__file__).resolve().parent.parent.parent
    if not chosen.check:
        docs.write(root, wiring.policy())
        return 0
    stale = docs.stale(root, wiring.policy())
    for path in stale:
        print(f"stale: {path} (run `make docs`)", file=sys.stderr)
    return 1 if stale else 0
