"""`tunegate policy simulate FILE`: which stored verdicts would another policy change? Judged from dossiers, without a network."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.cli.policy_validate import EXIT_PROBLEMS
from bot.ports import StoredReview
from bot.readiness.policy import read
from bot.readiness.policy_validation import problems
from bot.report.policy_change import problems_as_text, table_as_text
from bot.review.policy_change import Impact, impacts
from bot.settings import data_folder, database_url
from bot.storage.ledger import Ledger
from bot.wiring.offline import asking, judge_of
from bot.wiring.service import CannotStart, open_ledger


def run(chosen: argparse.Namespace) -> int:
    """Simulate; return 0 whatever changes, 1 when the policy has problems, 2 without a policy or a database."""
    try:
        raw = Path(chosen.file).read_bytes()
    except OSError as error:
        print(f"tunegate policy: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    base = wiring.layer()
    if told := problems(raw, base):
        sys.stderr.write(problems_as_text(chosen.file, told))
        return EXIT_PROBLEMS
    try:
        with open_ledger(database_url(), data_folder()) as ledger, asking() as ask:
            judge = judge_of(read([base, raw]), ask)
            found = [impact for review in _reviews(ledger, chosen.last) for impact in impacts(judge, review)]
    except CannotStart as error:
        print(f"tunegate policy: {error}", file=sys.stderr)
        return EXIT_USAGE
    sys.stdout.write(_as_json(found) if chosen.json else _as_text(found))
    return 0


def _reviews(ledger: Ledger, last: int) -> Iterator[StoredReview]:
    """Fetch the reviews one by one, as each may be large; a person at a terminal is shown how far it is."""
    ids = ledger.newest(last)
    shown = sys.stderr.isatty()
    for number, review_id in enumerate(ids, 1):
        if shown:
            print(f"\r{number:,} of {len(ids):,} reviews", end="", file=sys.stderr, flush=True)
        review = ledger.find(review_id)
        if review is not None:
            yield review
    if shown and ids:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)


def _as_text(found: list[Impact]) -> str:
    changed = [impact for impact in found if impact.changes]
    lost = sum(impact.after is None for impact in found)
    rows = [
        (
            f"{impact.repository}#{impact.number}",
            impact.path,
            f"{impact.before} -> {impact.after}",
            ", ".join(deciding.check for deciding in impact.deciding) or "-",
        )
        for impact in changed
    ]
    table = table_as_text(("PULL REQUEST", "PROPOSAL", "VERDICT", "DECIDED BY"), rows) + "\n\n" if rows else ""
    more = f"; {lost} are of a release that cannot be judged again" if lost else ""
    return f"{table}{len(changed)} of {len(found)} verdicts would change{more}\n"


def _as_json(found: list[Impact]) -> str:
    listed = [{**asdict(impact), "changes": impact.changes} for impact in found]
    return (
        json.dumps({"judged": len(found), "changed": sum(i.changes for i in found), "verdicts": listed}, indent=2)
        + "\n"
    )
