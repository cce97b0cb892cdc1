"""What may a proposal say of the training and of the serving?"""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from bot.readiness.schema.parts import EXCUSABLE, Count, Excuse, Given, Link, MaybeSeed, Section, Text


class Grader(Section):
    """The grader of reinforcement fine-tuning."""

    path: Link | None = None
    kind: Literal["verifier", "judge", "metric"] | None = None
    keys: tuple[Text, ...] = ()
    tests: Link | None = None


class Teacher(Section):
    """The teacher of a distillation."""

    model: Text | None = None
    artifact: Link | None = None
    rows: Link | None = None


class Training(Section):
    """How the adapter is to be trained."""

    method: Literal[
        "sft", "dpo", "orpo", "kto", "rft", "continued_pretraining", "distillation", "rlhf", "pretraining"
    ] | None = None  # fmt: skip
    technique: Literal["lora", "qlora", "dora", "full", "provider_default"] | None = None
    base_model: Text | None = None
    base_revision: Text | None = None
    provider: Literal[
        "self_hosted", "openai", "azure", "bedrock", "vertex", "together", "fireworks", "predibase", "openpipe", "databricks",
        "mistral", "cohere", "other",
    ] | None = None  # fmt: skip
    config: Link | None = None
    seed: MaybeSeed | None = None
    grader: Grader | None = None
    teacher: Teacher | None = None
    justification: Text | None = None


Step = Literal["shadow", "canary", "ab_test"]
MaybeSteps = Annotated[Annotated[tuple[Step, ...], Given] | Excuse, EXCUSABLE]


class RolloutEvidence(Section):
    """What production traffic said."""

    artifact: Link | None = None
    rows: Link | None = None


class Serving(Section):
    """How the adapter is to be served."""

    platform: Literal["vllm", "sglang", "tgi", "lorax", "hosted", "other"] | None = None
    artifact: Literal["adapter", "merged", "quantized"] | None = None
    multi_adapter: StrictBool | None = None
    tenants: Count | None = None
    config: Link | None = Field(
        default=None,
        description="What starts the server: a manifest, script, Dockerfile or engine config, or a host's deployment as JSON.",
    )
    rollout: MaybeSteps | None = None
    rollout_evidence: RolloutEvidence | None = None
