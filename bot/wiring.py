"""EDGE. Settings -> the parts: the one file that knows every edge."""

from bot.readiness.policy import Policy, read
from bot.settings import shipped


def policy(name: str = "default") -> Policy:
    """Load the built-in policy of that name; raises BadPolicy."""
    return read([(shipped("policies") / f"{name}.yaml").read_bytes()])
