"""What may a `finetune-proposal.yaml` say? Version 1, every field of READINESS section 2.

Nearly every field is optional here: a field is required only when a check that applies needs it, and the check says so.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
)

from bot.readiness import link as links

MAX_TEXT = 10_000  # characters in any one text field

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_TEXT)]
Kebab = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Login = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9])*$", max_length=39)]
Team = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", max_length=140)]
Count = Annotated[StrictInt, Field(ge=0, le=10**15)]


def _decimal(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a plain number is needed here, like 0.005")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError("this number is out of range")
    return number


def _date(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a date is needed here, as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value} is no date of the calendar") from error


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]  # money or a count, never negative
Day = Annotated[date, BeforeValidator(_date)]


def _period(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"P(?=\d)(\d{1,3}Y)?(\d{1,3}M)?(\d{1,4}D)?", value):
        raise ValueError("a period is needed here, like P3M (three months) or P1Y")
    return value


Period = Annotated[str, BeforeValidator(_period)]


class Section(BaseModel):
    """A part of the proposal: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkField(Section):
    """A link, bare or with its pin."""

    uri: Text
    sha256: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")] | None = None
    revision: Text | None = None


def _link(value: object) -> object:
    ref = {"uri": value} if isinstance(value, str) else value
    if isinstance(ref, dict) and isinstance(ref.get("uri"), str):
        links.parse(ref["uri"])
    elif not isinstance(ref, dict | LinkField):
        raise ValueError("a link is needed here: a path in the repository or an address")
    return ref


Link = Annotated[LinkField, BeforeValidator(_link)]

Code = Literal[
    "nothing_to_call", "nothing_to_retrieve", "input_is_complete", "over_latency_budget", "over_cost_budget", "free_text_output",
    "not_offered_by_provider", "retrieval_is_tuned", "closed_set_behind_router", "no_users", "not_launched",
]  # fmt: skip


class NotApplicable(Section):
    """Not applicable, with a code that the policy knows and a reason."""

    not_applicable: Code
    why: Text | None = None


def _form(value: Any) -> str:
    excused = isinstance(value, NotApplicable) or (isinstance(value, dict) and "not_applicable" in value)
    return "form:not_applicable" if excused else "form:given"


class Run(Section):
    """A run of an eval: artifact, rows, model, and which of several in one file."""

    model: Text | None = None
    prompt_file: Link | None = None
    artifact: Link | None = None
    rows: Link | None = None
    run: Text | None = None
    subject: Literal["prompt", "prompt+retrieval", "prompt+tools", "prompt+retrieval+tools"] | None = None


_Excuse = Annotated[NotApplicable, Tag("form:not_applicable")]
Lever = Annotated[Annotated[Run, Tag("form:given")] | _Excuse, Discriminator(_form)]


class Experiment(Section):
    """What an experiment may spend, and until when."""

    budget: Amount
    ends: Day


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
    share: Annotated[Number, Field(ge=0, le=1)] | None = None
    rows: Link | None = None


Reason = Literal[
    "structured_output", "style", "refusal_or_tone", "domain_vocabulary", "classification", "extraction", "tool_use",
    "retrieval_interface", "cost_or_latency", "distillation", "knowledge", "reasoning", "hallucination", "persona", "other",
]  # fmt: skip


class Failure(Section):
    """What goes wrong today, and of what kind it is."""

    kind: Literal["behavior", "knowledge"] | None = None
    signal: Literal["stable", "volatile"] | None = None
    reason: Reason | None = None
    description: Text | None = None
    modes: tuple[Mode, ...] = ()
    justification: Text | None = None


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


Regression = Annotated[Annotated[tuple[RegressionSlice, ...], Tag("form:given")] | _Excuse, Discriminator(_form)]


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


MaybeText = Annotated[Annotated[Text, Tag("form:given")] | _Excuse, Discriminator(_form)]
MaybeLink = Annotated[Annotated[Link, Tag("form:given")] | _Excuse, Discriminator(_form)]
MaybeSeed = Annotated[Annotated[StrictInt, Tag("form:given")] | _Excuse, Discriminator(_form)]
Step = Literal["shadow", "canary", "ab_test"]
MaybeSteps = Annotated[Annotated[tuple[Step, ...], Tag("form:given")] | _Excuse, Discriminator(_form)]


class Data(Section):
    """The training data."""

    train: Train | None = None
    production_sample: MaybeLink | None = None
    production_template: Text | Link | None = None
    output_schema: MaybeLink | None = None
    group_key: MaybeText | None = None
    time_key: Text | None = None
    source_key: Text | None = None
    sources: dict[Text, Literal["real", "generated"]] | None = None
    label_audit: Link | None = None
    manifest: Link | None = None
    curation_plan: CurationPlan | None = None


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
    rollout: MaybeSteps | None = None
    rollout_evidence: RolloutEvidence | None = None


class DriftChecks(Section):
    """What watches for drift: paths, not words."""

    data: MaybeLink | None = None
    base_model: MaybeLink | None = None
    eval: MaybeLink | None = None


class Retune(Section):
    """When the adapter is to be trained anew."""

    cadence: Period | None = None
    triggers: tuple[Text, ...] = ()


class Owner(Section):
    """Who answers for the adapter, until when, and how."""

    primary: Login | None = None
    backup: Login | None = None
    team: Team | None = None
    until: Day | None = None
    revalidate_every: Period | None = None
    rollback: Link | None = None
    drift_checks: DriftChecks | None = None
    retune: Retune | None = None
    migration_plan: Link | None = None


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


def _section(value: object) -> object:
    return {} if value is None else value  # `data: null` says the same as leaving it out


_OrEmpty = BeforeValidator(_section)


class Proposal(Section):
    """A whole proposal. `version` and `adapter` are required: `proposal.read` says so, and reads on without them."""

    version: Literal[1] | None = None
    scope: Literal["adapter", "experiment"] = "adapter"
    experiment: Experiment | None = None
    adapter: Kebab | None = None
    summary: Text | None = None
    task: Annotated[Task, _OrEmpty] = Task()
    failure: Annotated[Failure, _OrEmpty] = Failure()
    tried: Annotated[Tried, _OrEmpty] = Tried()
    eval: Annotated[Eval, _OrEmpty] = Eval()
    data: Annotated[Data, _OrEmpty] = Data()
    training: Annotated[Training, _OrEmpty] = Training()
    serving: Annotated[Serving, _OrEmpty] = Serving()
    owner: Annotated[Owner, _OrEmpty] = Owner()
    ops_cost: Annotated[OpsCost, _OrEmpty] = OpsCost()
