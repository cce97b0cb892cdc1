"""What becomes of a webhook? Stored and put to work in one transaction: accepted means durable."""

from typing import Literal

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.ports import Heard, Installation
from bot.readiness.policy_file import OWNERS
from bot.storage import commands, policies, pulls
from bot.storage.database import Database, raw, storable
from bot.storage.pulls import Enqueue
from bot.storage.tables import deliveries, installations, policy_files, publications, repositories


class Inbox:
    """Webhooks received, in the database."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        """Take the database and the engine's way to enqueue."""
        self._database = database
        self._enqueue = enqueue

    def accept(self, heard: Heard) -> Literal["new", "known"]:
        """Store a delivery, what it says of installations, and enqueue its reviews, in one transaction.

        A delivery that is known already changes nothing, unless its work has failed: then it goes through again.
        """
        delivery = heard.delivery
        alone = (
            heard.reviews[0].number if len(heard.reviews) == 1 else None
        )  # a re-run names its pull request elsewhere
        acted = heard.installation is not None or heard.policy_of is not None
        state = "accepted" if heard.reviews else "done" if acted else "ignored"
        row = insert(deliveries).values(
            guid=delivery.guid,
            event=delivery.event,
            action=delivery.action,
            installation_id=delivery.installation_id,
            repo_id=delivery.repo_id,
            number=delivery.number or alone,
            state=state,
        )
        again = row.on_conflict_do_update(
            index_elements=[deliveries.c.guid],
            set_={"state": row.excluded.state, "note": None, "received_at": func.now()},
            where=deliveries.c.state == "failed",
        )
        with self._database.begin() as connection:
            if connection.execute(again.returning(deliveries.c.id)).first() is None:
                return "known"
            if heard.installation is not None:
                _install(connection, heard.installation)
            if heard.command is not None and len(heard.reviews) == 1:
                commands.keep(connection, heard.command, heard.reviews[0])
            if heard.policy_of is not None and delivery.installation_id is not None:
                policies.drop(connection, delivery.installation_id, heard.policy_of)
                # what the owner's repository says holds for all others
                whose = None if heard.policy_of.lower().endswith(f"/{OWNERS}") else delivery.repo_id
                pulls.policy_changed(connection, delivery.installation_id, whose)
            # always in the same order: two deliveries about the same pull requests must not wait for each other
            for review in sorted(heard.reviews, key=lambda asked: (asked.repo_id, asked.number)):
                if review.again:
                    _forget(connection, review.repo_id, review.number)
                self._enqueue(raw(connection), review)
        return "new"

    def newest(self) -> int:
        """Number the newest delivery: what a review that begins now will have heard of."""
        with self._database.begin() as connection:
            return connection.scalar(select(func.coalesce(func.max(deliveries.c.id), 0))) or 0

    def unsettled(self, repo_id: int, number: int) -> frozenset[str]:
        """Name the events of a pull request's deliveries that no review has settled yet."""
        about = (deliveries.c.repo_id == repo_id, deliveries.c.number == number, deliveries.c.state == "accepted")
        with self._database.begin() as connection:
            return frozenset(connection.scalars(select(deliveries.c.event).distinct().where(*about)))

    def installation_of(self, repo_id: int) -> int | None:
        """Find the installation by which we last saw a repository; None for one that was never ours."""
        with self._database.begin() as connection:
            return installation_of(connection, repo_id)

    def settle(
        self,
        repo_id: int,
        number: int,
        state: Literal["done", "failed"],
        *,
        upto: int | None = None,
        note: str | None = None,
    ) -> None:
        """Note what became of a pull request's deliveries; a failed one goes through again when GitHub redelivers it.

        `upto` is the newest delivery that counts; one that came later is settled by its own review.
        """
        about = (deliveries.c.repo_id == repo_id, deliveries.c.number == number, deliveries.c.state == "accepted")
        before = () if upto is None else (deliveries.c.id <= upto,)
        with self._database.begin() as connection:
            connection.execute(update(deliveries).where(*about, *before).values(state=state, note=storable(note)))

    def forget(self, repo_id: int, number: int) -> None:
        """Forget what was written about a pull request, so that the next review writes it anew: a person asks for that."""
        with self._database.begin() as connection:
            _forget(connection, repo_id, number)


def installation_of(connection: Connection, repo_id: int) -> int | None:
    """Find the installation by which we last saw a repository, in the caller's transaction."""
    listed = select(repositories.c.installation_id).where(repositories.c.id == repo_id)
    heard = select(deliveries.c.installation_id).where(
        deliveries.c.repo_id == repo_id, deliveries.c.installation_id.is_not(None)
    )
    found: int | None = connection.scalar(listed)
    if found is None:  # an installation whose own webhook was missed
        found = connection.scalar(heard.order_by(deliveries.c.id.desc()).limit(1))
    return found


def _install(connection: Connection, said: Installation) -> None:
    if said.state == "deleted":
        connection.execute(delete(installations).where(installations.c.id == said.id))
        connection.execute(delete(policy_files).where(policy_files.c.installation_id == said.id))
        return
    row = insert(installations).values(
        id=said.id, account=said.account, account_id=said.account_id, suspended=said.state == "suspended"
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[installations.c.id],
            set_={
                "account": row.excluded.account,
                "account_id": row.excluded.account_id,
                "suspended": row.excluded.suspended,
                "updated_at": func.now(),
            },
        )
    )
    gone = [repo_id for repo_id, _, _ in said.removed]
    # a repository that has moved on to another installation stays with that one
    connection.execute(
        delete(repositories).where(repositories.c.id.in_(gone), repositories.c.installation_id == said.id)
    )
    added = {repo_id: (full_name, private) for repo_id, full_name, private in said.added}
    if not added:
        return
    rows = insert(repositories).values(
        [
            {"id": repo_id, "installation_id": said.id, "full_name": added[repo_id][0], "private": added[repo_id][1]}
            for repo_id in sorted(added)
        ]
    )
    connection.execute(
        rows.on_conflict_do_update(
            index_elements=[repositories.c.id],
            set_={
                "installation_id": rows.excluded.installation_id,
                "full_name": rows.excluded.full_name,
                "private": rows.excluded.private,
                "updated_at": func.now(),
            },
        )
    )


def _forget(connection: Connection, repo_id: int, number: int) -> None:
    """What was written is forgotten, so that the next review writes it anew: a person has asked for that."""
    connection.execute(
        delete(publications).where(
            publications.c.repo_id == repo_id,
            publications.c.number == number,
            publications.c.kind.in_(("check_run", "status", "policy_run")),
        )
    )
