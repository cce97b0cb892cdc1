"""Do provider, method and way of serving fit together?

## Why
A method that the provider does not take, an adapter that the server will not load, or an eval of other weights than those that
are served costs a month when it is found after training. Managed platforms win for the usual recipes on usual models, own
machines for novel methods, exotic models and strict residency (S0), and pay with volume and people who run them (S2).

## What counts as evidence
Provider: our dated table of what its public documents say (`policies/facts/platforms.yaml`). What they do not say is held
against nobody; a table older than `facts_days` only remarks. Serving: what the linked `serving.config` starts
(docs/serving-configs.md), held against the base model, the adapter's rank in the training config, the number of tenants and the
length of the rows; the form alone says nothing of these. Own machines: volume, hosting and who runs them, as `ops_cost` and
`owner` state it; closed weights cannot be served there. Merged or quantized: the candidate's eval names that model, not the base
model and not an adapter. More than three tenants: one base model with their adapters (S1).

## How to fix
Each finding names both values. Correct the one that is wrong, in the form or in the config.
"""

from collections.abc import Iterator
from decimal import Decimal

from bot.readiness import platform_agreement, serving_agreement
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.economics import DAYS, requests12
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.model_name import words_of
from bot.readiness.serving_agreement import AT, ENGINES, is_quantized

_PROVIDER, _CANDIDATE = "training.provider", "eval.candidate"
_MAKERS = frozenset(("openai", "azure", "anthropic", "google", "gemini", "vertex_ai", "amazon", "bedrock"))
_OPEN = frozenset(("oss", "neo", "neox", "j"))  # of names like gpt-oss and gpt-neox, whose weights are open
_USUAL = ("sft", "dpo", "distillation")  # S0: what managed platforms support on common models


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask each part in turn; what none of them contradicts has passed."""
    parts = (_of_provider, _of_config, _of_artifact, _of_tenants, _of_machines)
    seen = [each for part in parts for each in part(dossier)]
    found, remarks = [f for f in seen if isinstance(f, Finding)], [r for r in seen if isinstance(r, str)]
    yield from found
    training, serving = dossier.proposal.training, dossier.proposal.serving
    if found:
        return
    if training.provider is None and serving.platform is None and serving.config is None and not remarks:
        yield CHECK.not_applicable("The proposal names neither who trains nor what serves.", at=_PROVIDER)
        return
    where = AT if serving.config else _PROVIDER if training.provider else "serving.platform"
    named = [f"`{each}`" for each in (training.method, training.technique, training.provider, serving.platform) if each]
    config = dossier.evidence.servings.get(AT)
    yield CHECK.passed(
        f"Nothing that is known contradicts {', '.join(named) or 'what is served'}.",
        at=where,
        source=config.source if isinstance(config, Known) else None,
        stated=not isinstance(config, Known),
        remark=" ".join(remarks) or None,
    )


def _of_provider(dossier: Dossier) -> Iterator[Finding | str]:
    """Hold method, technique and model against what the provider's documents say."""
    known = dossier.evidence.platforms.get(_PROVIDER)
    if not isinstance(known, Known):
        return
    days = int(dossier.policy.number(CHECK.id, "facts_days"))
    for each in platform_agreement.compare(dossier.proposal, known.value, dossier.opened_on, days):
        yield each if isinstance(each, str) else _failed(each.message, each.at, each.fix, known.source)


def _of_config(dossier: Dossier) -> Iterator[Finding | str]:
    """Hold what the linked config starts against the rest."""
    if dossier.proposal.serving.config is None:
        return
    match dossier.evidence.servings.get(AT):
        case None:
            yield CHECK.unverified("The serving config was not looked at.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=AT, what="The serving config could not be read")
        case Known() as serving:
            training, data = dossier.evidence.configs.get("training.config"), dossier.evidence.data.get("data.train")
            for each in serving_agreement.compare(dossier.proposal, serving, training, data):
                yield each if isinstance(each, str) else _failed(each.message, each.at, each.fix, serving.source)


def _of_artifact(dossier: Dossier) -> Iterator[Finding | str]:
    """Ask whether the candidate's eval measured the weights that are served, where those are not base and adapter."""
    artifact, base = dossier.proposal.serving.artifact, dossier.proposal.training.base_model
    known = dossier.evidence.evals.get(_CANDIDATE)
    if artifact not in ("merged", "quantized") or not isinstance(known, Known):
        return
    report, fix = known.value, f"Run the candidate's eval on the {artifact} weights, under their own name."
    if report.model is None:
        yield f"The candidate's eval names no model: that it measured the {artifact} weights cannot be seen."
    elif report.adapter is not None:
        yield _failed(
            f"The {artifact} weights are to be served, the candidate's eval measured `{report.model}` with the adapter "
            f"`{report.adapter}`.",
            _CANDIDATE,
            fix,
            known.source,
        )
    elif base is not None and _last(base) == _last(report.model):
        yield _failed(
            f"The {artifact} weights are to be served, the candidate's eval names the base model `{report.model}`.",
            _CANDIDATE,
            fix,
            known.source,
        )
    elif artifact == "quantized" and not is_quantized(report.model):
        yield _failed(
            f"Quantized weights are to be served, the candidate's eval measured `{report.model}`: nothing says that these are "
            "quantized.",
            _CANDIDATE,
            fix,
            known.source,
        )


def _of_tenants(dossier: Dossier) -> Iterator[Finding | str]:
    """Ask for one base model with many adapters where there are many tenants."""
    serving, most = dossier.proposal.serving, int(dossier.policy.number(CHECK.id, "tenants"))
    if serving.tenants is not None and serving.tenants > most and not serving.multi_adapter:
        yield CHECK.failed(
            f"{serving.tenants:,} tenants without `multi_adapter`: a model of its own for each is paid for whether it is used or not.",
            at="serving.tenants",
            fix="Serve one base model with an adapter per tenant, and write `multi_adapter: true`.",
        )


def _of_machines(dossier: Dossier) -> Iterator[Finding | str]:
    """Ask whether own machines, or somebody else's, suit the weights, the volume and the people."""
    proposal, policy = dossier.proposal, dossier.policy
    platform, base = proposal.serving.platform, proposal.training.base_model
    tuned, volume = proposal.ops_cost.tuned, requests12(proposal.ops_cost.volume)
    kind = tuned.hosting.kind if tuned and tuned.hosting else None
    daily, closed = None if volume is None else volume / DAYS, _is_closed(base, policy.setting(CHECK.id, "closed"))
    if platform in ENGINES:
        if closed:
            yield CHECK.failed(
                f"The weights of `{base}` are closed: `{platform}` cannot load them.",
                at="serving.platform",
                fix="Write `platform: hosted`, or propose an open base model.",
            )
        elif kind == "per_token":
            yield CHECK.failed(
                f"`serving.platform: {platform}` runs on machines of your own, `ops_cost.tuned.hosting.kind` is `per_token`.",
                at="ops_cost.tuned.hosting",
                fix="Write what the machines cost (`kind: gpu`, `shared` or `flat`), or `platform: hosted`.",
            )
        else:
            yield from _moderate(dossier, daily)
        return
    by_token = platform == "hosted" and kind == "per_token" and base and not closed
    if by_token and daily is not None and daily >= policy.number(CHECK.id, "at_scale"):
        yield (
            f"{daily:,.0f} requests a day, paid by the token: at such a volume open weights on machines of your own are usually "
            "cheaper, where people are there to run them (S2)."
        )


def _moderate(dossier: Dossier, daily: Decimal | None) -> Iterator[Finding | str]:
    """Tell a usual recipe at a moderate volume, for which a managed platform is the easier way."""
    proposal, high = dossier.proposal, dossier.policy.number(CHECK.id, "high_volume")
    benefit, upkeep = proposal.ops_cost.benefit, proposal.ops_cost.maintenance
    private = benefit is not None and benefit.kind == "privacy"
    if daily is None or daily >= high or proposal.training.method not in _USUAL or private:
        return
    seen = (
        f"{daily:,.0f} requests a day are moderate (below {high:,}), and `{proposal.training.method}` is what managed platforms "
        "offer: machines of your own pay with volume, strict residency or a recipe of its own"
    )
    if proposal.owner.team is None and not (upkeep and upkeep.hours_per_month):
        yield CHECK.failed(
            f"{seen}; and nobody is named who runs them.",
            at="serving.platform",
            fix="Name the team in `owner.team` and its hours in `ops_cost.maintenance`, or let a provider serve it.",
        )
    else:
        yield f"{seen}."


def _is_closed(base: str | None, families: list[str]) -> bool:
    """Say whether a model's weights are nobody's but its maker's, by the words of its name."""
    owner, slash, _ = (base or "").lower().partition("/")
    if slash and owner not in _MAKERS:  # a name of a hub, where weights can be had
        return False
    words = words_of(base or "")
    return _OPEN.isdisjoint(words) and any(family in words for family in families)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].lower()


def _failed(message: str, at: str, fix: str, source: Source) -> Finding:
    return CHECK.failed(message, at=at, fix=fix, source=source)


CHECK = Check(id="platform-fits-recipe", item=Item.OWNER, doc=__doc__, run=run)
