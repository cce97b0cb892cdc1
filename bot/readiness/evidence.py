"""What did the bot see? Facts that are known, with their source, or unavailable, with the reason.

`Known | Unavailable` is a type and not a None, so that an outage can never be mistaken for an absence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from bot.readiness.training_config import TrainingConfig

T = TypeVar("T", covariant=True)


class Grade(StrEnum):
    """How far a fact can be trusted: A attested, B rows recomputed and pinned, C pinned aggregate, D typed word."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    def reaches(self, least: "Grade") -> bool:
        """Say whether this grade is at least as good as another."""
        return self.value <= least.value


class Trouble(StrEnum):
    """Why a fact is unavailable: `definitive` counts as failed, `passing` and `not_supported` as unverified."""

    DEFINITIVE = "definitive"  # 404 at the head commit, a folder, an unknown format, beyond a cap, a blocked host
    PASSING = "passing"  # time-out, 5xx, 401/403/429, network
    NOT_SUPPORTED = "not_supported"  # a store or a reader that is not built yet
    SERVICE_ONLY = "service_only"  # offline: only the service can see it (people, approvals)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: the link as resolved, its revision (commit or None), its digest, its grade."""

    uri: str
    grade: Grade
    sha256: str | None = None
    revision: str | None = None
    size: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact that was read."""

    value: T
    source: Source


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A fact that could not be read. `reason` is a sentence for the team; `fix` says what to do."""

    reason: str
    trouble: Trouble
    fix: str | None = None


Fact = Known[T] | Unavailable


class Direction(StrEnum):
    """Which way a metric is better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class EvalItem:
    """One scored item, never its text: `key` is the sha256 of its normalised input + target, the same for repetitions.

    `score` is None when it errored or was not scored. `native_id` is the tool's own id, or the 1-based line of the row.
    `tolerant` is the score once only form stands between answer and target (None: the same as `score`), and `contradicts`
    says that answer and target contradict the score; both are found when the rows are read (`rescore`).
    """

    key: str
    native_id: str
    score: float | None
    errored: bool = False
    tolerant: float | None = None
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """What a set of examples is made of, counted over distinct ones and without their text.

    `lengths` are characters of the input, in order, thinned to 1,000 quantiles at most. `scripts` counts by the writing
    system of most letters ("LATIN", "CYRILLIC", "HAN"), `labels` by a digest of the normalised target (empty where more
    than 200 differ), `tools` by the name of a tool that was offered or called.
    """

    items: int
    lengths: tuple[int, ...] = ()
    scripts: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    tools: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvalMetric:
    """One metric of a run. `value` is the artifact's own; `recomputed` follows from its rows as its tool computes it.

    `n` is the number of scored items that the artifact states; `items` are the rows of this metric (empty: none given, or
    not the metric that was asked for). `pointer` is the JSON pointer of the value in the artifact. `rescored` names the
    kind of comparison by which rows were scored anew ("text", "number", "json", "regex"), None where they could not be.
    `name` is None where the artifact names none. `hashed` says that rows hold digests or ids of their items and no texts.
    """

    task: str
    name: str | None
    variant: str | None
    value: float | None
    stderr: float | None
    direction: Direction | None
    n: int | None
    pointer: str
    recomputed: float | None = None
    rescored: str | None = None
    items: tuple[EvalItem, ...] = ()
    composition: Composition | None = None
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class EvalReport:
    """What one run in an eval artifact says, with its rows, whatever tool wrote them.

    `run` tells the runs of one file apart (None where a file holds one). `status` is complete, partial, error or unknown;
    `limit` the number of items the run was cut to; `mock` True for a dummy model; `judge` the model that scored, where one
    did; `scorer` a digest or version of how it was scored: runs are compared only where it is the same. `rows_note` says why
    rows do not prove the value (incomplete, hashes differ), None when they do; `rows_sha256` is the digest of the file of
    rows, where that is a file of its own. `claims_only` marks numbers that somebody wrote down: no run is behind them.
    `hashed` says that rows hold digests or ids of their items and no texts, so that nothing can be scored anew.
    `holdout_digest` identifies the set of items: sha256 over their sorted distinct identities, one a line (None: no rows, or
    several sets).
    """

    format: str
    tool_version: str | None
    status: str
    model: str | None
    adapter: str | None
    started_at: str | None  # ISO 8601, UTC
    limit: float | None
    mock: bool
    metrics: tuple[EvalMetric, ...]
    has_rows: bool
    rows_note: str | None = None
    warnings: tuple[str, ...] = ()
    rows_sha256: str | None = None
    run: str | None = None
    finished_at: str | None = None  # ISO 8601, UTC
    judge: str | None = None
    scorer: str | None = None
    claims_only: bool = False
    hashed: bool = False
    holdout_digest: str | None = None


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
class RowFault:
    """One faulty row of a data set: stable code, 1-based line, one sentence."""

    code: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class LabelCount:
    """One distinct target and how many valid rows carry it."""

    label: str
    rows: int


@dataclass(frozen=True, slots=True)
class Signal:
    """Whether the targets teach behavior or knowledge, told from rows (notes: payload novelty).

    `novelty` is the share of the targets' specific words that stand in no input, `rows_with` the share of rows with such a
    word, `distinct` the share of distinct targets, `questions` the share of rows whose user asks a bare question. `rows` are
    the rows that were looked at; `lines` those that show it most, 1-based, with at most five words each.
    """

    verdict: Literal["behavior", "review", "knowledge", "too_few"]
    rows: int
    novelty: float
    rows_with: float
    distinct: float
    questions: float
    lines: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """How training rows and held-out items are set apart, by the keys that the proposal names.

    `rows` training rows with a group, `groups` different ones; `held_rows` and `held_groups` likewise; `shared` groups are in
    both. `latest` training time and `earliest` held-out time, as they are written; None where no row has one.
    """

    rows: int
    groups: int
    held_rows: int
    held_groups: int
    shared: int
    latest: str | None = None
    earliest: str | None = None


@dataclass(frozen=True, slots=True)
class Spotted:
    """What should stand in no data set, by its kind: how many rows hold it, and the first of their lines. Never the text."""

    kind: str
    rows: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LabelField:
    """How often each label stands in one place of the answers: `name` is the JSON path, "" where the whole answer is the label.

    Copies of a row count once. `rows` hold some label there, `labels` are different ones; `largest` and `fewest`, the rarest
    ones first and fifty of them at most, are named.
    """

    name: str
    rows: int
    labels: int
    largest: LabelCount
    fewest: tuple[LabelCount, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the answers of a sample of the valid rows are like.

    Of `rows` looked at, `calls` hold a tool's call. `given` hold an answer that is to be given (of a pair the chosen one, of
    thumbs those that are up); of them `refusals` plainly refuse, `perhaps` may, and `unread` are in a script in which that is
    not seen. `pairs` hold two answers: the chosen or the rejected one is longer, and in `contained` pairs the longer one holds
    the shorter one whole, with words around it that are no phrase of many pairs.
    """

    rows: int
    calls: int = 0
    given: int = 0
    refusals: int = 0
    perhaps: int = 0
    unread: int = 0
    pairs: int = 0
    chosen_longer: int = 0
    rejected_longer: int = 0
    contained: int = 0


@dataclass(frozen=True, slots=True)
class Variety:
    """How much the inputs and the answers of a sample of the valid rows differ from one another.

    `inputs` are different ones among `rows`; `template` of them are the same once numbers and names are masked, and `line` is
    the first of these. `input_bigrams` and `answer_bigrams` are the share of different pairs of neighbouring words (distinct-2,
    Li et al. 2016), over the same number of words for every set; None where there are too few words.
    """

    rows: int
    inputs: int
    template: int
    line: int
    input_bigrams: float | None = None
    answer_bigrams: float | None = None


@dataclass(frozen=True, slots=True)
class ShapeMatch:
    """How the shapes of training rows and of a production sample meet; counts of rows, never texts.

    `rows` distinct training rows, `sample` rows of the sample. `unlike` training rows whose shape the sample lacks,
    `uncovered` rows of the sample whose shape the training rows lack, both also by the part in which they differ first.
    `alone` and `sample_alone` count rows with something that no other row of their own set has: about so many another draw
    would lack by chance. `copied` of the `comparable` rows of the sample are training rows. `template`: one row with slots.
    """

    rows: int
    sample: int
    unlike: int
    unlike_in: Mapping[str, int]
    alone: int
    uncovered: int
    uncovered_in: Mapping[str, int]
    sample_alone: int
    copied: int
    comparable: int
    template: bool = False
    made_of: Composition | None = None  # the training rows
    sample_made_of: Composition | None = None


@dataclass(frozen=True, slots=True)
class DataProfile:
    """What a training file holds, counted row by row; never the rows themselves.

    `rows` all rows, `valid` rows without a fault, `effective` what is left of these after all that is `lost`.
    `losses` are the first twenty rows of each kind that are lost though they are valid; the later one of two.
    `faults` the first twenty, `fault_counts` all of them by code. `closed_set` is True when the rows show a closed
    set of targets, `labels` are then their counts. `tokens` is an estimate (characters / 4).
    """

    format: str
    rows: int
    valid: int
    effective: int
    duplicates: int
    faults: tuple[RowFault, ...]
    fault_counts: Mapping[str, int]
    closed_set: bool
    labels: tuple[LabelCount, ...]
    tokens: int
    near_duplicates: int = 0  # rows that are nearly the same as an earlier one
    lost: Mapping[str, int] = field(
        default_factory=dict
    )  # rows by the step that they fall to, in its order: fault duplicate near_duplicate leak conflict schema shape
    losses: tuple[RowFault, ...] = ()
    conflicts: int = 0  # rows whose input stood before, with another target
    conflict_lines: tuple[
        tuple[int, int], ...
    ] = ()  # the first of them, each with the line where its input stood first
    leaked: int | None = None  # rows that are in the held-out set; None: none was looked at
    leaked_lines: tuple[int, ...] = ()  # the first of them
    leaked_items: tuple[str, ...] = ()  # keys of the held-out items that they are
    held_out: int = 0  # distinct items of the held-out set that was looked at
    holdout: Unavailable | None = None  # why the held-out set was not looked at, though it is linked
    misfits: int | None = None  # valid rows whose target the output's schema refuses; None: held to none
    constrained: bool = False  # that schema leaves only a choice: enums, or patterns that say nearly all
    calling: int = 0  # valid rows whose target calls tools
    calling_nothing: int = 0  # of them, rows that offer no tool: nothing that the call could be held to
    schema: Unavailable | None = None  # why rows were not held to the output's schema, though it is linked
    shapes: ShapeMatch | None = None  # None: not compared with production
    production: Unavailable | None = None  # why rows were not compared with production, though a sample is linked
    sources: Mapping[str, int] = field(default_factory=dict)  # valid rows by the value under `data.source_key`
    split: Split | None = None  # None: no key is named
    signal: Signal | None = None
    secrets: tuple[Spotted, ...] = ()
    personal: tuple[Spotted, ...] = ()
    keys_missing: Mapping[str, int] = field(default_factory=dict)  # valid rows without each of the grader's keys
    keys_missing_first: Mapping[str, int] = field(default_factory=dict)  # the first line of them
    answers: Answers | None = None  # None: not looked at
    variety: Variety | None = None
    label_fields: tuple[LabelField, ...] | None = None  # None: too many different answers, or none


@dataclass(frozen=True, slots=True)
class Person:
    """An account as GitHub knows it: numeric id (logins are renamed), type, and its tie to the repository.

    `member` True for a member of the organisation, `permission` the collaborator permission (admin, write, read, none).
    """

    login: str
    id: int
    type: str
    member: bool
    permission: str

    @property
    def may_own(self) -> bool:
        """A person's account, member of the organisation or collaborator with write."""
        return self.type == "User" and (self.member or self.permission in ("admin", "maintain", "write"))


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the repository's organisation: its name as in addresses, its numeric id (teams are renamed), its size.

    `members` is None where the forge does not say it.
    """

    slug: str
    id: int
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody stands behind the pull request: as its author, by an approving review, or by a comment that says so.

    `id` is the account's number. `commit` is the head that a review approved. `outdated` says that it approved another head
    than the present one, and that what the proposal says of its owner has changed since, or was not seen then.
    """

    login: str
    id: int
    how: Literal["author", "review", "comment"]
    commit: str | None = None
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something runs by itself: its expressions as written ("0 6 * * 1"), and the longest gap between two runs in days.

    `kind` says of what it is: "workflow", "cron", "rules" (evaluated all the time) or "code".
    """

    kind: str
    expressions: tuple[str, ...]
    longest_gap: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a written plan holds: how many words and steps, and whether it says to what one goes back. Never its text."""

    words: int
    steps: int
    names_target: bool


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
    configs: Mapping[str, Fact[TrainingConfig]] = field(default_factory=dict)  # "training.config"
    histories: Mapping[str, Fact[History]] = field(default_factory=dict)  # of linked files; "proposal": of its own
    bars: Mapping[str, Fact[tuple[StatedBar, ...]]] = field(default_factory=dict)
    teams: Mapping[str, Fact[Team]] = field(default_factory=dict)  # by the name as typed, like "acme/ml-platform"
    consents: Mapping[str, Fact[tuple[Consent, ...]]] = field(default_factory=dict)  # "pull_request"
    schedules: Mapping[str, Fact[Schedule]] = field(default_factory=dict)  # like "owner.drift_checks.data"
    plans: Mapping[str, Fact[Plan]] = field(default_factory=dict)  # "owner.rollback"
