"""Which pull requests are open, and which are to be looked at again without a webhook?"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, case, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.ports import OpenReview, PullRequest, ReviewRequested
from bot.storage.database import Database, raw
from bot.storage.tables import pulls, reviews

_AT_ONCE = 200  # house: so many are put to work in one transaction

Enqueue = Callable[[psycopg.Connection[Any], ReviewRequested], None]
"""Puts a review to work on the connection, and thereby in the transaction, that it is given."""


class PullsKept:
    """Pull requests, in the database."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        """Take the database and the engine's way to enqueue."""
        self._database = database
        self._enqueue = enqueue

    def seen(self, pull: PullRequest) -> None:
        """Remember a pull request as it is now; one that is not open is not looked at again."""
        is_open = pull.state == "open"
        row = upsert(pulls).values(
            repo_id=pull.repo_id,
            number=pull.number,
            installation_id=pull.installation_id,
            private=pull.private,
            open=is_open,
        )
        kept = row.on_conflict_do_update(
            index_elements=list(pulls.primary_key),
            set_={
                "installation_id": row.excluded.installation_id,
                "private": row.excluded.private,
                "open": row.excluded.open,
                "due_at": case((row.excluded.open, pulls.c.due_at)),
            },
        )
        with self._database.begin() as connection:
            connection.execute(kept)

    def look_again(self, repo_id: int, number: int, at: datetime) -> None:
        """Have an open pull request looked at again at an instant, unless it is before that anyhow."""
        with self._database.begin() as connection:
            due(connection, at, pulls.c.repo_id == repo_id, pulls.c.number == number)

    def open_reviews(self, installation_id: int, repo_id: int | None, most: int) -> tuple[OpenReview, ...]:
        """List the newest review of each open pull request that brings a proposal, those reviewed last first.

        Of one repository, or (None) of all that the installation sees.
        """
        of = [pulls.c.open, pulls.c.installation_id == installation_id]
        of += [] if repo_id is None else [pulls.c.repo_id == repo_id]
        newest = (
            select(func.max(reviews.c.position))
            .join(pulls, (pulls.c.repo_id == reviews.c.repo_id) & (pulls.c.number == reviews.c.number))
            .where(*of)
            .group_by(reviews.c.repo_id, reviews.c.number)
        )
        wanted = (
            select(reviews.c.id, reviews.c.repo_id, pulls.c.private)
            .join(pulls, (pulls.c.repo_id == reviews.c.repo_id) & (pulls.c.number == reviews.c.number))
            .where(reviews.c.position.in_(newest), reviews.c.decision != "no_proposal")
            .order_by(reviews.c.position.desc())
            .limit(most)
        )
        with self._database.begin() as connection:
            return tuple(OpenReview(str(row.id), row.repo_id, row.private) for row in connection.execute(wanted))

    def put_to_work(self, now: datetime) -> int:
        """Enqueue the reviews of pull requests that are due, the first due first; returns how many. Any number of workers may."""
        done = 0
        while True:
            with self._database.begin() as connection:
                wanted = select(pulls).where(pulls.c.due_at <= now, pulls.c.open).order_by(pulls.c.due_at)
                found = connection.execute(wanted.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
                if not found:
                    return done
                # always in the same order: two workers that enqueue the same must not wait for each other
                keys = sorted((row.repo_id, row.number, row.installation_id) for row in found)
                for repo_id, number, installation_id in keys:
                    self._enqueue(raw(connection), ReviewRequested(installation_id, repo_id, number, "due"))
                which = tuple_(pulls.c.repo_id, pulls.c.number).in_([key[:2] for key in keys])
                connection.execute(update(pulls).where(which).values(due_at=None))
            done += len(found)
            if len(found) < _AT_ONCE:
                return done


def policy_changed(connection: Connection, installation_id: int, repo_id: int | None) -> None:
    """Have the open pull requests that a policy is for looked at again now: of a repository, or (None) of all that are ours."""
    scope = () if repo_id is None else (pulls.c.repo_id == repo_id,)
    due(connection, func.now(), pulls.c.installation_id == installation_id, *scope)


def due(connection: Connection, at: Any, *which: Any) -> None:
    """Have open pull requests looked at again at an instant at the latest."""
    earlier = func.least(func.coalesce(pulls.c.due_at, at), at)
    connection.execute(update(pulls).where(pulls.c.open, *which).values(due_at=earlier))
