"""How many requests are left to whoever asks?"""

from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.api.callers import Caller, Nobody
from bot.sandbox.representations.notation import Json
from bot.sandbox.state import Refused
from bot.sandbox.world import World

_HOUR = timedelta(hours=1)
_ANONYMOUS = 60  # requests an hour without a credential (docs: rate limits for the REST API)


@dataclass(frozen=True, slots=True)
class Rate:
    """What was used of an hour's requests; `reset` is a Unix time."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """Count what is left."""
        return max(0, self.limit - self.used)

    def described(self) -> Json:
        """Describe the rate as `/rate_limit` does."""
        return {
            "limit": self.limit,
            "remaining": self.remaining,
            "used": self.used,
            "reset": self.reset,
            "resource": "core",
        }

    def headers(self) -> dict[str, str]:
        """Write the headers that every answer bears."""
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in self.described().items()}


def rate_of(world: World, caller: Caller) -> Rate:
    """Look up what the caller has used."""
    limit = min(world.rate_limit, _ANONYMOUS) if isinstance(caller, Nobody) else world.rate_limit
    now = world.now()
    used, end = world.rate_used.get(caller.limited_as, (0, 0))
    return Rate(limit, used, end) if end > now.timestamp() else Rate(limit, 0, int((now + _HOUR).timestamp()))


def count(world: World, caller: Caller) -> None:
    """Count one request; raises Refused 403 when none is left."""
    rate = rate_of(world, caller)
    if not rate.remaining:
        whom = caller.limited_as.replace("/", " ID ") or "your address"
        raise Refused(403, f"API rate limit exceeded for {whom}.")
    world.rate_used[caller.limited_as] = (rate.used + 1, rate.reset)


def give_back(world: World, caller: Caller) -> None:
    """Take a request off the count again: what was known already costs nothing (docs: best practices)."""
    rate = rate_of(world, caller)
    world.rate_used[caller.limited_as] = (max(0, rate.used - 1), rate.reset)
