"""`tunegate policy simulate FILE`: which stored verdicts would another policy change? Judged from dossiers, without a network."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.cli.policy_validate import EXIT_PROBLEMS, text_of
from bot.ports import StoredReview
from bot.report.policy_change import complaints_as_text, table_as_text
from bot.report.policy_impact import Impact
from bot.review.policy_change import Change, impacts
from bot.settings import data_folder, database_url
from bot.storage.ledger import Ledger
from bot.wiring import offline
from bot.wiring.databases import CannotStart, open_ledger
from bot.wiring.offline import asking


def run(chosen: argparse.Namespace) -> int:
    """Simulate; return 0 whatever changes, 1 when the policy has problems, 2 without a policy or a database."""
    try:
        text = text_of(Path(chosen.file))
    except OSError as error:
        print(f"tunegate policy: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    policy = wiring.in_force((text,))
    if any(each.grave for each in policy.complaints):
        sys.stderr.write(complaints_as_text(chosen.file, policy.complaints))
        return EXIT_PROBLEMS
    try:
        with open_ledger(database_url(), data_folder()) as ledger, asking() as ask:
            judge = replace(offline.judge(policy), offline=False, ask=ask)
            change = Change(text.place, text)
            reviews = _reviews(ledger, chosen.last)
            found = [each for review in reviews for each in impacts(judge, review, change, wiring.in_force)]
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
