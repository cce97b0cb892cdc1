"""EDGE. Settings -> the parts: the one room that knows every edge. `offline` serves the command line, `service` the rest.

They are two modules because a cold `tunegate check` must not pay for a database and a forge that it never opens.
"""

from bot import ports
from bot.readiness.policy import Policy, read
from bot.settings import shipped
from bot.sources.models import Tables
from bot.sources.platforms import NAME, Platforms


def policy(name: str = "default") -> Policy:
    """Load the built-in policy of that name; raises BadPolicy."""
    return read([layer(name)])


def layer(name: str = "default") -> bytes:
    """Read the file of the built-in policy of that name, over which others are laid."""
    return (shipped("policies") / f"{name}.yaml").read_bytes()


def models(kept: ports.ModelTable | None = None) -> Tables:
    """Open the tables of models: the one that is built in, and the one in the database where there is one."""
    return Tables(lambda: (shipped("policies") / "facts" / "models.yaml").read_bytes(), kept)


def platforms() -> Platforms:
    """Open the shipped facts about those who train; read only when a proposal names one of them."""
    return Platforms(lambda: (shipped("policies") / NAME.partition("/")[2]).read_bytes())
