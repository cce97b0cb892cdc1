"""What do the tables say of a model? The one that is built in, and those that an operator has read into the database."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import yaml

from bot import ports
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.model_facts import Layer, ModelFacts, ModelFile, Told, merged
from bot.readiness.model_place import Place

_UNKNOWN = "Keep it under `models` of the policy, or read a table with `tunegate models refresh`."


class Tables:
    """The tables in which models are looked up. Safe to share between threads."""

    def __init__(self, built_in: Callable[[], bytes] | None = None, kept: ports.ModelTable | None = None) -> None:
        """Take how the built-in file is read (None: there is none), and the table in the database, where there is one."""
        self._built_in = cache(lambda: read_built_in(built_in()) if built_in else ())
        self._kept = kept

    def told(self, wanted: Place) -> list[Told]:
        """List what all tables say of a model, and of many like it."""
        kept = self._kept.told(wanted) if self._kept and wanted.provider else ()
        return [one for one in (*kept, *self._built_in()) if one.entry.is_of(wanted)]

    def all(self) -> Iterable[Told]:
        """List every entry of every table."""
        return (*(self._kept.all() if self._kept else ()), *self._built_in())

    def facts(self, wanted: Place) -> Fact[ModelFacts]:
        """Say what is known of a model. A model that no table holds is unavailable, which is not the same as current."""
        if wanted.provider is None:
            reason = f"At which provider `{wanted.said}` is used cannot be told from its name."
            return Unavailable(reason, Trouble.NOT_SUPPORTED, "Write it with its provider, like `azure/NAME`.")
        told = self.told(wanted)
        facts = merged(wanted, told)
        if facts is None:
            reason = f"No table holds `{wanted.said}` at {wanted.provider}."
            return Unavailable(reason, Trouble.NOT_SUPPORTED, _UNKNOWN)
        return Known(facts, _source(facts, told))


def _source(facts: ModelFacts, told: Iterable[Told]) -> Source:
    """Name the place that tells most: of the dates, else of the prices; with the digest of the table that it stood in."""
    named = facts.dates_from or facts.prices_from or ""
    digest = next((one.sha256 for one in told if one.entry.source == named), None)
    return Source(named, Grade.C, digest)


def read_built_in(raw: bytes) -> tuple[Told, ...]:
    """Read the file that is built in; it is ours, so that anything wrong with it raises."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = ModelFile.model_validate(yaml.load(raw, Loader=loader))  # noqa: S506  # a safe loader, and our own file
    digest = hashlib.sha256(raw).hexdigest()
    return tuple(Told(Layer.TABLE, entry, digest) for entry in found.entries)
