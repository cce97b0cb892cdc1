"""Of which commits from forks did somebody say `ok-to-check`? Each once, and each in the log of decisions."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from bot.ports import AuditEntry, PullRequest, Said
from bot.storage import audit
from bot.storage.database import Database
from bot.storage.tables import ok_to_check


class OkToCheck:
    """The commits of forks whose links may be followed with logins, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def give(self, pull: PullRequest, said: Said, reference: str) -> None:
        """Keep that somebody said so of the pull request's head; who said it first stays."""
        row = insert(ok_to_check).values(
            repo_id=pull.repo_id,
            number=pull.number,
            head_sha=pull.head_sha,
            author=said.author,
            author_id=said.author_id,
            reference=reference,
        )
        entry = AuditEntry(
            "fork.ok_to_check",
            said.author,
            said.author_id,
            pull.repo_id,
            pull.number,
            pull.head_sha,
            {"reference": reference},
        )
        with self._database.begin() as connection:
            if connection.execute(row.on_conflict_do_nothing().returning(ok_to_check.c.head_sha)).first() is not None:
                audit.append(connection, entry)

    def has(self, repo_id: int, number: int, head_sha: str) -> bool:
        """Say whether somebody said so of a commit."""
        of = ok_to_check.c
        wanted = exists().where(of.repo_id == repo_id, of.number == number, of.head_sha == head_sha)
        with self._database.begin() as connection:
            return bool(connection.scalar(select(wanted)))
