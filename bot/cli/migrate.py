"""`tunegate migrate`: bring the database up to date."""

import argparse
import sys

from bot.cli import EXIT_USAGE
from bot.settings import data_folder, database_url
from bot.wiring.databases import CannotStart, migrate_database


def run(chosen: argparse.Namespace) -> int:
    """Migrate; return 2 when the database cannot be reached."""
    try:
        before, after = migrate_database(database_url(), data_folder())
    except CannotStart as error:
        print(f"tunegate migrate: {error}", file=sys.stderr)
        return EXIT_USAGE
    print(f"The database is at revision {after}" + (" already." if before == after else f" (was {before})."))
    return 0
