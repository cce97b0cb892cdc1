"""What does an eval artifact say? A run with its metrics and items, without any text of a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
