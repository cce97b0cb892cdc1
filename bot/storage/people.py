"""Who was found to be there? Kept for each repository, one entry a name, so that all workers ask for a person once a day."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.storage.database import Database
from bot.storage.tables import facts


class PeopleKept:
    """People and teams, in the database, beside what else is known of their repository."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def find(self, repo_id: int, name: str) -> dict[str, Any] | None:
        """Recall what was kept under a name."""
        wanted = select(facts.c.fact).where(facts.c.repo_id == repo_id, facts.c.name == name)
        with self._database.begin() as connection:
            found: dict[str, Any] | None = connection.scalar(wanted)
        return found

    def keep(self, repo_id: int, name: str, found: dict[str, Any]) -> None:
        """Keep something under a name, in place of what was there."""
        row = upsert(facts).values(repo_id=repo_id, name=name, fact=found)
        with self._database.begin() as connection:
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=list(facts.primary_key), set_={"fact": row.excluded.fact, "drawn_at": func.now()}
                )
            )
