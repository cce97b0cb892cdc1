"""What may a proposal say of what the adapter costs, and of what it saves?"""

from typing import Annotated, Literal

from pydantic import StrictBool, StringConstraints

from bot.readiness.schema.parts import Amount, Day, Link, Number, Section, Text


class Volume(Section):
    """How many requests a period brings."""

    requests: Amount | None = None
    period: Literal["day", "month", "year"] | None = None
    source: Link | None = None
    launched: StrictBool = True


class Hosting(Section):
    """What serving costs beside the price of a request."""

    kind: Literal["per_token", "shared", "gpu", "flat"] | None = None
    amount: Amount | None = None
    period: Literal["day", "month", "year"] | None = None


class UnitCost(Section):
    """What one request costs on one side of the comparison."""

    model: Text | None = None
    input_tokens: Amount | None = None
    output_tokens: Amount | None = None
    unit_cost: Amount | None = None
    price_source: Link | None = None
    hosting: Hosting | None = None


class OneTime(Section):
    """What is paid once."""

    training: Amount | None = None
    data: Amount | None = None
    data_source: Literal["existing-labels", "hand-labelled", "purchased", "teacher"] | None = None
    eval: Amount | None = None
    engineer_hours: Amount | None = None
    hourly_rate: Amount | None = None


class Maintenance(Section):
    """What is paid month after month."""

    hours_per_month: Amount | None = None
    revalidation: Amount | None = None


class Latency(Section):
    """p95 in milliseconds on both sides."""

    baseline_p95_ms: Amount | None = None
    tuned_p95_ms: Amount | None = None
    artifact: Link | None = None


class Benefit(Section):
    """What the adapter is good for."""

    kind: Literal["cost", "quality", "latency", "privacy"] | None = None
    value_12_months: Amount | None = None
    artifact: Link | None = None
    justification: Text | None = None


class Claimed(Section):
    """What the team says that it will save."""

    savings_12_months: Number | None = None
    payback_days: Number | None = None


class OpsCost(Section):
    """What the adapter costs to run, and what it saves."""

    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] | None = None
    as_of: Day | None = None
    volume: Volume | None = None
    baseline: UnitCost | None = None
    tuned: UnitCost | None = None
    one_time: OneTime | None = None
    maintenance: Maintenance | None = None
    latency: Latency | None = None
    benefit: Benefit | None = None
    claimed: Claimed | None = None
