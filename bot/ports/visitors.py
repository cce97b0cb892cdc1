"""Who has logged in, and what may they read?"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who has logged in: GitHub's number of the account, and its login at that time."""

    id: int
    login: str


class LoginRefused(Exception):
    """GitHub gave no token for a code: it was used before, is too old, or was meant for somebody else."""


class Logins(Protocol):
    """The forge's word for who somebody is."""

    def address(self, callback: str, state: str, challenge: str) -> str:
        """Say where a browser is sent to log in; it comes back to `callback` with a code. `challenge` is PKCE's (S256)."""

    def who(self, code: str, verifier: str, callback: str) -> Visitor:
        """Learn from a code who has logged in; raises LoginRefused, ForgeTrouble."""


class Readers(Protocol):
    """Who may read what."""

    def may_read(self, repo_id: int, visitor: Visitor) -> bool:
        """Say whether a visitor may read a repository; raises ForgeTrouble while the forge cannot say."""
