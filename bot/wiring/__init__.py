"""EDGE. Settings -> the parts: the one room that knows every edge. `offline` serves the command line, `service` the rest.

`databases` reaches what they keep. They are apart because a cold `tunegate check` must not pay for a database and a forge that it never opens.
"""

from functools import cache, lru_cache

from bot import ports
from bot.readiness import layers, policy_file
from bot.readiness.layers import laid
from bot.readiness.policy import BadPolicy, Complaint, LayerKind, Place, Policy, read
from bot.readiness.policy_file import PolicyText, read_file
from bot.settings import shipped
from bot.sources.models import Tables
from bot.sources.platforms import NAME, Platforms


@cache
def policy(name: str = "default") -> Policy:
    """Load the built-in policy of that name; raises BadPolicy. All but the default one say what they change of it."""
    raw = (shipped("policies") / f"{name}.yaml").read_bytes()
    if name == "default":
        return read([raw], ours=True)
    default = policy()
    file = read_file(PolicyText(Place(LayerKind.BUILT_IN, "", f"policies/{name}.yaml"), raw), default)
    for complaint in file.complaints:
        raise BadPolicy(f"line {complaint.line}: {complaint.message}")
    return laid(default, [file])


@lru_cache(maxsize=64)
def in_force(texts: tuple[PolicyText, ...], base: str = "default") -> Policy:
    """Lay policy files over a built-in policy: the one that the organisation's extends, else `base`."""
    return layers.in_force(texts, policy, base)


def wrong_with(text: PolicyText) -> Complaint | None:
    """Find what keeps a policy file from being read in full; None where nothing does."""
    return policy_file.wrong_with(text, policy())


def models(kept: ports.ModelTable | None = None) -> Tables:
    """Open the tables of models: the one that is built in, and the one in the database where there is one."""
    return Tables(lambda: (shipped("policies") / "facts" / "models.yaml").read_bytes(), kept)


def platforms() -> Platforms:
    """Open the shipped facts about those who train; read only when a proposal names one of them."""
    return Platforms(lambda: (shipped("policies") / NAME.partition("/")[2]).read_bytes())
