"""Which experiments has a team proposed? An entry for each proposal of a pull request, as its newest review saw it."""

from datetime import date, timedelta

from sqlalchemy import Connection, and_, delete, insert, or_, select

from bot.ports import Concluded
from bot.readiness.experiment import Experiment
from bot.storage.database import Database
from bot.storage.tables import experiments, repositories

MOST = 200  # house: experiments that are counted, the newest
LONGEST = timedelta(days=366)  # house: a policy's window beyond this counts no more


class Experiments:
    """The experiments that were reviewed, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of(self, repo_id: int, number: int, team: str, opened_on: date) -> tuple[Experiment, ...]:
        """Find a team's other experiments that were opened by a day, the newest first, at most a year back.

        Looked at are the repository and all others of its installation; of the pull request itself nothing counts.
        """
        one, repo = experiments.c, repositories.c
        installation = select(repo.installation_id).where(repo.id == repo_id).scalar_subquery()
        own = select(repo.id).where(repo.installation_id == installation)
        wanted = select(one.opened_on).where(
            one.team == team.casefold(),
            one.opened_on.between(opened_on - LONGEST, opened_on),
            or_(one.repo_id == repo_id, one.repo_id.in_(own)),
            or_(one.repo_id != repo_id, one.number != number),
        )
        with self._database.begin() as connection:
            rows = connection.execute(wanted.order_by(one.opened_on.desc()).limit(MOST)).all()
        return tuple(Experiment(row.opened_on) for row in rows)


def keep(connection: Connection, concluded: Concluded) -> None:
    """Keep which experiments a review saw, in its transaction; what an earlier review of the pull request saw is forgotten."""
    one = experiments.c
    gone = and_(one.repo_id == concluded.repo_id, one.number == concluded.number)
    connection.execute(delete(experiments).where(gone))
    for path, kept in concluded.dossier.get("proposals", {}).items():
        for team in kept.get("evidence", {}).get("experiments", {}):  # one: the fact stands under the team's name
            connection.execute(
                insert(experiments).values(
                    repo_id=concluded.repo_id,
                    number=concluded.number,
                    path=path,
                    team=team.casefold(),
                    opened_on=date.fromisoformat(concluded.dossier["opened_on"]),
                )
            )
