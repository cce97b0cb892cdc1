"""`tunegate models show | list | refresh`: what is known of models, and reading tables of them into the database."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from bot import ports, wiring
from bot.cli import EXIT_USAGE
from bot.clock import SystemClock
from bot.readiness.fact import Known
from bot.readiness.model_place import place
from bot.readiness.model_table import ModelsRead
from bot.report import model_facts as words
from bot.settings import data_folder, database_url
from bot.sources.models import Tables, files, packages

EXIT_UNKNOWN = 1
_MAX_NAMES = 40


def run(chosen: argparse.Namespace) -> int:
    """Do as chosen; return 0, 1 when a model is not known, 2 when nothing could be read."""
    if chosen.action == "refresh":
        return _refresh(chosen)
    with _tables() as tables:
        return _list(chosen, tables) if chosen.action == "list" else _show(chosen, tables)


def _show(chosen: argparse.Namespace, tables: Tables) -> int:
    wanted = place(chosen.name, chosen.provider)
    found = tables.facts(wanted)
    if isinstance(found, Known):
        facts = found.value
        sys.stdout.write(json.dumps(words.as_json(facts), indent=2) + "\n" if chosen.json else words.as_text(facts))
        return 0
    print(f"tunegate models: {found.reason}", file=sys.stderr)
    elsewhere = sorted(
        {
            one.entry.provider
            for one in tables.all()
            if one.entry.match != ("*",) and one.entry.is_of(place(chosen.name, one.entry.provider))
        }
    )
    if elsewhere:
        print(f"  It is known at: {', '.join(elsewhere[:_MAX_NAMES])} (--provider).", file=sys.stderr)
    return EXIT_UNKNOWN


def _list(chosen: argparse.Namespace, tables: Tables) -> int:
    told = [one for one in tables.all() if chosen.provider in (None, one.entry.provider)]
    if chosen.json:
        sys.stdout.write(json.dumps(words.entries_as_json(told), indent=2) + "\n")
    else:
        sys.stdout.write(words.entries_as_text(told))
    return 0


def _refresh(chosen: argparse.Namespace) -> int:
    from bot.storage.model_facts import OlderTable
    from bot.wiring.databases import CannotStart, open_model_facts

    try:
        read = _read(chosen)
        with open_model_facts(database_url(), data_folder()) as kept:
            changed = kept.refresh(read)
    except (files.BadTable, packages.NotInstalled, CannotStart, OlderTable) as error:
        print(f"tunegate models: {chosen.file or 'refresh'}: {error}", file=sys.stderr)
        return EXIT_USAGE
    except OSError as error:
        print(f"tunegate models: {chosen.file}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    sys.stdout.write(words.changes(changed))
    version = f" {read.version}" if read.version else ""
    left_out = f"; {read.skipped:,} rows could not be used" if read.skipped else ""
    print(f"{read.origin}{version}, as of {changed.as_of}, sha256 {read.sha256[:12]}{left_out}.")
    return 0


def _read(chosen: argparse.Namespace) -> ModelsRead:
    today = SystemClock().today()
    if chosen.file is None:
        there = packages.installed()
        name = chosen.installed or (there[0] if len(there) == 1 else None)
        if name is None:
            which = (
                f"choose one with --installed: {', '.join(there)}"
                if there
                else "name a FILE, or install 'tunegate[prices]'"
            )
            raise packages.NotInstalled(f"nothing to read: {which}")
        read = packages.read(name, today)
        return read if chosen.as_of is None else _of(read, chosen.as_of)
    path = Path(chosen.file)
    with path.open("rb") as file:
        raw = file.read(files.MAX_BYTES + 1)
    return files.read(raw, chosen.as_of or min(today, _written(path)))


def _of(read: ModelsRead, as_of: date) -> ModelsRead:
    return ModelsRead(read.origin, read.version, read.sha256, as_of, read.entries, read.skipped)


def _written(path: Path) -> date:
    """The day on which a file was written: a table that has lain about for months is not of today."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


@contextmanager
def _tables() -> Iterator[Tables]:
    """Open the built-in table, and those in the database: DATABASE_URL's, or the service's own where it is there already."""
    from bot.wiring.offline import models

    def say(note: str) -> None:
        print(f"tunegate models: {note}", file=sys.stderr)

    with ExitStack() as stack:
        if database_url() is not None or not (data_folder() / "postgres.lock").is_file():
            yield models(say)
            return
        from bot.wiring.databases import CannotStart, open_model_facts

        kept: ports.ModelTable | None = None
        try:
            kept = stack.enter_context(open_model_facts(None, data_folder()))
        except CannotStart as error:
            say(f"the service's own database is not looked at: {error}")
        yield wiring.models(kept)
