"""What does a provider offer for training? Its public documents, as somebody read them on a day.

What a document does not say is not known: it is held against nobody.
"""

import re
from dataclasses import dataclass
from datetime import date

from bot.readiness.model_name import SIBLINGS


@dataclass(frozen=True, slots=True)
class Offer:
    """What the documents say of some models.

    `models` are words of names, like "llama 3.1 8b instruct". `methods` and `techniques` are those that are named, in the
    words of a proposal; `without` are those of which the documents say that they are not offered. `regions` are where it is
    trained; `serving` is a sentence on how the result is served.
    """

    models: tuple[str, ...]
    methods: tuple[str, ...]
    source: str
    techniques: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    serving: str | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """One provider. `methods` and `techniques` are all that its reference takes; empty: not known.

    `ended` is the day from which on no new jobs are taken, `deprecated` True where its documents call training that without a
    day. `checked_on` is when the documents were looked at.
    """

    provider: str
    name: str
    source: str
    checked_on: date
    methods: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    ended: date | None = None
    deprecated: bool = False
    serving: str | None = None
    offers: tuple[Offer, ...] = ()

    def offer(self, model: str) -> Offer | None:
        """Find what is said of a model: the offer whose words stand in its name one after the other, the longest such words."""
        fitting = [
            (len(_words(words)), offer) for offer in self.offers for words in offer.models if _names(words, model)
        ]
        return max(fitting, key=lambda each: each[0])[1] if fitting else None


def _names(words: str, model: str) -> bool:
    """Say whether a name is of the model: no other sibling (`mini`), and its words in their order."""
    wanted, found = _words(words), _words(model)
    if (set(found) - set(wanted)) & SIBLINGS:
        return False
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def _words(name: str) -> list[str]:
    """Take a name apart: `llama3-1-8b`, `llama-v3p1-8b` and `Llama 3.1 8B` are written of one model."""
    text = re.sub(r"(\d)p(\d)", r"\1.\2", name.lower()[:500])
    return [word for word in re.findall(r"[a-z]+|\d+", text) if word not in ("v", "meta")]
