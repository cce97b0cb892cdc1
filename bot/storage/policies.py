"""Which policy files were read, or not found, a while ago? Kept for all workers; a push tells that they may be others by now."""

from typing import Any

from sqlalchemy import Connection, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.readiness.policy_file import OF_OWNER, OF_REPOSITORY
from bot.storage.database import Database
from bot.storage.tables import policy_files

_OF_LONG_AGO = func.jsonb_set(
    policy_files.c.found, literal_column("'{asked_at}'"), literal_column("""'"1970-01-01T00:00:00+00:00"'""")
)


class PoliciesKept:
    """Policy files, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def find(self, installation_id: int, repository: str, path: str) -> tuple[dict[str, Any] | None, int]:
        """Recall what was kept of a file (None: nothing), and how many pushes are known; after one it is of long ago."""
        row = policy_files.c
        wanted = select(row.found, row.pushes).where(
            row.installation_id == installation_id, row.repository == repository.lower(), row.path == path
        )
        with self._database.begin() as connection:
            kept = connection.execute(wanted).first()
        return (None, 0) if kept is None else (kept.found, kept.pushes)

    def keep(self, installation_id: int, repository: str, path: str, found: dict[str, Any], pushes: int) -> None:
        """Keep what was found of a file, unless more pushes are known by now: then it may be a former one."""
        row = upsert(policy_files).values(
            installation_id=installation_id, repository=repository.lower(), path=path, found=found, pushes=pushes
        )
        with self._database.begin() as connection:
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=list(policy_files.primary_key),
                    set_={"found": row.excluded.found},
                    where=policy_files.c.pushes == row.excluded.pushes,
                )
            )


def drop(connection: Connection, installation_id: int, repository: str) -> None:
    """Let the policy files of a repository be read anew; what is being read just now may be the former ones, and is not kept."""
    row = upsert(policy_files).values(
        [
            {
                "installation_id": installation_id,
                "repository": repository.lower(),
                "path": path,
                "found": None,
                "pushes": 1,
            }
            for path in sorted((OF_OWNER, OF_REPOSITORY))
        ]
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=list(policy_files.primary_key),
            # not forgotten: the last policy holds while its repository is out of sight
            set_={"found": _OF_LONG_AGO, "pushes": policy_files.c.pushes + 1},
        )
    )
