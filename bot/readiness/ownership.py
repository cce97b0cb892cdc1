"""Who answers for an adapter, and what was seen of their plans?"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Person:
    """An account as GitHub knows it: numeric id (logins are renamed), type, and its tie to the repository.

    `member` True for a member of the organisation, `permission` the collaborator permission (admin, write, read, none).
    """

    login: str
    id: int
    type: str
    member: bool
    permission: str

    @property
    def may_own(self) -> bool:
        """A person's account, member of the organisation or collaborator with write."""
        return self.type == "User" and (self.member or self.permission in ("admin", "maintain", "write"))


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the repository's organisation: its name as in addresses, its numeric id (teams are renamed), its size.

    `members` is None where the forge does not say it.
    """

    slug: str
    id: int
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody stands behind the pull request: as its author, by an approving review, or by a comment that says so.

    `id` is the account's number. `commit` is the head that a review approved. `outdated` says that it approved another head
    than the present one, and that what the proposal says of its owner has changed since, or was not seen then.
    """

    login: str
    id: int
    how: Literal["author", "review", "comment"]
    commit: str | None = None
    outdated: bool = False


NEVER = 10_000  # days between two runs: longer than anybody waits


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something runs by itself: its expressions as written ("0 6 * * 1"), and the longest gap between two runs in days.

    A gap of `NEVER` and more: it runs less than twice in four years, if at all.

    `kind` says of what it is: "workflow", "cron", "rules" (evaluated all the time) or "code".
    """

    kind: str
    expressions: tuple[str, ...]
    longest_gap: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a written plan holds: how many words and steps, and whether it says to what one goes back. Never its text."""

    words: int
    steps: int
    names_target: bool
