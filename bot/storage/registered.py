"""What is registered, for whoever judges? Looked up in the database."""

from datetime import date

from bot.lifecycle.registered import as_registered
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.registered import Registered
from bot.storage.adapters import Adapters


class Registry:
    """The registry of adapters, as verdicts see it."""

    def __init__(self, adapters: Adapters) -> None:
        """Take where adapters are kept."""
        self._adapters = adapters

    def registered(self, account: str, name: str, on: date) -> Fact[Registered]:
        """Look an adapter up; one that is not there is definitively none."""
        found = self._adapters.find(account, name)
        if found is None:
            return Unavailable(
                f"no adapter `{name}` of {account} is registered",
                Trouble.DEFINITIVE,
                "Correct the name, or propose the adapter first; one that serves already can be imported.",
            )
        return Known(as_registered(found, on), Source("the registry of adapters", Grade.A))
