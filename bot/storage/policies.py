"""Which policy files were read, or not found, a while ago? Kept for all workers; a push tells that they may be others by now."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.ports import AuditEntry
from bot.readiness.policy import Complaint, LayerKind, Place
from bot.readiness.policy_file import OF_OWNER, OF_REPOSITORY, OUT_OF_SIGHT, PolicyText
from bot.storage.audit import append
from bot.storage.database import Database
from bot.storage.tables import policy_files

_OF_LONG_AGO = func.jsonb_set(
    policy_files.c.found, literal_column("'{asked_at}'"), literal_column("""'"1970-01-01T00:00:00+00:00"'""")
)


WrongWith = Callable[[PolicyText], Complaint | None]
"""Finds what keeps a policy file from being read in full."""

_MOST_SAID = 500  # characters of what is wrong with a file


class PoliciesKept:
    """Policy files, in the database."""

    def __init__(self, database: Database, wrong_with: WrongWith = lambda text: None) -> None:
        """Take the database, and who finds what is wrong with a file."""
        self._database = database
        self._wrong_with = wrong_with

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
        """Keep what was found of a file, unless more pushes are known by now: then it may be a former one.

        What thereby holds otherwise than before goes into the log of decisions, in the same transaction.
        """
        of = policy_files.c
        key = {"installation_id": installation_id, "repository": repository.lower(), "path": path}
        here = (of.installation_id == installation_id, of.repository == repository.lower(), of.path == path)
        with self._database.begin() as connection:
            # there is then a row to wait for: of two workers that find the same, one tells of it
            connection.execute(upsert(policy_files).values(**key, found=None, pushes=pushes).on_conflict_do_nothing())
            kept = connection.execute(select(of.found, of.pushes).where(*here).with_for_update()).one()
            if kept.pushes != pushes:
                return
            connection.execute(update(policy_files).where(*here).values(found=found))
            turned = self._turned(repository, path, kept.found, found)
            if turned is not None:
                action, detail = turned
                append(connection, AuditEntry(action, "tunegate", None, None, None, f"{repository} {path}", detail))

    def _turned(
        self, repository: str, path: str, before: Mapping[str, Any] | None, now: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]] | None:
        """Say what became of a policy, and by which file; None where the same one holds as before."""
        was, holds = _content(before), _content(now)
        trouble, former = now.get("trouble") or "", (before or {}).get("trouble") or ""
        digests = {"before": _digest(was), "after": _digest(holds)}
        if trouble == OUT_OF_SIGHT:
            return None if trouble == former else ("policy.out_of_sight", {**digests, "trouble": trouble})
        if (was, former) == (holds, trouble):
            return None
        if now.get("absent"):
            return "policy.removed", {**digests, "trouble": ""}
        if was == holds and former == OUT_OF_SIGHT:  # seen again, and as it was
            return "policy.changed", {**digests, "trouble": ""}
        kind = LayerKind.ORGANISATION if path == OF_OWNER else LayerKind.REPOSITORY
        if trouble and holds is not None:  # a version of before holds in place of the one that is there
            return "policy.broken", {**digests, "trouble": trouble[:_MOST_SAID]}
        wrong = self._wrong_with(PolicyText(Place(kind, repository, path), holds, trouble))
        said = f"line {wrong.line}: {wrong.message}" if wrong else ""
        return ("policy.broken" if wrong else "policy.changed"), {**digests, "trouble": said[:_MOST_SAID]}


def _content(found: Mapping[str, Any] | None) -> bytes | None:
    """Find the bytes of a file that was found; None of one that is not there or cannot be read."""
    content = (found or {}).get("content")
    return None if content is None else base64.b64decode(content)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


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
