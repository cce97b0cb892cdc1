"""What may a proposal say of its eval: the runs, the bar, the held-out set?"""

from typing import Annotated, Literal

from pydantic import Field

from bot.readiness.schema.parts import EXCUSABLE, Amount, Excuse, Given, Link, Number, Section, Text


class Run(Section):
    """A run of an eval: artifact, rows, model, and which of several in one file."""

    model: Text | None = None
    prompt_file: Link | None = None
    artifact: Link | None = None
    rows: Link | None = None
    run: Text | None = None
    subject: Literal["prompt", "prompt+retrieval", "prompt+tools", "prompt+retrieval+tools"] | None = None


class Metric(Section):
    """Which number of the artifact counts, and which way is better."""

    task: Text | None = None
    name: Text | None = None
    variant: Text | None = None
    direction: Literal["higher", "lower"] | None = None


class Budget(Section):
    """What one request may cost or take."""

    cost_per_request: Amount | None = None
    p95_ms: Amount | None = None
    why: Text | None = None


class Sampled(Section):
    """How the holdout was drawn."""

    how: Text | None = None
    from_: Annotated[Text | None, Field(alias="from")] = None
    window: Text | None = None


class Holdout(Section):
    """The held-out set."""

    path: Link | None = None
    split_by: Literal["user", "time", "source", "random"] | None = None
    labels: Literal["people", "system_of_record", "teacher"] | None = None
    sampled: Sampled | None = None
    label_audit: Link | None = None


class RegressionSlice(Section):
    """A general-capability slice against forgetting."""

    name: Text
    baseline: Run | None = None
    candidate: Run | None = None
    metric: Metric | None = None


class Judge(Section):
    """The model that judges, when one does."""

    model: Text | None = None
    rubric: Link | None = None
    human_checks: Link | None = None


Regression = Annotated[Annotated[tuple[RegressionSlice, ...], Given] | Excuse, EXCUSABLE]


class Eval(Section):
    """The team's eval: baseline, untuned, candidate, and the bar."""

    baseline: Run | None = None
    untuned: Run | None = None
    candidate: Run | None = None
    metric: Metric | None = None
    threshold: Number | None = None
    threshold_source: Link | None = None
    budget: Budget | None = None
    holdout: Holdout | None = None
    regression: Regression | None = None
    judge: Judge | None = None
