"""Do the stated prices agree with what the provider asks?

## Why
A prompted model that is priced too high, or a tuned one priced too low, makes any fine-tune pay. The arithmetic can be right and
the price wrong.

## What counts as evidence
Dated prices of the models that are named: of `ops_cost.baseline.model` (without it the model of the eval's baseline), and of
`training.base_model` at `training.provider`, as it is sold tuned where the provider prices that apart. The cost of a request is
computed from `input_tokens` and `output_tokens` and held against `unit_cost`. Only a difference that helps the claim counts: the
prompted model stated dearer, the tuned one cheaper. More than 25 % off is a remark; more than twice fails, unless `price_source`
links where the price comes from, like a contract. The other way round, a model that no table prices, or a table older than 45
days is a remark at most; a `price_source` answers for a model that no table prices. Tuned models that are paid by the machine and not by the token are held against nothing but the
organisation's own price of a GPU hour, where its policy states one.

## How to fix
Take the provider's price, or link yours under `price_source`. Token counts are those of one request: prompt, retrieved passages
and answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.economics import hosting12
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.model_facts import ModelFacts
from bot.readiness.model_name import are_alike
from bot.readiness.named_models import BASE, BASELINE, PROMPTED, TUNED, age, dated, is_own, is_stale, known, places
from bot.readiness.revalidation import EVERY
from bot.readiness.schema.cost import UnitCost
from bot.readiness.wording import count, price

HOURS = Decimal(8760)  # of 365 days


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the comparison: what is stated, by which table, and whether its cost was made too high (or too low)."""

    at: str
    name: str
    stated: UnitCost
    high: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What came out on one side: a finding of its own, a remark, or that it agrees (`agrees` in words)."""

    finding: Finding | None = None
    remark: str | None = None
    agrees: str | None = None
    fix: str | None = None
    source: Source | None = None


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compute both costs of a request anew and compare them."""
    cost = dossier.proposal.ops_cost
    sides = [
        _Side("ops_cost.baseline", "prompted", cost.baseline, high=True) if cost.baseline else None,
        _Side("ops_cost.tuned", "tuned", cost.tuned, high=False) if cost.tuned else None,
    ]
    said = [_judge(dossier, side) for side in sides if side is not None and side.stated.unit_cost is not None]
    findings = [one.finding for one in said if one.finding is not None]
    yield from findings
    remarks = [one.remark for one in said if one.remark]
    remarks += [other] if (other := _other_model(dossier)) else []
    agree = [one.agrees for one in said if one.agrees]
    if findings:
        return
    if not remarks and not agree:
        yield CHECK.not_applicable("Nothing here is paid by the token.", at="ops_cost")
        return
    source = next((one.source for one in said if one.source), None)
    yield CHECK.passed(
        " ".join(agree) or "Where prices could be looked up, none helps the claim by more than the policy bears.",
        at="ops_cost",
        remark=" ".join(remarks) or None,
        fix=next((one.fix for one in said if one.fix), None),
        source=source,
        stated=source is None,
    )


def _judge(dossier: Dossier, side: _Side) -> _Said:
    paid_by_machine = side.stated.hosting is not None and side.stated.hosting.kind not in (None, "per_token")
    if paid_by_machine or (not side.high and _is_own(dossier)):
        return _machine(dossier, side)
    found = _facts(dossier, side)
    if found is None:
        return _Said(remark=f"Which model the {side.name} one is, is not stated: its price is not compared.")
    facts, source = (found.value, found.source) if isinstance(found, Known) else (None, None)
    prices = _prices(facts, side) if facts else None
    if facts is None or prices is None:
        named = facts.name if facts else _named(dossier, side)
        linked = dossier.evidence.texts.get(f"{side.at}.price_source")
        if isinstance(linked, Known):
            return _Said(
                agrees=f"No table prices `{named}`; where the {side.name} model's price stands is linked.",
                source=linked.source,
            )
        return _Said(
            remark=f"The {side.name} model's price is not compared: no table prices `{named}`.",
            fix="Name the model as its provider does, with its version.",
        )
    currency = dossier.proposal.ops_cost.currency
    if currency is not None and currency != facts.currency:
        return _Said(
            remark=f"The {side.name} model's price is not compared: the table is in {facts.currency}.", source=source
        )
    tokens = (side.stated.input_tokens, side.stated.output_tokens)
    if tokens[0] is None or tokens[1] is None:
        return _Said(
            remark=f"The {side.name} model's price is not compared: `{side.at}` states no token counts.",
            fix=f"Add `input_tokens` and `output_tokens` under `{side.at}`: those of one request.",
            source=source,
        )
    computed = tokens[0] * prices[0] + tokens[1] * prices[1]
    return _compare(dossier, side, facts, computed, source)


def _compare(dossier: Dossier, side: _Side, facts: ModelFacts, computed: Decimal, source: Source | None) -> _Said:
    stated, unit = side.stated.unit_cost or Decimal(0), facts.currency
    off = _ratio(stated, computed) if side.high else _ratio(computed, stated)
    warn, fail = (dossier.policy.number(CHECK.id, name) for name in ("warn", "fail"))
    said = (
        f"A request to the {side.name} model is stated as {price(stated, unit)}; "
        f"its tokens cost {price(computed, unit)} by the price of `{facts.name}` at {facts.provider}{dated(facts.prices_on)}."
    )
    if off is not None and off <= warn:
        other = _ratio(computed, stated) if side.high else _ratio(stated, computed)
        if other is None or other > warn:
            return _Said(remark=f"{said} That is against the claim: the saving may be greater.", source=source)
        return _Said(agrees=f"The {side.name} model's cost agrees with the price of `{facts.name}`.", source=source)
    if off is not None and off <= fail:
        return _Said(remark=said, source=source)
    if is_stale(dossier, facts.prices_on):
        old = f"The price table is {count(age(dossier, facts.prices_on), 'day')} old, so this only warns."
        return _Said(remark=f"{said} {old}", source=source)
    return _linked(dossier, side, said, source)


def _linked(dossier: Dossier, side: _Side, said: str, source: Source | None) -> _Said:
    """Take a price that is far off where it is linked from where it comes."""
    at = f"{side.at}.price_source"
    if side.stated.price_source is None:
        fix = f"Correct `unit_cost` or the token counts, or link where your price stands under `{at}`."
        return _Said(CHECK.failed(said, at=f"{side.at}.unit_cost", fix=fix, source=source))
    match dossier.evidence.texts.get(at):
        case None:
            return _Said(CHECK.unverified("The source of the price was not looked at.", at=at, fix=NOT_LOOKED_AT))
        case Unavailable() as trouble:
            return _Said(CHECK.unavailable(trouble, at=at, what="The source of the price could not be read"))
        case Known(_, where):
            return _Said(remark=f"{said} The stated price is taken, for its source is linked.", source=where)


def _machine(dossier: Dossier, side: _Side) -> _Said:
    """Hold a machine's price against the organisation's own price of a GPU hour, where there is one."""
    hosting, found = side.stated.hosting, known(dossier, BASE) if not side.high else None
    facts = found.value if isinstance(found, Known) else None
    if hosting is None or hosting.kind != "gpu" or facts is None or facts.gpu_hourly is None:
        return _Said()
    year = hosting12(hosting)
    if year is None or dossier.proposal.ops_cost.currency != facts.currency or year >= facts.gpu_hourly * HOURS:
        return _Said()
    hour = price(year / HOURS, facts.currency)
    return _Said(
        remark=f"The hosting comes to {hour} an hour around the clock; one GPU costs {price(facts.gpu_hourly, facts.currency)} an hour."
    )


def _is_own(dossier: Dossier) -> bool:
    found = known(dossier, BASE)
    return is_own(dossier.proposal, found.value if isinstance(found, Known) else None)


def _facts(dossier: Dossier, side: _Side) -> Known[ModelFacts] | Unavailable | None:
    found = [fact for at in _fields(side) if (fact := known(dossier, at)) is not None]
    return next((fact for fact in found if isinstance(fact, Known)), found[0] if found else None)


def _fields(side: _Side) -> tuple[str, str]:
    return (BASELINE, PROMPTED) if side.high else (BASE, TUNED)


def _named(dossier: Dossier, side: _Side) -> str:
    named = dict(places(dossier.proposal, dossier.evidence.evals))
    return next(named[at].said for at in _fields(side) if at in named)


def _other_model(dossier: Dossier) -> str | None:
    """Say that the prompted model which is priced is not the one that the eval ran."""
    named = dict(places(dossier.proposal, dossier.evidence.evals))
    priced, ran = named.get(BASELINE), named.get(PROMPTED)
    if priced is None or ran is None or are_alike(priced.name, ran.name):
        return None
    return f"The prompted model is priced as `{priced.said}`, the eval ran `{ran.said}`."


def _prices(facts: ModelFacts, side: _Side) -> tuple[Decimal, Decimal] | None:
    tuned = (facts.tuned_input_price, facts.tuned_output_price)
    plain = (facts.input_price, facts.output_price)
    for one, other in (plain,) if side.high else (tuned, plain):
        if one is not None and other is not None:
            return one, other
    return None


def _ratio(one: Decimal, other: Decimal) -> Decimal | None:
    """How many times one is the other; None when the other is nothing and the one is not."""
    if other == 0:
        return Decimal(1) if one == 0 else None
    return one / other


CHECK = Check(id="prices-plausible", item=Item.COST, doc=__doc__, run=run, asked_at=EVERY)
