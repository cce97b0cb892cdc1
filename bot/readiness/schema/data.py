"""What may a proposal say of its training data?"""

from typing import Literal

from bot.readiness.schema.parts import Amount, Count, Day, Link, MaybeLink, MaybeText, Section, Text, TextOrLink


class Train(Section):
    """The training file: its format and how many examples it claims."""

    path: Link | None = None
    format: Literal[
        "auto", "openai-chat", "openai-preference", "openai-rft", "trl", "axolotl", "llama-factory", "together", "bedrock",
        "vertex", "sharegpt", "alpaca", "kto", "text",
    ] = "auto"  # fmt: skip
    examples: Count | None = None


class CurationPlan(Section):
    """How the data will come to be, when it is not there yet (S1)."""

    pilot: Link | None = None
    target: Count | None = None
    by: Day | None = None
    source: Link | None = None
    labelers: Count | None = None
    review: Text | None = None
    cost: Amount | None = None


class Data(Section):
    """The training data."""

    train: Train | None = None
    production_sample: MaybeLink | None = None
    production_template: TextOrLink | None = None
    output_schema: MaybeLink | None = None
    group_key: MaybeText | None = None
    time_key: Text | None = None
    source_key: Text | None = None
    sources: dict[Text, Literal["real", "generated"]] | None = None
    label_audit: Link | None = None
    manifest: Link | None = None
    curation_plan: CurationPlan | None = None
