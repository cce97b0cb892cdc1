"""`tunegate remind --once [--dry-run]`: plan and send what is due now, or only say what that is."""

import argparse
import json
import sys
from typing import Any

from bot.cli import EXIT_USAGE
from bot.readiness.wording import count
from bot.reminding import Planner
from bot.report.markdown import visible
from bot.settings import BadSettings, data_folder, database_url, read
from bot.wiring.databases import CannotStart, open_planner
from bot.wiring.service import open_service

EXIT_NOT_DELIVERED = 1


def run(chosen: argparse.Namespace) -> int:
    """Remind; return 0, 1 when a message did not arrive, 2 without a database or settings."""
    if not (chosen.once or chosen.dry_run) or (chosen.json and not chosen.dry_run):
        print(
            "tunegate remind: say --once, --dry-run, or --dry-run --json; a worker reminds by itself", file=sys.stderr
        )
        return EXIT_USAGE
    try:
        if chosen.dry_run:
            with open_planner(database_url(), data_folder()) as planner:
                return _say(_due(planner), as_json=chosen.json)
        with open_service(read()) as service:
            planned, sent = service.planner.plan(), service.sender.send()
    except (BadSettings, CannotStart) as error:
        print(f"tunegate remind: {error}", file=sys.stderr)
        return EXIT_USAGE
    print(
        f"{count(planned.cycles, 'cycle')} looked at, {count(planned.messages, 'message')} planned, "
        f"{planned.unreachable:,} that reach nobody."
    )
    print(
        f"{sent.sent:,} sent, {sent.superseded:,} not true any more, {sent.failed:,} tried again later, {sent.dead:,} given up."
    )
    return EXIT_NOT_DELIVERED if sent.failed or sent.dead else 0


def _due(planner: Planner) -> list[dict[str, Any]]:
    """List the reminders that are due and were not planned yet; what was told of a condition before is among them."""
    return [
        {
            "adapter": standing.adapter,
            "due_on": standing.due_on.isoformat(),
            "reminder": reminder.key,
            "people": list(reminder.people),
            "missed": list(reminder.missed),
        }
        for standing, _, reminders in planner.due()
        for reminder in reminders
    ]


def _say(due: list[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"reminders": due}, indent=2) + "\n")
        return 0
    for one in due:
        people = ", ".join(visible(name, 60) for name in one["people"]) or "nobody by name"
        print(f"{visible(one['adapter'], 60)}, due {one['due_on']}: {one['reminder']} to {people}")
    print(f"{count(len(due), 'reminder')} due; nothing was planned or sent.")
    return 0
