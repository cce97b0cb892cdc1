"""`tunegate adapters list | show | due | import`: what is kept of adapters after the merge, and taking in those that serve already."""

import argparse
import getpass
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from bot.cli import EXIT_USAGE
from bot.clock import SystemClock
from bot.lifecycle import importing
from bot.lifecycle.adapter import Adapter
from bot.lifecycle.stages import Impossible, Stage
from bot.readiness.wording import count
from bot.report import adapters as words
from bot.report.markdown import visible
from bot.settings import data_folder, database_url
from bot.storage.adapters import Adapters
from bot.wiring.databases import CannotStart, open_adapters

EXIT_UNKNOWN = 1
_MOST_TROUBLES = 50


def run(chosen: argparse.Namespace) -> int:
    """Do as chosen; return 0, 1 when an adapter is not known, 2 when nothing could be read."""
    try:
        with open_adapters(database_url(), data_folder()) as kept:
            if chosen.action == "import":
                return _import(chosen, kept)
            return _show(chosen, kept) if chosen.action == "show" else _list(chosen, kept)
    except CannotStart as error:
        print(f"tunegate adapters: {error}", file=sys.stderr)
        return EXIT_USAGE


def _list(chosen: argparse.Namespace, kept: Adapters) -> int:
    if chosen.action == "list" and chosen.stage not in (None, *Stage):
        print(f"tunegate adapters: stages are {', '.join(Stage)}", file=sys.stderr)
        return EXIT_USAGE
    today = SystemClock().today()
    found = [one for one in kept.all() if _is_meant(one, chosen, today)]
    if chosen.action == "due":
        found.sort(key=lambda one: (one.cycle.due_on if one.cycle else date.max, one.particulars.name))
    if chosen.format == "json":
        listed = [words.as_dict(one, today) for one in found]
        sys.stdout.write(json.dumps({"today": today.isoformat(), "adapters": listed}, indent=2) + "\n")
    else:
        sys.stdout.write(words.as_csv(found, today) if chosen.format == "csv" else words.as_text(found, today))
    return 0


def _is_meant(adapter: Adapter, chosen: argparse.Namespace, today: date) -> bool:
    if chosen.action == "due":
        return adapter.cycle is not None and adapter.cycle.due_on <= today + timedelta(days=chosen.within)
    return chosen.stage in (None, adapter.stage.value)


def _show(chosen: argparse.Namespace, kept: Adapters) -> int:
    account, _, name = chosen.name.rpartition("/")
    found = [one for one in kept.named(name) if account.lower() in ("", one.particulars.account)]
    if not found:
        print(f"tunegate adapters: there is no adapter {visible(chosen.name, 140)}", file=sys.stderr)
        return EXIT_UNKNOWN
    if len(found) > 1:
        accounts = ", ".join(f"{one.particulars.account}/{name}" for one in found)
        print(f"tunegate adapters: there are several, name one of: {accounts}", file=sys.stderr)
        return EXIT_USAGE
    adapter, today = found[0], SystemClock().today()
    past, events = kept.past(adapter.id), kept.history(adapter.id)
    if chosen.json:
        shown = {
            **words.as_dict(adapter, today),
            "cycles": [
                {
                    "number": one.number,
                    "reason": one.reason.value,
                    "opened_on": one.opened_on.isoformat(),
                    "due_on": one.due_on.isoformat(),
                    "outcome": one.outcome.value if one.outcome else None,
                    "closed_on": one.closed_on.isoformat() if one.closed_on else None,
                }
                for one in past
            ],
            "events": [
                {
                    **{name: row[name] for name in ("event", "before", "after", "by", "proof")},
                    "on": row["on"].isoformat(),
                }
                for row in events
            ],
        }
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    else:
        sys.stdout.write(words.in_full(adapter, past, events, today))
    return 0


def _import(chosen: argparse.Namespace, kept: Adapters) -> int:
    today, path = SystemClock().today(), Path(chosen.file)
    try:
        with path.open("rb") as file:
            raw = file.read(importing.MAX_BYTES + 1)
    except OSError as error:
        print(f"tunegate adapters: {chosen.file}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    listed, troubles = importing.read(raw, path.name, today)
    for trouble in troubles[:_MOST_TROUBLES]:
        print(f"{chosen.file}:{trouble.line}: {visible(trouble.message, 400)}", file=sys.stderr)
    if troubles:
        print(f"Nothing was imported: {count(len(troubles), 'line')} to correct.", file=sys.stderr)
        return EXIT_USAGE
    new = there = unseen = 0
    for one in listed:
        placed = kept.placed(one.particulars)
        unseen += placed.repo_id is None
        what = importing.replaced(one, placed).happening(path.name, today, _who())
        try:
            kept.happen(placed.account, placed.name, what)
            new += 1
        except Impossible:
            there += 1  # known already: what is known of it stays
    print(f"{count(new, 'adapter')} imported, {there:,} known already.")
    if unseen:
        print(
            f"Of {count(unseen, 'adapter')} the repository is not among those where the App is installed: "
            "no issues can be opened there, and reminders go out by the other channels alone."
        )
    return 0


def _who() -> str:
    try:
        return f"{getpass.getuser()} (import)"
    except (OSError, KeyError):  # an account without a name
        return "import"
