"""EDGE. Settings -> the parts: the one room that knows every edge. `offline` serves the command line, `service` the rest.

They are two modules because a cold `tunegate check` must not pay for a database and a forge that it never opens.
"""

from bot.readiness.policy import Policy, read
from bot.settings import shipped


def policy(name: str = "default") -> Policy:
    """Load the built-in policy of that name; raises BadPolicy."""
    return read([layer(name)])


def layer(name: str = "default") -> bytes:
    """Read the file of the built-in policy of that name, over which others are laid."""
    return (shipped("policies") / f"{name}.yaml").read_bytes()
