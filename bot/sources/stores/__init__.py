"""Where can a link lead? One reader per scheme; a scheme without one is not supported yet."""

from collections.abc import Callable, Mapping

from bot import ports
from bot.readiness.evidence import Known, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.stores import repository

Store = Callable[[LinkField, Link, str, ports.RepositoryFiles, int], Known[bytes] | Unavailable]
"""Reads what a link leads to: the link as written and as parsed, the proposal's path, its repository, a cap in bytes."""

STORES: Mapping[str, Store] = {"repository": repository.read}
