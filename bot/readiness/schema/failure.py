"""What may a proposal say of its task, of what goes wrong today, and of the cheaper levers that were tried?"""

from typing import Annotated, Literal

from bot.readiness.schema.evaluation import Run
from bot.readiness.schema.parts import EXCUSABLE, Excuse, Given, Link, Section, Share, Text

Reason = Literal[
    "structured_output", "style", "refusal_or_tone", "domain_vocabulary", "classification", "extraction", "tool_use",
    "retrieval_interface", "cost_or_latency", "distillation", "knowledge", "reasoning", "hallucination", "persona", "other",
]  # fmt: skip

COMPRESSION = ("cost_or_latency", "distillation")  # reasons for which a good large model is to be made cheap


class Task(Section):
    """What the adapter is to do."""

    description: Text | None = None
    kind: Literal[
        "classification", "extraction", "structured_generation", "rewriting", "tool_use", "dialogue", "retrieval_interface",
        "translation", "math", "code", "creative", "other",
    ] | None = None  # fmt: skip
    output: Literal["closed_set", "structured", "free_text", "tool_calls"] | None = None


class Mode(Section):
    """One way of failing: its share of the failures and the failing rows."""

    name: Text
    share: Share | None = None
    rows: Link | None = None


class Failure(Section):
    """What goes wrong today, and of what kind it is."""

    kind: Literal["behavior", "knowledge"] | None = None
    signal: Literal["stable", "volatile"] | None = None
    reason: Reason | None = None
    description: Text | None = None
    modes: tuple[Mode, ...] = ()
    justification: Text | None = None


Lever = Annotated[Annotated[Run, Given] | Excuse, EXCUSABLE]


class Tried(Section):
    """The cheaper levers."""

    prompt: Lever | None = None
    few_shot: Lever | None = None
    retrieval: Lever | None = None
    tool_use: Lever | None = None
    structured_decoding: Lever | None = None
    reasoning_model: Lever | None = None
    oracle_context: Lever | None = None
    small_prompted: Lever | None = None
