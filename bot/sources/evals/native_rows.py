"""Which row belongs to which metric? Rows in our form, or a table whose columns are named as tools name them.

docs/native-eval-format.md is the specification.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import LONGEST_NAME, number, plain
from bot.sources.evals.items import MAX_SCORES, Filler, Row, Wanted, too_many_scores
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

FIX = "Compare the file with docs/native-eval-format.md."
# how tools name what a row holds; of several the first that is there
INPUTS = ("input", "user_input", "question", "prompt")
TARGETS = ("target", "reference", "expected", "expected_output", "ideal", "label")
OUTPUTS = ("output", "response", "answer", "prediction", "actual_output")
OWN_COLUMNS = frozenset((*INPUTS, *TARGETS, *OUTPUTS, "id", "item", "task", "error", "scores", "tools"))
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLAIN_NUMBERS = (int, float)
_WORDS = {"true": 1.0, "false": 0.0}
_NO_ERROR = ("", "false", "none", "null", "nan")
_NOT_SCORED = ("", "nan", "none", "null", "n/a")


@dataclass(slots=True)  # not frozen, as `Row`
class Sample(Row):
    """One row before its score is known. `cells` are its columns as they are; `line` is where it stands."""

    line: int = 0
    task: str | None = None
    cells: Mapping[str, Any] = field(default_factory=dict)

    def row(self, score: float | None) -> Row:
        """Give the row of one metric, by its score, to be kept."""
        return Row(self.native_id, self.input, self.target, score, self.output, self.errored, self.tools, self.hashed)


def are_rows(columns: Set[str]) -> bool:
    """Say whether columns are those of rows: what was asked, and a score, an expected answer or one that was given."""
    asked = not columns.isdisjoint((*INPUTS, "item"))
    return asked and not columns.isdisjoint(("score", "scores", "error", *TARGETS, *OUTPUTS))


def samples(raw: bytes) -> Iterator[Sample]:
    """Walk the rows of a file; raises Unreadable for one that identifies no item."""
    return starmap(sample, objects(raw))


def sample(line: int, row: Mapping[str, Any]) -> Sample:
    """Read one row; raises Unreadable where it identifies no item."""
    get = row.get
    asked, target, output = _text(row, INPUTS), _text(row, TARGETS), _text(row, OUTPUTS)
    task, error, own = get("task"), get("error"), get("id")
    if not (task is None or isinstance(task, str)):
        raise Unreadable(f"In line {line} of the rows, `task` is no text.", FIX)
    unanswered = output is None and not row.keys().isdisjoint(OUTPUTS)  # a place for an answer, and none in it
    return Sample(
        printable(str(line if own is None else own)),
        asked or "",
        target,
        None,
        output,
        unanswered or (error is not None and _went_wrong(error)),
        _tools(row) if "tools" in row else (),
        _digest(row, line) if asked is None else None,
        line,
        task,
        row,
    )


def attach(metrics: tuple[EvalMetric, ...], raw: bytes, wanted: Wanted) -> tuple[EvalMetric, ...]:
    """Give the wanted metrics of an artifact their rows; raises Unreadable, also for a row that could belong to several."""
    by_task = Counter(metric.task for metric in metrics)
    single = len(by_task) == 1
    fillers = [
        (n, metric.task, _column(metric), Filler())
        for n, metric in enumerate(metrics)
        if wanted.keeps(metric.task, metric.name, metric.variant)
    ]
    columns = {_column(metric) for metric in metrics}
    first = metrics[0].task if metrics else ""
    rows = taken = 0
    for found in samples(raw):
        rows += 1
        task = first if found.task is None else found.task
        if found.task is None and not single:
            raise Unreadable(
                f"Line {found.line} of the rows does not say its `task`, and the artifact has several.", FIX
            )
        if task not in by_task:
            raise Unreadable(f"Line {found.line} of the rows is of a task that the artifact does not hold.", FIX)
        scores = scores_of(found, columns)
        if None in scores and by_task[task] > 1:
            raise Unreadable(
                f"In line {found.line} of the rows, `score` could belong to {by_task[task]} metrics.",
                'Name them: `"scores": {"exact_match": 1, "f1": 0.8}`.',
            )
        for _, own, name, filler in fillers:
            if own != task:
                continue
            known = name if name in scores else None
            if scores and known not in scores and not found.errored:
                continue  # a row of other metrics
            taken += 1
            if taken > MAX_SCORES:
                raise too_many_scores()
            found.score = scores.get(known)
            filler.add(found)  # which keeps nothing of it
    if not rows:
        raise Unreadable("The file of rows is empty.", "Link the rows of the run, one JSON object a line.")
    filled = {n: filler.filled(metrics[n]) for n, _, _, filler in fillers}
    return tuple(filled.get(n, metric) for n, metric in enumerate(metrics))


def score_of(given: Any, line: int) -> float | None:
    """Read a score: a number, true and false, or text of a CSV file that says one; raises Unreadable."""
    if type(given) in _PLAIN_NUMBERS and 0 <= given <= 1:
        return float(given)
    if isinstance(given, str):
        said = given.strip().lower()
        if said in _NOT_SCORED:
            return None
        given = _WORDS.get(said)
        if given is None:
            try:
                given = float(said)
            except ValueError:
                given = said
    if given is None:
        return None
    score = None if isinstance(given, str) else number(given)
    if score is None:
        raise Unreadable(f"In line {line} of the rows, a score is no number.", FIX)
    return score


def scores_of(found: Sample, columns: Set[str]) -> Mapping[str | None, float | None]:
    """Find the scores of a row by the metric's name; under None the one that is of the only metric."""
    row, line = found.cells, found.line
    if "score" in row and "scores" in row:
        raise Unreadable(f"Line {line} of the rows has both `score` and `scores`.", FIX)
    if "scores" in row:
        given = row["scores"]
        if not isinstance(given, dict):
            raise Unreadable(f"In line {line} of the rows, `scores` is no object of names and numbers.", FIX)
        return {name: score_of(value, line) for name, value in given.items()}
    if not row.keys().isdisjoint(columns):
        return {name: score_of(row[name], line) for name in row if name in columns}
    return {None: score_of(row["score"], line)} if "score" in row else {}


def _column(metric: EvalMetric) -> str:
    """Name under what a metric's score stands."""
    name = metric.name or ""
    return f"{name}/{metric.variant}" if metric.variant else name


def _went_wrong(error: Any) -> bool:
    """Say whether `error` tells of one: in CSV `False` is text."""
    return error.strip().lower() not in _NO_ERROR if isinstance(error, str) else error not in (None, False)


def _text(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Write as text what stands under the first of the names that holds something."""
    for name in names:
        if (value := row.get(name)) is not None:
            return value if isinstance(value, str) else plain(value)
    return None


def _digest(row: Mapping[str, Any], line: int) -> str:
    """Identify an item whose text is not there: by the digest that the team gives, or by its id."""
    item = row.get("item")
    if isinstance(item, str) and _DIGEST.fullmatch(item.lower()):
        return item.lower()
    if item is not None and "id" not in row:
        raise Unreadable(
            f"In line {line} of the rows, `item` is no digest of 64 hexadecimal digits.",
            "Write the SHA-256 of the item there, or `input` and `target` themselves.",
        )
    if row.get("id") is None:
        raise Unreadable(f"Line {line} of the rows has no `input`.", FIX)
    return hashlib.sha256(str(row["id"]).encode("utf-8", "replace")).hexdigest()


def _tools(row: Mapping[str, Any]) -> tuple[str, ...]:
    named = row.get("tools")
    return (
        tuple(printable(name, LONGEST_NAME) for name in named if isinstance(name, str))
        if isinstance(named, list)
        else ()
    )
