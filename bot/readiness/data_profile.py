"""What is in a training file? Counts, lines and digests of its rows, never the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.readiness.eval_report import Composition
from bot.readiness.fact import Unavailable


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
    ones first and fifty of them at most, are named where the task's output is declared to be a closed set; else their names are "".
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
class Sampled:
    """How a sample was drawn of a file that is too large to be read whole: whole rows from stretches at random places.

    `size` bytes has the file, `about` rows by their mean length in the sample. Of the `stretches`, `faulty` hold a row that
    is not valid; `longest` rows were taken of one stretch at most.
    """

    size: int
    about: int
    stretches: int
    faulty: int
    longest: int


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
    sampled: Sampled | None = None  # None: every row was counted
