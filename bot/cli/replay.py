"""`tunegate replay ID`: does a stored review give the same verdict again? After an upgrade `--all --diff` says what would change."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from bot import __version__, wiring
from bot.cli import EXIT_USAGE
from bot.ports import StoredReview
from bot.report.markdown import visible
from bot.report.record import restore_policy
from bot.review.replaying import Replayed, replay
from bot.settings import data_folder, database_url
from bot.storage.ledger import Ledger
from bot.wiring.databases import CannotStart, open_ledger
from bot.wiring.offline import asking, judge_of

EXIT_DIFFERENT = 1


def run(chosen: argparse.Namespace) -> int:
    """Replay; return 0 when every verdict is the same, 1 when one is not, 2 without a review or a database."""
    if (chosen.review is None) is not chosen.all:
        print("tunegate replay: name one review, or say --all", file=sys.stderr)
        return EXIT_USAGE
    try:
        with open_ledger(database_url(), data_folder()) as ledger:
            found = list(_replayed(ledger, chosen))
    except CannotStart as error:
        print(f"tunegate replay: {error}", file=sys.stderr)
        return EXIT_USAGE
    if chosen.review is not None and not found:
        print(
            f"tunegate replay: there is no review {visible(chosen.review, 100)}; its id stands at the end of the address of "
            "its page, to which the check run links",
            file=sys.stderr,
        )
        return EXIT_USAGE
    sys.stdout.write(_as_json(found) if chosen.json else _as_text(found, diff=chosen.diff, all_of_them=chosen.all))
    return 0 if all(each.same for each in found) else EXIT_DIFFERENT


def _replayed(ledger: Ledger, chosen: argparse.Namespace) -> Iterator[Replayed]:
    with asking() as ask:
        for review in _reviews(ledger, chosen):
            policy = wiring.in_force(restore_policy(review.dossier.get("policy", ())))
            yield replay(judge_of(policy, ask), review)


def _reviews(ledger: Ledger, chosen: argparse.Namespace) -> Iterator[StoredReview]:
    """Fetch the reviews one by one, as each may be large; a person at a terminal is shown how far it is."""
    ids = ledger.newest(chosen.last) if chosen.all else (chosen.review,)
    shown = sys.stderr.isatty() and chosen.all
    for number, review_id in enumerate(ids, 1):
        if shown:
            print(f"\r{number:,} of {len(ids):,} reviews", end="", file=sys.stderr, flush=True)
        if (review := ledger.find(review_id)) is not None:
            yield review
    if shown and ids:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)


def _as_text(found: list[Replayed], *, diff: bool, all_of_them: bool) -> str:
    lines = []
    for each in found:
        if each.same:
            if not all_of_them:
                verdicts = ", ".join(each.after.values()) or "no proposal"
                lines.append(f"{_name(each)}: the same verdict word for word ({verdicts})")
            continue
        other = "" if each.same_policy else " (the built-in policy is another by now)"
        lines.append(f"{_name(each)}: {each.trouble or _decisions(each)}{other}")
        for one in each.differences if diff or not all_of_them else ():
            lines += [f"    {visible(one.path, 200)} {one.check} {visible(one.field, 200)}".rstrip()]
            lines += [f"      - {visible(one.before)}"] if one.before else []
            lines += [f"      + {visible(one.after)}"] if one.after else []
    if all_of_them:
        changed = sum(not each.same for each in found)
        lines.append(f"{changed} of {len(found)} reviews come out otherwise with Tunegate {__version__}")
    return "\n".join(lines) + "\n"


def _name(each: Replayed) -> str:
    return f"{visible(each.repository, 200)}#{each.number} at {each.head_sha[:12]}, reviewed by {visible(each.bot_version, 40)}"


def _decisions(each: Replayed) -> str:
    changed = [
        f"{before} -> {each.after.get(path, 'not judged')}"
        for path, before in each.before.items()
        if each.after.get(path) != before
    ]
    return ", ".join(changed) or f"the same verdict, {len(each.differences)} findings in other words"


def _as_json(found: list[Replayed]) -> str:
    listed = [{**asdict(each), "same": each.same} for each in found]
    return json.dumps({"bot_version": __version__, "replayed": listed}, indent=2) + "\n"
