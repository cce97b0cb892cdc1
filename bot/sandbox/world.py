"""What is the whole of the sandbox? One `World`: everything that its pages, its API, the demo and the tests change."""

from bot.sandbox.faults import DeliveryFault, Fault, Seen
from bot.sandbox.git_objects import Commit, Submodule, Symlink
from bot.sandbox.logins import Logins
from bot.sandbox.model import Place, RequiredCheck
from bot.sandbox.state import Refused

__all__ = [
    "Commit",
    "DeliveryFault",
    "Fault",
    "Place",
    "Refused",
    "RequiredCheck",
    "Seen",
    "Submodule",
    "Symlink",
    "World",
]


class World(Logins):
    """A GitHub in memory: accounts, repositories, pull requests, checks, Apps. Safe for many threads.

    The methods are grouped in `accounts`, `repositories`, `pulls`, `conversation`, `checks`, `apps`, `attachments` and `logins`.
    Whatever GitHub would not do raises `Refused` with GitHub's status and message, and changes nothing.
    """
