"""What does a table that was logged to MLflow or W&B say? `columns` and `data`: one item a row, scores in columns.

A table names no tool, no run and no time. Its columns are told by their usual names; each other column of numbers, or of
true and false, is a metric. The same table is the rows of a run of MLflow or W&B.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals import columns as names
from bot.sources.evals.format import Document, Format, listing, mapping, named, no_rows, number, plain, pointer
from bot.sources.evals.items import Row, Wanted, fill
from bot.sources.evals.native import attach
from bot.sources.evals.rows import MAX_ROWS, MAX_WHOLE_BYTES, table
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "logged table"
_MAX_COLUMNS = 1_000
_FIX = "Link the table as the tool logged it: `mlflow.log_table(...)`, or `wandb.Table` with a column of scores."
_TABLE = re.compile(rb'\s*\{\s*"(?:columns|data|_type|column_types|ncols|nrows|log_mode|_\w+)"\s*:')
_SAYS_RIGHT = re.compile(r"exact|match|correct|accura|(?:^|_)(?:em|acc)(?:$|_)")
_NO_NUMBER = ("nan", "inf", "infinity", "+inf", "-inf", "-infinity", "")
# what an aggregate is called beside its column: MLflow's `exact/mean` is the mean of `exact`, or of `exact/score`
_MEAN = "/mean"
_OF_ROWS = ("", "/value", "/score")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, and what its columns mean."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    input: str | None
    target: str | None
    output: str | None
    id: str | None
    error: str | None
    scores: tuple[str, ...]

    @property
    def told_apart_by(self) -> str | None:
        """Say by what rows are told apart where no input does it; None where one does."""
        return None if self.input else f"`{printable(self.id)}`" if self.id else "their place"

    def of(self, column: str) -> Iterator[Row]:
        """Walk the rows of a metric."""
        texts = bool(_SAYS_RIGHT.search(names.folded(column)))
        for place, row in enumerate(self.rows, 1):
            native_id = plain(row[self.id]) if self.id and row[self.id] is not None else str(place)
            output = row[self.output] if self.output else None
            target = row[self.target] if self.target else None
            yield Row(
                native_id=printable(native_id),
                input=plain(row[self.input]) if self.input else "",
                target=None if target is None else plain(target),
                score=number(row[column]),
                output=plain(output) if texts and output is not None and not isinstance(output, dict | list) else None,
                errored=bool(self.error) and row[self.error or ""] not in (None, False, "", 0),
                hashed=None if self.input else hashlib.sha256(native_id.encode("utf-8", "replace")).hexdigest(),
            )

    def column_of(self, metric: str) -> str | None:
        """Find the column of scores that a metric is the mean of."""
        bases = dict.fromkeys((metric, metric.removesuffix(_MEAN)))
        return next((base + end for base in bases for end in _OF_ROWS if base + end in self.scores), None)


def recognises(document: Document) -> bool:
    """Say whether this is a table of columns and rows."""
    head = mapping(document.head)
    return isinstance(head.get("columns"), list) and isinstance(head.get("data"), list)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a table alone; raises Unreadable."""
    no_rows(rows, NAME)
    held = understood(document.head)
    if not held.scores:
        raise Unreadable("The table has no column of numbers that could be scores.", _FIX)
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status="unknown",
        model=None,
        adapter=None,
        started_at=None,
        limit=None,
        mock=False,
        metrics=tuple(_metric(held, column, wanted) for column in held.scores),
        has_rows=True,
        warnings=warnings(held),
    )
    return (report,)


FORMAT = Format("a table logged to MLflow or W&B", recognises, read)


def attached(
    metrics: tuple[EvalMetric, ...], rows: bytes, wanted: Wanted
) -> tuple[tuple[EvalMetric, ...], str | None, tuple[str, ...]]:
    """Give the metrics of a run their rows: of a logged table, or of rows in our own form; raises Unreadable.

    Returns the metrics, why the rows do not prove the one that is asked for (None: they may), and what is to be told.
    """
    if _TABLE.match(rows[:400]):
        held = understood(_parsed(rows))
        filled, told = tuple(_with_column(metric, held, wanted) for metric in metrics), warnings(held)
    else:
        filled, told = _with_rows(metrics, rows, wanted), ()
    asked = [metric for metric in filled if wanted.keeps(metric.task, metric.name, metric.variant)]
    if wanted.name is not None and asked and not any(metric.items for metric in asked):
        return filled, f"they hold no scores of `{printable(wanted.name)}`", told
    return filled, None, told


def understood(head: Any) -> Table:
    """Read a table and tell what its columns mean; raises Unreadable."""
    given = mapping(head)
    if len(listing(given.get("columns"))) > _MAX_COLUMNS or len(listing(given.get("data"))) > MAX_ROWS:
        raise Unreadable(
            f"The table is larger than {_MAX_COLUMNS:,} columns and {MAX_ROWS:,} rows, beyond which it is not read.",
            "Link a smaller table.",
        )
    rows = tuple(row for _, row in table(given.get("columns"), given.get("data")))
    if not rows:
        raise Unreadable("The table holds no row.", _FIX)
    heads = tuple(rows[0])
    output = names.find(heads, names.OUTPUTS)
    told = {
        "input": names.find(heads, names.INPUTS),
        "target": names.find(heads, names.TARGETS) or (names.find(heads, names.MAYBE_TARGETS) if output else None),
        "output": output,
        "id": names.find(heads, names.IDS),
        "error": names.find(heads, names.ERRORS),
    }
    other = set(told.values())
    no_scores = (*names.IDS, *names.PLACES, *names.MAYBE_TARGETS)
    scores = tuple(
        column
        for column in heads
        if column not in other
        and column
        and not column.startswith("_")
        and names.folded(column) not in no_scores
        and _is_scored([row[column] for row in rows])
    )
    return Table(columns=heads, rows=rows, scores=scores, **told)


def warnings(held: Table) -> tuple[str, ...]:
    """Say what is not known of a table's rows."""
    by = held.told_apart_by
    return (f"the table has no column of inputs, so that its rows are told apart by {by}",) if by else ()


def _is_scored(cells: list[Any]) -> bool:
    """Say whether a column holds scores: numbers, or true and false; a cell may be empty, or no number."""
    numbers = [cell for cell in cells if isinstance(cell, bool | int | float)]
    others = (cell for cell in cells if cell is not None and not isinstance(cell, bool | int | float))
    return bool(numbers) and all(isinstance(cell, str) and cell.lower() in _NO_NUMBER for cell in others)


def _metric(held: Table, column: str, wanted: Wanted) -> EvalMetric:
    named("", column, None)
    scores = [score for row in held.rows if (score := number(row[column])) is not None]
    at = pointer("columns", held.columns.index(column))
    value = fmean(scores) if scores else None
    bare = EvalMetric("", column, None, value=value, stderr=None, direction=None, n=len(scores), pointer=at)
    return fill(bare, held.of(column)) if wanted.keeps("", column, None) else bare


def _with_column(metric: EvalMetric, held: Table, wanted: Wanted) -> EvalMetric:
    column = held.column_of(metric.name or "")
    if column is None or not wanted.keeps(metric.task, metric.name, metric.variant):
        return metric
    return fill(metric, held.of(column))


def _with_rows(metrics: tuple[EvalMetric, ...], rows: bytes, wanted: Wanted) -> tuple[EvalMetric, ...]:
    """Give metrics rows in our own form, where `exact/mean` stands under `exact`."""
    asked = wanted if wanted.name is None else replace(wanted, name=wanted.name.removesuffix(_MEAN))
    bare = tuple(replace(metric, name=(metric.name or "").removesuffix(_MEAN)) for metric in metrics)
    filled = attach(bare, rows, asked)
    return tuple(
        replace(found, name=metric.name) if wanted.keeps(metric.task, metric.name, metric.variant) else metric
        for metric, found in zip(metrics, filled, strict=True)
    )


def _parsed(rows: bytes) -> Any:
    try:
        found = strict_json.loads(rows, max_bytes=MAX_WHOLE_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The table that is linked as `rows` {bad}.", _FIX) from bad
    if not recognises(Document(rows, found)):
        raise Unreadable("The file that is linked as `rows` has no list of `columns` and of `data`.", _FIX)
    return found
