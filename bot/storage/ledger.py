"""What was concluded about a pull request, and what was written to GitHub about it?"""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, func, insert, select, text, union, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.ports import Call, Concluded, Publication, StoredReview
from bot.storage import experiments, refusals
from bot.storage.database import Database
from bot.storage.tables import publications, reviews


class Ledger:
    """The memory of reviews and of what was written to GitHub, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def record(self, concluded: Concluded) -> str:
        """Store a review with its answer owed, older owed answers of the PR superseded; return its unguessable id.

        What JSON in a database cannot hold is put into words first (NUL, half surrogates, NaN: `storable`).
        """
        review_id = uuid4()
        with self._database.begin() as connection:
            # a worker that was taken for dead may record beside its successor: one after the other
            connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:pull, 0))"),
                {"pull": f"record {concluded.repo_id}:{concluded.number}"},
            )
            connection.execute(
                update(reviews)
                .where(*_of(concluded.repo_id, concluded.number), reviews.c.answer_state == "owed")
                .values(answer_state="superseded")
            )
            connection.execute(
                insert(reviews).values(
                    id=review_id, answer_state="owed", **{f.name: getattr(concluded, f.name) for f in fields(concluded)}
                )
            )
            refusals.keep(connection, concluded)
            experiments.keep(connection, concluded)
        return str(review_id)

    def given(self, review_id: str, calls: Sequence[Call] = ()) -> None:
        """Note that the answer of a review has been published, and what the forge was asked for it.

        A superseded one stays superseded.
        """
        with self._database.begin() as connection:
            connection.execute(
                update(reviews)
                .where(reviews.c.id == _uuid(review_id), reviews.c.answer_state == "owed")
                .values(answer_state="given", calls=[astuple(call) for call in calls])
            )

    def owed(self, repo_id: int, number: int) -> StoredReview | None:
        """Find the review of a pull request whose answer has not been published yet."""
        return self._one(*_of(repo_id, number), reviews.c.answer_state == "owed")

    def latest(self, repo_id: int, number: int) -> StoredReview | None:
        """Find the newest review of a pull request."""
        return self._one(*_of(repo_id, number))

    def earlier(self, repo_id: int, number: int, but: str) -> tuple[StoredReview, ...]:
        """Find the newest review of each other head commit of a pull request, newest first, ten at most."""
        of_head = select(func.max(reviews.c.position)).where(*_of(repo_id, number), reviews.c.head_sha != but)
        newest = select(reviews).where(reviews.c.position.in_(of_head.group_by(reviews.c.head_sha)))
        with self._database.begin() as connection:
            return tuple(
                _stored(row) for row in connection.execute(newest.order_by(reviews.c.position.desc()).limit(10))
            )

    def shown_at(self, repo_id: int, number: int, instant: datetime) -> str | None:
        """Name the head commit whose answer a pull request showed at an instant; None before its first answer."""
        shown = select(reviews.c.head_sha).where(
            *_of(repo_id, number), reviews.c.answer_state == "given", reviews.c.created_at <= instant
        )
        with self._database.begin() as connection:
            found: str | None = connection.scalar(shown.order_by(reviews.c.position.desc()).limit(1))
        return found

    def newest(self, most: int) -> tuple[str, ...]:
        """List the newest review of each pull request by its id, those of the pull requests reviewed last first."""
        of_each = select(func.max(reviews.c.position)).group_by(reviews.c.repo_id, reviews.c.number)
        ids = select(reviews.c.id).where(reviews.c.position.in_(of_each)).order_by(reviews.c.position.desc())
        with self._database.begin() as connection:
            return tuple(str(found) for found in connection.scalars(ids.limit(most)))

    def find(self, review_id: str) -> StoredReview | None:
        """Find a review by its id; None for what is no id at all."""
        wanted = _uuid(review_id)
        return None if wanted is None else self._one(reviews.c.id == wanted)

    def publication(self, repo_id: int, number: int, kind: str, target: str = "") -> Publication | None:
        """Find what was written to GitHub, or was about to be."""
        table = publications.c
        with self._database.begin() as connection:
            found = connection.execute(
                select(table.kind, table.target, table.remote_id, table.body_hash, table.review_id).where(
                    table.repo_id == repo_id, table.number == number, table.kind == kind, table.target == target
                )
            ).first()
        if found is None:
            return None
        review_id = None if found.review_id is None else str(found.review_id)
        return Publication(found.kind, found.target, found.remote_id, found.body_hash, review_id)

    def publish(self, repo_id: int, number: int, publication: Publication) -> None:
        """Remember what was written, or is about to be written, to GitHub (insert or replace).

        Raises ValueError for a review id that is none, IntegrityError for a review of another pull request.
        """
        row = upsert(publications).values(
            repo_id=repo_id,
            number=number,
            kind=publication.kind,
            target=publication.target,
            remote_id=publication.remote_id,
            body_hash=publication.body_hash,
            review_id=None if publication.review_id is None else UUID(publication.review_id),
        )
        with self._database.begin() as connection:
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=list(publications.primary_key),
                    set_={
                        "remote_id": row.excluded.remote_id,
                        "body_hash": row.excluded.body_hash,
                        "review_id": row.excluded.review_id,
                        "updated_at": func.now(),
                    },
                )
            )

    def pull_requests_at(self, repo_id: int, head_sha: str) -> tuple[int, ...]:
        """Find the pull requests that were reviewed, or begun to be, at a commit, in ascending order."""
        runs = publications.c
        reviewed = select(reviews.c.number).where(reviews.c.repo_id == repo_id, reviews.c.head_sha == head_sha)
        begun = select(runs.number).where(runs.repo_id == repo_id, runs.kind == "check_run", runs.target == head_sha)
        with self._database.begin() as connection:
            return tuple(sorted(connection.scalars(union(reviewed, begun))))

    def _one(self, *conditions: ColumnElement[bool]) -> StoredReview | None:
        newest = select(reviews).where(*conditions).order_by(reviews.c.position.desc()).limit(1)
        with self._database.begin() as connection:
            found = connection.execute(newest).first()
        return None if found is None else _stored(found)


def _of(repo_id: int, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return reviews.c.repo_id == repo_id, reviews.c.number == number


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _stored(found: Row[Any]) -> StoredReview:
    return StoredReview(
        id=str(found.id),
        repo_id=found.repo_id,
        number=found.number,
        head_sha=found.head_sha,
        base_sha=found.base_sha,
        policy_sha256=found.policy_sha256,
        bot_version=found.bot_version,
        format=found.format,
        decision=found.decision,
        dossier=found.dossier,
        verdict=found.verdict,
        created_at=found.created_at.astimezone(UTC),
        answer_state=found.answer_state,
    )
