"""What did the bot see? Facts that are known, with their source, or unavailable, with the reason.

`Known | Unavailable` is a type and not a None, so that an outage can never be mistaken for an absence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import Composition, EvalReport
from bot.readiness.experiment import Experiment
from bot.readiness.fact import Fact
from bot.readiness.manifest import Manifest
from bot.readiness.model_facts import ModelFacts
from bot.readiness.ownership import Consent, Person, Plan, Schedule, Team
from bot.readiness.platform import Platform
from bot.readiness.refusal import Refusal
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.readiness.unproposed import Training


@dataclass(frozen=True, slots=True)
class Version:
    """One committed version of a file: `meaning` is a digest that form (blanks, key order) does not change, None: not read."""

    commit: str
    committed_at: str  # ISO 8601, UTC
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a file, newest first; `complete` False when there are older ones than those listed."""

    versions: tuple[Version, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class StatedBar:
    """A bar as an earlier state of the proposal put it: `where` is "the base branch" or "the review of COMMIT"."""

    where: str
    threshold: str | None
    metric: str | None  # task / name / variant / direction
    holdout: str | None  # its link, with the digest where it is pinned


@dataclass(frozen=True, slots=True)
class HumanChecks:
    """What people said of rows that a model judged: how many, how many they agree on, and the rows' ids."""

    rows: int
    agreed: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraderTests:
    """How a grader did on answers whose grade is known: `rows` tests by distinct id, `equal` graded as expected.

    `right` were expected to be graded as right answers, `wrong` as wrong ones; a grade between is neither.
    """

    rows: int
    right: int
    wrong: int
    equal: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """The p95 of a request in milliseconds, measured; None where a side was not measured."""

    baseline_p95_ms: float | None
    tuned_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Usage:
    """How many requests there were: from the `first` day to the `last` one (ISO 8601), of which `days` stand in the file."""

    first: str
    last: str
    days: int
    span: int  # calendar days from the first to the last; one that is not in the file had no requests
    requests: int

    @property
    def per_day(self) -> Decimal:
        """The mean of a calendar day."""
        return Decimal(self.requests) / self.span


@dataclass(frozen=True, slots=True)
class MonthlyValue:
    """What something was worth month by month: from the `first` to the `last` one ("2026-10"), of which `months` stand there.

    `currency` is the file's own, None where it names none.
    """

    first: str
    last: str
    months: int
    span: int  # calendar months from the first to the last; one that is not in the file was worth nothing
    total: Decimal
    currency: str | None = None

    @property
    def per_year(self) -> Decimal:
        """Twelve times the mean of a calendar month."""
        return 12 * self.total / self.span


@dataclass(frozen=True, slots=True)
class Evidence:
    """All facts of one review, each by the field of the proposal that names it ("eval.baseline", "data.train").

    People are found by the login as typed. An entry that is missing was not looked at: it counts for nothing.
    `bars` are earlier states of the bar: "base" (the base branch) and "reviews" (earlier reviews of this pull request).
    """

    evals: Mapping[str, Fact[EvalReport]] = field(default_factory=dict)
    data: Mapping[str, Fact[DataProfile]] = field(default_factory=dict)
    people: Mapping[str, Fact[Person]] = field(default_factory=dict)
    texts: Mapping[str, Fact[str]] = field(default_factory=dict)  # small linked files, like "eval.threshold_source"
    rows: Mapping[str, Fact[tuple[str, ...]]] = field(default_factory=dict)  # ids, like "failure.modes[0].rows"
    human_checks: Mapping[str, Fact[HumanChecks]] = field(default_factory=dict)  # "eval.judge.human_checks"
    samples: Mapping[str, Fact[Composition]] = field(default_factory=dict)  # "data.production_sample"
    grader_tests: Mapping[str, Fact[GraderTests]] = field(default_factory=dict)  # "training.grader.tests"
    latencies: Mapping[str, Fact[Latency]] = field(default_factory=dict)  # "ops_cost.latency.artifact"
    usage: Mapping[str, Fact[Usage]] = field(default_factory=dict)  # "ops_cost.volume.source"
    values: Mapping[str, Fact[MonthlyValue]] = field(default_factory=dict)  # "ops_cost.benefit.artifact"
    leads: Mapping[str, Fact[tuple[Consent, ...]]] = field(default_factory=dict)  # "pull_request": leads who approve it
    configs: Mapping[str, Fact[TrainingConfig]] = field(default_factory=dict)  # "training.config"
    servings: Mapping[str, Fact[ServingConfig]] = field(default_factory=dict)  # "serving.config"
    platforms: Mapping[str, Fact[Platform]] = field(default_factory=dict)  # "training.provider"
    histories: Mapping[str, Fact[History]] = field(default_factory=dict)  # of linked files; "proposal": of its own
    bars: Mapping[str, Fact[tuple[StatedBar, ...]]] = field(default_factory=dict)
    teams: Mapping[str, Fact[Team]] = field(default_factory=dict)  # by the name as typed, like "acme/ml-platform"
    consents: Mapping[str, Fact[tuple[Consent, ...]]] = field(default_factory=dict)  # "pull_request"
    schedules: Mapping[str, Fact[Schedule]] = field(default_factory=dict)  # like "owner.drift_checks.data"
    plans: Mapping[str, Fact[Plan]] = field(default_factory=dict)  # "owner.rollback", "owner.migration_plan"
    models: Mapping[str, Fact[ModelFacts]] = field(default_factory=dict)  # like "training.base_model"
    manifests: Mapping[str, Fact[Manifest]] = field(default_factory=dict)  # "data.manifest"
    refusals: Mapping[str, Fact[tuple[Refusal, ...]]] = field(default_factory=dict)  # "data.train": of the same bytes
    experiments: Mapping[str, Fact[tuple[Experiment, ...]]] = field(
        default_factory=dict
    )  # others, by the team as typed
    trainings: Mapping[str, Fact[tuple[Training, ...]]] = field(default_factory=dict)  # "pull_request": not proposed
    digests: Mapping[str, Fact[str]] = field(default_factory=dict)  # sha256 of what a manifest speaks of, by its field
