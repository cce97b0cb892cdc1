"""What is known of the providers that train? Our own table of dated facts, each with its source."""

import hashlib
from collections.abc import Callable, Mapping

import msgspec
import yaml

from bot.readiness.fact import Fact, Grade, Known, Source
from bot.readiness.platform import Platform
from bot.readiness.proposal import Proposal

AT = "training.provider"
NAME = "policies/facts/platforms.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where the library was built with it


class BadTable(ValueError):
    """The table cannot be read; the message says why."""


class Platforms:
    """The table, read when it is first asked. Safe to share between threads: reading it twice does no harm."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        """Take where its bytes come from."""
        self._read = read
        self._known: Mapping[str, Known[Platform]] | None = None

    def of(self, proposal: Proposal) -> dict[str, Fact[Platform]]:
        """Give what is known of the provider that the proposal names; nothing where the table does not hold it."""
        provider = proposal.training.provider
        if provider is None:
            return {}
        if self._known is None:
            self._known = table(self._read())
        return {AT: self._known[provider]} if provider in self._known else {}


NO_PLATFORMS = Platforms(lambda: b"platforms: []")


def table(raw: bytes) -> dict[str, Known[Platform]]:
    """Read a table by provider; raises BadTable. It is our own file: the tests hold its form, so here the fast parser will do."""
    try:
        listed = msgspec.convert(yaml.load(raw, Loader=_LOADER)["platforms"], tuple[Platform, ...])  # noqa: S506  # a safe one
    except (yaml.YAMLError, ValueError, KeyError, TypeError) as error:
        raise BadTable(f"{NAME}: {error}") from error
    source = Source(NAME, Grade.C, hashlib.sha256(raw).hexdigest())
    return {each.provider: Known(each, source) for each in listed}
