"""What does the API say about itself? How many requests are left."""

from bot.sandbox.api.access import anyone
from bot.sandbox.api.call import Answer, Call, ok
from bot.sandbox.api.limits import rate_of

_RESOURCES = ("core", "search", "graphql", "integration_manifest")


def _rate_limit(call: Call) -> Answer:
    rate = rate_of(call.world, call.caller).described()
    return ok({"resources": dict.fromkeys(_RESOURCES, rate), "rate": rate})


ENDPOINTS = (anyone("GET", "/rate_limit", _rate_limit),)
