"""What may a `revalidations/<adapter>/<cycle>.yaml` say? Version 1: the evidence of one cycle, in the fields of the proposal.

A field means what it means in the proposal, and stands there for this cycle: the bar, the holdout and the metric are the
approved proposal's and cannot be stated here.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from bot.readiness.schema.cost import Benefit, Latency, Maintenance, UnitCost, Volume
from bot.readiness.schema.evaluation import RegressionSlice, Run, Sampled
from bot.readiness.schema.parts import KEBAB, MAX_KEBAB, Count, Day, Kebab, Link, OrEmpty, Section, Text

DIGEST = r"^(sha256:)?[0-9a-f]{40,64}$"

Digest = Annotated[str, StringConstraints(strict=True, pattern=DIGEST)]


class ThatServes(Section):
    """What serves now: the digest of its weights, or the commit that pins them."""

    digest: Digest | None = None


class RunsAgain(Section):
    """The runs of this cycle, over the proposal's holdout."""

    baseline: Run | None = None
    untuned: Run | None = None
    candidate: Run | None = None
    regression: tuple[RegressionSlice, ...] | None = None


class SmallAgain(Section):
    """The small prompted model, run again where a large one was made cheap."""

    small_prompted: Run | None = None


class FreshSample(Section):
    """What production sends now; `sampled` says when it was logged."""

    production_sample: Link | None = None
    sampled: Sampled | None = None


class ActualCost(Section):
    """What the adapter costs in fact; what is left out is as the proposal states it."""

    as_of: Day | None = None
    volume: Volume | None = None
    baseline: UnitCost | None = None
    tuned: UnitCost | None = None
    maintenance: Maintenance | None = None
    latency: Latency | None = None
    benefit: Benefit | None = None


_ADAPTER = {"type": "string", "pattern": KEBAB, "maxLength": MAX_KEBAB}
REQUIRED = {
    "version": "version: 1",
    "adapter": "adapter: ticket-router",
    "cycle": "cycle: 1",
    "proposal": "proposal: /finetune-proposal.yaml",
}
"""Fields that each revalidation has, with a sample of each."""


def _number(value: object) -> object:
    return str(value) if isinstance(value, bool) else value  # `true` is no 1


class Revalidation(Section):
    """A whole revalidation. What is required is told by `revalidation.read`, which reads on without it."""

    model_config = ConfigDict(json_schema_extra={"required": list(REQUIRED)})

    version: Annotated[Literal[1] | None, BeforeValidator(_number), WithJsonSchema({"const": 1})] = None
    adapter: Annotated[Kebab | None, WithJsonSchema(_ADAPTER)] = None
    cycle: Annotated[Count | None, WithJsonSchema({"type": "integer", "minimum": 1})] = None
    proposal: Link | None = Field(default=None, description="The proposal that was approved.")
    summary: Text | None = None
    serving: Annotated[ThatServes, *OrEmpty] = ThatServes()
    tried: Annotated[SmallAgain, *OrEmpty] = SmallAgain()
    eval: Annotated[RunsAgain, *OrEmpty] = RunsAgain()
    data: Annotated[FreshSample, *OrEmpty] = FreshSample()
    ops_cost: Annotated[ActualCost, *OrEmpty] = ActualCost()
