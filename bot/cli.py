"""ENTRY. What can be typed? `tunegate COMMAND`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="tunegate", description="Most fine-tunes should not happen. Is this one different?"
    )
    parser.add_argument("--version", action="version", version=f"tunegate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    docs = commands.add_parser("docs", help="write the generated pages (contributors)")
    docs.add_argument("--check", action="store_true", help="only say which pages are stale")
    docs.set_defaults(run=_docs)
    chosen = parser.parse_args(arguments)
    code: int = chosen.run(chosen)
    return code


def _docs(chosen: argparse.Namespace) -> int:
    from bot import docs, wiring

    root = Path(__file__).resolve().parent.parent
    if not chosen.check:
        docs.write(root, wiring.policy())
        return 0
    stale = docs.stale(root, wiring.policy())
    for path in stale:
        print(f"stale: {path} (run `make docs`)", file=sys.stderr)
    return 1 if stale else 0
