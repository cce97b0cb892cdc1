"""How is something posted to a server? By the one guarded client: once, without following redirects, within one deadline.

The origins that the operator has named are asked wherever they are, also inside the network. All others are asked by https at
public addresses only, so that an address which a user typed leads nowhere else.
"""

from collections.abc import Iterable, Mapping

from bot.ports import NotDelivered, Posted
from bot.readiness.fact import Trouble
from bot.sources.stores.guard import Ask, Failure, Guard
from bot.sources.stores.reach import NoTarget, Reach, target

MAX_ANSWER = 2_000_000
"""Bytes of an answer that are read; what comes after them is left (house)."""

_ADVICE = "Use an address of https that is public, or have the operator name it in the channels file."


class Posting:
    """Posts to servers. Safe to share between threads."""

    def __init__(self, guard: Guard, named: Iterable[str] = ()) -> None:
        """Take the client, and addresses that the operator has named; raises NoTarget for one that is none."""
        self._guard = guard
        self._reach = Reach(hosts=("*",), private=frozenset(target(url).origin for url in named), advice=_ADVICE)

    def __call__(self, url: str, headers: Mapping[str, str], content: bytes) -> Posted:
        """Post once; raises NotDelivered where there is no answer, whatever it would be."""
        try:
            to = target(url)
        except NoTarget:  # the address is not shown: it may be a key itself
            raise NotDelivered(f"This is no address that can be posted to. {_ADVICE}", lasting=True) from None
        if refusal := self._reach.refusal(to, redirected=False):
            raise NotDelivered(f"{refusal} {_ADVICE}", lasting=True)
        with self._guard.visit(self._reach) as visit:
            found = visit.post(Ask(url, credentials=headers, content=content), to, MAX_ANSWER)
        if isinstance(found, Failure):
            lasting = found.fact.trouble is Trouble.DEFINITIVE
            advice = f" {_ADVICE}" if lasting else ""
            raise NotDelivered(f"{found.fact.reason}{advice}", lasting=lasting, uncertain=found.begun)
        return Posted(*found)
