"""What happened about a pull request? Deliveries that came, reviews that were made, and what was written to GitHub."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, select

from bot.ports import Call, Moment
from bot.storage.database import Database
from bot.storage.tables import deliveries, publications, reviews

_MOST = 100


class TimelineOfPulls:
    """The story of each pull request, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of(self, repo_id: int, number: int) -> tuple[Moment, ...]:
        """List what happened, newest first, the newest hundred of each kind."""
        with self._database.begin() as connection:
            found = [part for of in (_heard, _concluded, _written) for part in of(connection, repo_id, number)]
        return tuple(sorted(found, key=lambda moment: moment.at, reverse=True))

    def calls(self, review_id: str) -> tuple[Call, ...]:
        """List what the forge was asked for a review; nothing for what is no id."""
        try:
            wanted = UUID(review_id)
        except ValueError:
            return ()
        with self._database.begin() as connection:
            found = connection.scalar(select(reviews.c.calls).where(reviews.c.id == wanted))
        return tuple(Call(*call) for call in found or ())


def _heard(connection: Connection, repo_id: int, number: int) -> list[Moment]:
    of = deliveries.c
    wanted = select(of.received_at, of.event, of.action, of.state, of.note, of.guid).where(
        of.repo_id == repo_id, of.number == number
    )
    return [
        Moment(
            _utc(row.received_at),
            "delivery",
            f"{row.event}.{row.action}" if row.action else row.event,
            f"{row.state}: {row.note}" if row.note else row.state,
            row.guid,
        )
        for row in connection.execute(wanted.order_by(of.id.desc()).limit(_MOST))
    ]


def _concluded(connection: Connection, repo_id: int, number: int) -> list[Moment]:
    of = reviews.c
    wanted = select(of.created_at, of.decision, of.head_sha, of.answer_state, of.id).where(
        of.repo_id == repo_id, of.number == number
    )
    return [
        Moment(_utc(row.created_at), "review", f"{row.decision} at {row.head_sha[:12]}", row.answer_state, str(row.id))
        for row in connection.execute(wanted.order_by(of.position.desc()).limit(_MOST))
    ]


def _written(connection: Connection, repo_id: int, number: int) -> list[Moment]:
    of = publications.c
    wanted = select(of.updated_at, of.kind, of.target, of.remote_id).where(of.repo_id == repo_id, of.number == number)
    rows = connection.execute(wanted.order_by(of.updated_at.desc()).limit(_MOST))
    # remarks at lines go out together, in one review of GitHub's
    once = {(row.kind, row.remote_id, "" if row.kind == "review_comments" else row.target): row for row in rows}
    return [
        Moment(
            _utc(row.updated_at),
            "publication",
            f"{row.kind} at {row.target[:12]}" if row.target and row.kind != "review_comments" else row.kind,
            "begun" if row.remote_id is None else "written",
            str(row.remote_id or ""),
        )
        for row in once.values()
    ]


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
