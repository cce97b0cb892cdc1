"""What was written, kept in memory: the ledger's port for tests without a database."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from uuid import uuid4

from bot.ports import Call, Concluded, Publication, StoredReview


class MemoryLedger:
    """A ledger that can be made to fail: `fail_at` counts the calls of `publish` down to the one that crashes."""

    def __init__(self) -> None:
        self.reviews: list[StoredReview] = []
        self.publications: dict[tuple[int, int, str, str], Publication] = {}
        self.fail_at: int | None = None

    def record(self, concluded: Concluded) -> str:
        review_id = str(uuid4())
        kept = {f.name: getattr(concluded, f.name) for f in fields(concluded)}
        self.reviews.append(StoredReview(**kept, id=review_id, created_at=datetime.now(UTC), answer_state="owed"))
        return review_id

    def given(self, review_id: str, calls: Sequence[Call] = ()) -> None:
        assert self.find(review_id) is not None

    def latest(self, repo_id: int, number: int) -> StoredReview | None:
        return next((r for r in reversed(self.reviews) if (r.repo_id, r.number) == (repo_id, number)), None)

    def earlier(self, repo_id: int, number: int, but: str) -> tuple[StoredReview, ...]:
        own = [r for r in self.reviews if (r.repo_id, r.number) == (repo_id, number) and r.head_sha != but]
        return tuple({review.head_sha: review for review in own}.values())[::-1]

    def shown_at(self, repo_id: int, number: int, instant: datetime) -> str | None:
        shown = [r for r in self.reviews if (r.repo_id, r.number) == (repo_id, number) and r.created_at <= instant]
        return shown[-1].head_sha if shown else None

    def find(self, review_id: str) -> StoredReview | None:
        return next((r for r in self.reviews if r.id == review_id), None)

    def publication(self, repo_id: int, number: int, kind: str, target: str = "") -> Publication | None:
        return self.publications.get((repo_id, number, kind, target))

    def publish(self, repo_id: int, number: int, publication: Publication) -> None:
        if self.fail_at is not None:
            self.fail_at -= 1
            if self.fail_at == 0:
                self.fail_at = None
                raise ConnectionError("the database went away")
        self.publications[(repo_id, number, publication.kind, publication.target)] = publication

    def forget(self, *kinds: str) -> None:
        """Forget as the inbox does when someone asks for a re-run."""
        self.publications = {key: kept for key, kept in self.publications.items() if key[2] not in kinds}

    def pull_requests_at(self, repo_id: int, head_sha: str) -> tuple[int, ...]:
        return tuple(sorted({r.number for r in self.reviews if (r.repo_id, r.head_sha) == (repo_id, head_sha)}))
