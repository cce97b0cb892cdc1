"""Which commands were given on a pull request, and what became of each? Each is kept once, however often its webhook comes."""

from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.ports import CommandGiven, ReviewRequested
from bot.storage.database import Database, storable
from bot.storage.tables import commands


class CommandsGiven:
    """The commands, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def waiting(self, repo_id: int, number: int) -> tuple[CommandGiven, ...]:
        """List the commands of a pull request that wait, in their order."""
        of = commands.c
        wanted = select(of.reference, of.author, of.author_id, of.given_at, of.asked).where(
            of.repo_id == repo_id, of.number == number, of.state == "waiting"
        )
        with self._database.begin() as connection:
            rows = connection.execute(wanted.order_by(of.id)).all()
        return tuple(
            CommandGiven(row.reference, row.author, row.author_id, row.given_at.astimezone(UTC), row.asked)
            for row in rows
        )

    def settle(self, reference: str, state: Literal["done", "refused"], note: str | None) -> None:
        """Note what became of a command."""
        row = update(commands).where(commands.c.reference == reference).values(state=state, note=storable(note))
        with self._database.begin() as connection:
            connection.execute(row)

    def given_since(self, repo_id: int, number: int, author_id: int, instant: datetime) -> int:
        """Count the commands that an account gave on a pull request since an instant, whatever became of them."""
        of = commands.c
        wanted = select(func.count()).where(
            of.repo_id == repo_id, of.number == number, of.author_id == author_id, of.given_at >= instant
        )
        with self._database.begin() as connection:
            return connection.scalar(wanted) or 0


def keep(connection: Connection, given: CommandGiven, review: ReviewRequested) -> None:
    """Keep a command, in the transaction of its webhook; one that is known stays as it is."""
    row = insert(commands).values(
        reference=given.reference,
        repo_id=review.repo_id,
        number=review.number,
        author=given.author,
        author_id=given.author_id,
        asked=given.asked,
        state="waiting",
    )
    connection.execute(row.on_conflict_do_nothing())
