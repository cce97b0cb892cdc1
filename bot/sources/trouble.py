"""Why could an artifact or a file not be read, when it is the file's own doing?"""

from bot.readiness.fact import Trouble, Unavailable


class Unreadable(Exception):
    """A file says nothing that can be used: what is wrong and what to do, in sentences for the team."""

    def __init__(self, reason: str, fix: str, trouble: Trouble = Trouble.DEFINITIVE) -> None:
        super().__init__(reason)
        self.fact = Unavailable(reason, trouble, fix)


def not_supported(reason: str, fix: str) -> Unreadable:
    """Begin the error for what we know but do not read yet: unverified, never held against the team."""
    return Unreadable(reason, fix, Trouble.NOT_SUPPORTED)
