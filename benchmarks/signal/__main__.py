"""How often is the behavior signal right? `python -m benchmarks.signal [--write]`: prints the report, or writes it down."""

import argparse
from pathlib import Path

from benchmarks.signal import report
from benchmarks.signal.sets import ROOT

PAGE = Path("docs/signal.md")
MADE, PUBLIC = "made", "public"


def main() -> None:
    """Judge all sets; print the report, and with --write put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write it into {PAGE}")
    chosen = parser.parse_args()
    made, public = report.made(), report.public()
    blocks = {MADE: report.of_made(made)}
    if public:
        blocks[PUBLIC] = report.of_public(public)
    for block in blocks.values():
        print(block + "\n")
    if not public:
        print("No corpus (TUNEGATE_CORPUS): the public sets are not judged, and their part of the page stays as it is.")
    if chosen.write:
        text = (ROOT / PAGE).read_text()
        for name, block in blocks.items():
            text = put(text, name, block)
        (ROOT / PAGE).write_text(text)
        print(f"written: {PAGE}")


def put(page: str, name: str, block: str) -> str:
    """Put a block between its marks in a page, in place of what stands there."""
    begin, end = marks(name)
    before, rest = page.split(begin, 1)
    return f"{before}{begin}\n\n{block}\n\n{end}{rest.split(end, 1)[1]}"


def marks(name: str) -> tuple[str, str]:
    """Give the marks of a block."""
    return f"<!-- {name}: written by `python -m benchmarks.signal --write` -->", f"<!-- end of {name} -->"


if __name__ == "__main__":
    main()
