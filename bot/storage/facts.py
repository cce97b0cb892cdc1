"""What was concluded of evidence before? Remembered for each repository alone: no team learns of another's files."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.storage.database import Database
from bot.storage.tables import facts


class FactsOfRepository:
    """The conclusions about one repository's evidence, in the database."""

    def __init__(self, database: Database, repo_id: int) -> None:
        """Take the database and GitHub's id of the repository."""
        self._database = database
        self._repo_id = repo_id

    def get(self, name: str) -> dict[str, Any] | None:
        """Recall a conclusion by its name."""
        wanted = select(facts.c.fact).where(facts.c.repo_id == self._repo_id, facts.c.name == name)
        with self._database.begin() as connection:
            found: dict[str, Any] | None = connection.scalar(wanted)
        return found

    def put(self, name: str, fact: dict[str, Any]) -> None:
        """Remember a conclusion; of the same bytes it is the same, so that a second one changes nothing."""
        row = upsert(facts).values(repo_id=self._repo_id, name=name, fact=fact)
        with self._database.begin() as connection:
            connection.execute(row.on_conflict_do_nothing())
