"""Which training files were reviewed, under which names, and with what answer? By their digests, an entry for each pull request."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.ports import Concluded
from bot.readiness.refusal import Refusal
from bot.storage.database import Database
from bot.storage.tables import repositories, training_files

MOST = 3  # house: earlier reviews that are told


class Refusals:
    """The training files that were reviewed, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of(self, repo_id: int, number: int, adapter: str, sha256: str) -> tuple[Refusal, ...]:
        """Find whose proposals on the same bytes are "not yet", of other adapters: the newest three.

        Looked at are the repository and all others of its installation.
        """
        file, repo = training_files.c, repositories.c
        installation = select(repo.installation_id).where(repo.id == repo_id).scalar_subquery()
        own = select(repo.id).where(repo.installation_id == installation)
        wanted = select(file.repo_id, file.number, file.adapter, file.reviewed_at).where(
            file.sha256 == sha256,
            file.decision == "not_yet",
            file.adapter != adapter,
            or_(file.repo_id == repo_id, file.repo_id.in_(own)),
            or_(file.repo_id != repo_id, file.number != number),
        )
        with self._database.begin() as connection:
            rows = connection.execute(wanted.order_by(file.reviewed_at.desc(), file.number.desc()).limit(MOST)).all()
        found = []
        for row in rows:
            here, on = row.repo_id == repo_id, row.reviewed_at.astimezone(UTC).date()
            found.append(Refusal(on, row.adapter if here else None, row.number if here else None))
        return tuple(found)


def keep(connection: Connection, concluded: Concluded) -> None:
    """Keep which training files a review looked at, in its transaction; the newest answer of each counts."""
    for path, adapter, decision, sha256 in _files(concluded):
        row = upsert(training_files).values(
            repo_id=concluded.repo_id,
            number=concluded.number,
            path=path,
            sha256=sha256,
            adapter=adapter,
            decision=decision,
        )
        changed = {"adapter": row.excluded.adapter, "decision": row.excluded.decision, "reviewed_at": func.now()}
        connection.execute(row.on_conflict_do_update(index_elements=list(training_files.primary_key), set_=changed))


def _files(concluded: Concluded) -> Iterator[tuple[str, str, str, str]]:
    """Walk the proposals whose training file was read: path, adapter, decision, digest."""
    told: list[dict[str, Any]] = concluded.verdict.get("proposals", [])
    dossiers: dict[str, Any] = concluded.dossier.get("proposals", {})
    for entry in told:
        kept = dossiers.get(entry["path"], {})
        source = kept.get("evidence", {}).get("data", {}).get("data.train", {}).get("source") or {}
        if entry.get("adapter") and source.get("sha256"):
            yield entry["path"], entry["adapter"], entry["verdict"], source["sha256"]
