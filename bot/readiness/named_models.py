"""Which models does a proposal name, at which provider, and what is known of them under this policy?

Facts come from the tables, as evidence; the policy's own `models` are laid over them here, so that a stored verdict can be
judged again. A stated provider wins over what a name says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.readiness.check import Dossier
from bot.readiness.economics import DAYS
from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.model_facts import Layer, ModelFacts, Told, filled, merged
from bot.readiness.model_place import Place, place
from bot.readiness.schema import Proposal

BASE, BASELINE, TUNED, PROMPTED = (
    "training.base_model",
    "ops_cost.baseline.model",
    "ops_cost.tuned.model",
    "eval.baseline.model",
)
OWN_PLATFORMS = ("vllm", "sglang", "tgi", "lorax")
CHECK = "base-model-outlives-commitment"


def places(proposal: Proposal, evals: Mapping[str, Fact[EvalReport]]) -> Iterator[tuple[str, Place]]:
    """Name the models by field; the baseline of the eval as its artifact names it. The adapter's own name is no model."""
    training, cost = proposal.training, proposal.ops_cost
    ran = evals.get("eval.baseline")
    prompted = ran.value.model if isinstance(ran, Known) and ran.value.model else None
    stated = proposal.eval.baseline.model if proposal.eval.baseline else None
    named = (
        (BASE, training.base_model, training.provider),
        (BASELINE, cost.baseline.model if cost.baseline else None, None),
        (TUNED, cost.tuned.model if cost.tuned else None, None),
        (PROMPTED, prompted or stated, None),
    )
    for at, name, provider in named:
        if name and name != proposal.adapter:
            yield at, place(name, provider)


def known(dossier: Dossier, at: str) -> Fact[ModelFacts] | None:
    """Say what is known of the model at a field: the policy's word over the tables'. None: no model is named there."""
    found = dossier.evidence.models.get(at)
    wanted = dict(places(dossier.proposal, dossier.evidence.evals)).get(at)
    if wanted is None:
        return None
    own = merged(wanted, (Told(Layer.POLICY, entry) for entry in dossier.policy.models))
    if own is None:
        return found or Unavailable(f"nothing was looked up of `{wanted.said}`", Trouble.NOT_SUPPORTED)
    if not isinstance(found, Known):
        return Known(own, Source(f"the policy's models: {own.dates_from}", Grade.C))
    return Known(filled(own, found.value), found.source)


@dataclass(frozen=True, slots=True)
class Life:
    """How long what is tuned can be served, seen from the pull request's opening.

    `own_machines`: open weights on machines of one's own, which nobody retires. `stale`: the table is older than the policy
    lets it decide. `facts` None: nothing is known of the model.
    """

    facts: ModelFacts | None
    source: Source | None
    own_machines: bool
    stale: bool
    until: date | None

    def days(self, opened_on: date) -> Decimal:
        """Count the days of the next twelve months on which it is served; the whole year where nothing else is sure."""
        if self.until is None or self.stale or self.own_machines:
            return DAYS
        return min(DAYS, Decimal(max(0, (self.until - opened_on).days)))


def life(dossier: Dossier) -> Life:
    """Say until when the base model serves what is tuned on it."""
    found = known(dossier, BASE)
    facts, source = (found.value, found.source) if isinstance(found, Known) else (None, None)
    own = is_own(dossier.proposal, facts)
    until = None if own or facts is None else facts.served_until
    return Life(facts, source, own, facts is not None and is_stale(dossier, facts.dates_on), until)


def is_own(proposal: Proposal, facts: ModelFacts | None) -> bool:
    """Say whether the weights are served on machines of one's own: weights that are not open can be trained there by nobody."""
    if facts is not None and facts.open_weights is False:
        return False
    platform = proposal.serving.platform
    return platform in OWN_PLATFORMS or (proposal.training.provider == "self_hosted" and platform != "hosted")


def is_stale(dossier: Dossier, looked_at: date | None) -> bool:
    """Say whether a table is too old to fail anybody; the organisation's own word does not age."""
    most = timedelta(days=int(dossier.policy.number(CHECK, "stale_after_days")))
    return looked_at is not None and dossier.opened_on - looked_at > most


def age(dossier: Dossier, looked_at: date | None) -> int:
    """Count the days from the table's day to the pull request's opening; none for a table that is younger."""
    return max(0, (dossier.opened_on - looked_at).days) if looked_at else 0


def dated(looked_at: date | None) -> str:
    """Say of which day a table is, to stand behind what it says."""
    return f" (looked up on {looked_at})" if looked_at else ""
