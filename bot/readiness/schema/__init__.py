"""PURE. What may a `finetune-proposal.yaml` say? Version 1, every field of it, a file for each of its sections.

Nearly every field is optional here: a field is required only when a check that applies needs it, and the check says so.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, WithJsonSchema

from bot.readiness.schema.cost import Hosting, OpsCost
from bot.readiness.schema.data import Data
from bot.readiness.schema.evaluation import Eval, Metric, Run
from bot.readiness.schema.failure import COMPRESSION, Failure, Task, Tried
from bot.readiness.schema.owner import Owner
from bot.readiness.schema.parts import (
    KEBAB,
    MAX_KEBAB,
    Amount,
    Day,
    Kebab,
    LinkField,
    NotApplicable,
    OrEmpty,
    Section,
    Text,
)
from bot.readiness.schema.training import Serving, Training

__all__ = [
    "COMPRESSION",
    "Experiment",
    "Failure",
    "Hosting",
    "LinkField",
    "Metric",
    "NotApplicable",
    "OpsCost",
    "Proposal",
    "Run",
    "at",
]


class Experiment(Section):
    """What an experiment may spend (USD), and until when."""

    budget: Amount
    ends: Day


_ADAPTER = {"type": "string", "pattern": KEBAB, "maxLength": MAX_KEBAB}


def _number(value: object) -> object:
    return str(value) if isinstance(value, bool) else value  # `true` is no 1


class Proposal(Section):
    """A whole proposal. `version` and `adapter` are required: `proposal.read` says so, and reads on without them."""

    model_config = ConfigDict(json_schema_extra={"required": ["version", "adapter"]})

    version: Annotated[Literal[1] | None, BeforeValidator(_number), WithJsonSchema({"const": 1})] = None
    scope: Literal["adapter", "experiment"] = "adapter"
    experiment: Experiment | None = None
    adapter: Annotated[Kebab | None, WithJsonSchema(_ADAPTER)] = None
    summary: Text | None = None
    task: Annotated[Task, *OrEmpty] = Task()
    failure: Annotated[Failure, *OrEmpty] = Failure()
    tried: Annotated[Tried, *OrEmpty] = Tried()
    eval: Annotated[Eval, *OrEmpty] = Eval()
    data: Annotated[Data, *OrEmpty] = Data()
    training: Annotated[Training, *OrEmpty] = Training()
    serving: Annotated[Serving, *OrEmpty] = Serving()
    owner: Annotated[Owner, *OrEmpty] = Owner()
    ops_cost: Annotated[OpsCost, *OrEmpty] = OpsCost()


def at(proposal: Proposal, path: str) -> Any:
    """Find what stands at a field, like "eval.regression[0].baseline"; None where nothing does."""
    found: Any = proposal
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if name:
            found = getattr(found, name, None)
        else:
            found = found[int(index)] if isinstance(found, tuple) and int(index) < len(found) else None
    return found
