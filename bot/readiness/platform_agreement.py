"""Does a provider offer what a proposal asks of it? The form, held against what its documents say."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.readiness.platform import Offer, Platform
from bot.readiness.proposal import Proposal
from bot.readiness.serving_agreement import Misfit

_ADAPTERS = ("lora", "qlora", "dora")
_ELSEWHERE = "choose another provider, or train on machines of your own"


def compare(proposal: Proposal, platform: Platform, opened_on: date, days: int) -> Iterator[Misfit | str]:
    """Compare method, technique and model; texts are remarks. Facts older than so many days remark only."""
    old = opened_on - platform.checked_on > timedelta(days=days)
    for each in _compare(proposal, platform, opened_on):
        if isinstance(each, Misfit) and old:
            yield f"{each.message} The table of providers is older than {days} days: look it up."
        else:
            yield each


def _compare(proposal: Proposal, platform: Platform, opened_on: date) -> Iterator[Misfit | str]:
    training = proposal.training
    if platform.ended is not None and opened_on >= platform.ended:
        yield Misfit(
            f"{platform.name} takes no new training jobs since {platform.ended} ({_seen(platform)}).",
            f"{_ELSEWHERE[0].upper()}{_ELSEWHERE[1:]}.",
            "training.provider",
        )
        return
    if platform.ended is not None:
        yield f"{platform.name} takes no new training jobs from {platform.ended} on: a re-tune after that day is not possible there."
    if platform.deprecated:
        yield f"{platform.name} calls its training deprecated ({_seen(platform)}): plan where a re-tune would be made."
    offer = platform.offer(training.base_model) if training.base_model else None
    yield from _method(training.method, platform, offer)
    yield from _technique(training.technique, platform, offer)
    if training.base_model and offer is None and platform.offers:
        yield f"Whether {platform.name} tunes `{training.base_model}` is not known here ({_seen(platform)}): look it up."
    if proposal.serving.platform in (None, "hosted"):
        told = (offer.serving if offer else None) or platform.serving
        if told:
            yield told
    benefit = proposal.ops_cost.benefit
    if offer is not None and offer.regions and benefit is not None and benefit.kind == "privacy":
        yield f"{platform.name} trains `{training.base_model}` in {' and '.join(offer.regions)} ({offer.source})."


def _method(method: str | None, platform: Platform, offer: Offer | None) -> Iterator[Misfit | str]:
    if method is None:
        return
    asked = {method, "sft"} if method == "distillation" else {method}  # on a teacher's answers it is supervised tuning
    if platform.methods and not asked & set(platform.methods):
        yield Misfit(
            f"The proposal's method is `{method}`, {platform.name} takes {_listed(platform.methods)} ({_seen(platform)}).",
            f"Choose one of these, {_ELSEWHERE}.",
            "training.method",
        )
    elif offer is not None and method in offer.without:
        yield Misfit(
            f"The proposal's method is `{method}`, for this model {platform.name} offers {_listed(offer.methods)} ({offer.source}, "
            f"{platform.checked_on}).",
            f"Choose one of these, another model, {_ELSEWHERE}.",
            "training.method",
        )
    elif offer is not None and not asked & set(offer.methods):
        yield (
            f"For this model the documents of {platform.name} name {_listed(offer.methods)}, not `{method}` ({offer.source}): "
            "look it up."
        )


def _technique(technique: str | None, platform: Platform, offer: Offer | None) -> Iterator[Misfit | str]:
    if technique is None or technique == "provider_default":
        return
    refused = offer is not None and technique in offer.without
    taken, source = platform.techniques, platform.source
    if offer is not None and (refused or offer.techniques):
        taken, source = offer.techniques, offer.source
    if not taken or (technique in taken and not refused):
        return
    kinds = {name in _ADAPTERS for name in taken}
    if refused or (technique in _ADAPTERS) not in kinds:
        yield Misfit(
            f"The proposal's technique is `{technique}`, {platform.name} offers {_listed(taken)} ({source}, {platform.checked_on}).",
            f"Choose one of these, {_ELSEWHERE}.",
            "training.technique",
        )
    else:
        yield f"The documents of {platform.name} name {_listed(taken)}, not `{technique}` ({source}): look it up."


def _seen(platform: Platform) -> str:
    return f"{platform.source}, {platform.checked_on}"


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join([", ".join(f"`{word}`" for word in words[:-1]), f"`{words[-1]}`"]).removeprefix(" and ")
