"""What do the other outputs of promptfoo say? JSONL, one row a line, and CSV, one test a line with a block per prompt.

Neither holds the tool's version, its configuration or a time, so that the state of the run is not known. Every number is
reckoned from the rows; of CSV, which rounds scores to two places and holds no assertions, nothing is scored anew.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals.format import Document, Format, mapping, named, no_rows, number
from bot.sources.evals.items import Wanted
from bot.sources.evals.promptfoo import errors_told, is_mock, model_of
from bot.sources.evals.promptfoo_rows import PASS, Result, Tests, judge, result, scorer, total, with_items
from bot.sources.evals.rows import MAX_ROW_BYTES, MAX_ROWS, objects
from bot.sources.evals.runs import told_apart
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "promptfoo"
_KEYS = {"promptIdx", "testIdx", "vars"}
_MAX_METRICS = 1_000  # house: of one run
_FIX = "Link the file as promptfoo wrote it, or its JSON: `promptfoo eval --output results.json`."
_PROVIDER = re.compile(r"\[(.+?)\] (.*)", re.DOTALL)
_STATUS = {"PASS": 1.0, "FAIL": 0.0, "ERROR": None}


def recognises(document: Document) -> bool:
    """Say whether these are rows of promptfoo, one a line, or its table."""
    if isinstance(document.head, dict):
        return document.head.keys() >= _KEYS
    held = set(document.columns)
    return {"Status", "Score"} <= held and not held.isdisjoint(("Named Scores", "Grader Reason"))


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read every prompt of a JSONL or CSV output; raises Unreadable."""
    no_rows(rows, NAME)
    if isinstance(document.head, dict):
        results = [result(row, f"Line {line}") for line, row in objects(document.raw)]
    else:
        results = list(_of_table(document.raw))
    if not results:
        raise Unreadable("The table of promptfoo holds no row.", _FIX)
    grouped: dict[int, list[Result]] = defaultdict(list)
    for one in results:
        grouped[one.prompt_index].append(one)
    groups = [grouped[place] for place in sorted(grouped)]
    names = told_apart([(group[0].provider or group[0].label, group[0].label) for group in groups])
    tests = Tests(results)
    return tuple(_report(group, name, tests, wanted) for group, name in zip(groups, names, strict=True))


FORMAT = Format("promptfoo's JSONL or CSV", recognises, read)


def _report(results: list[Result], name: str, tests: Tests, wanted: Wanted) -> EvalReport:
    metrics = tuple(_metrics(results, tests, wanted))
    return EvalReport(
        format=NAME,
        tool_version=None,
        status="unknown",
        model=model_of(results),
        adapter=None,
        started_at=None,
        limit=None,
        mock=is_mock(results),
        metrics=metrics,
        has_rows=True,
        warnings=tuple(told for metric in metrics for told in errors_told(metric, results, wanted)),
        run=name,
        judge=judge(results, wanted.name, None),
        scorer=scorer(results, wanted.name),
    )


def _metrics(results: list[Result], tests: Tests, wanted: Wanted) -> Iterator[EvalMetric]:
    names = dict.fromkeys(name for one in results for name in one.named if name != PASS)
    if len(names) > _MAX_METRICS:
        raise Unreadable(
            f"A run of promptfoo holds {len(names):,} metrics; at most {_MAX_METRICS:,} are read.",
            "Name fewer metrics.",
        )
    rate = sum(one.success or 0.0 for one in results) / len(results)
    yield _filled(PASS, rate, sum(one.success is not None for one in results), results, tests, wanted)
    for name in names:
        value, held, _ = total(results, name)
        yield _filled(name, value, held, results, tests, wanted)


def _filled(name: str, value: float | None, n: int, results: list[Result], tests: Tests, wanted: Wanted) -> EvalMetric:
    named("", name, None)
    metric = EvalMetric("", name, None, value, stderr=None, direction=None, n=n, pointer="", recomputed=value)
    return with_items(metric, results, tests) if wanted.keeps("", name, None) else metric


@dataclass(frozen=True, slots=True)
class _Block:
    """The columns of one prompt: of its answer, its status, and of its named scores."""

    header: str
    answer: int
    status: int
    named: int | None

    @property
    def provider(self) -> tuple[str, str]:
        """Name provider and prompt."""
        known = _PROVIDER.fullmatch(self.header)
        return (known.group(1), known.group(2)) if known else ("", self.header)


def _of_table(raw: bytes) -> Iterator[Result]:
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The table of promptfoo is not UTF-8 text.", "Write the CSV in UTF-8.") from error
    csv.field_size_limit(MAX_ROW_BYTES)
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    try:
        header = next(reader, [])
        blocks = _blocks(header)
        for place, cells in enumerate(row for row in reader if row):
            if place >= MAX_ROWS:
                raise Unreadable(f"The table holds more than {MAX_ROWS:,} rows.", "Link fewer rows.")
            if len(cells) != len(header):
                raise Unreadable(
                    f"Line {reader.line_num} of the table has {len(cells)} cells, its header has {len(header)}.", _FIX
                )
            yield from _results(header, cells, blocks, place, reader.line_num)
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num} of the table is no CSV: {error}.", _FIX) from error


def _blocks(header: Sequence[str]) -> list[_Block]:
    starts = [place for place, name in enumerate(header) if name == "Status" and header[place + 1 :][:1] == ["Score"]]
    if not starts or starts[0] < 1:
        raise Unreadable("The table has no column of answers before its `Status`.", _FIX)
    blocks = []
    for start, end in zip(starts, [*starts[1:], len(header) + 1], strict=True):
        own = header[start : end - 1]
        at = start + own.index("Named Scores") if "Named Scores" in own else None
        blocks.append(_Block(header[start - 1], start - 1, start, at))
    return blocks


def _results(header: list[str], cells: list[str], blocks: list[_Block], place: int, line: int) -> Iterator[Result]:
    described = header[0] == "Description" and blocks[0].answer > 0
    first = 1 if described else 0
    given = dict(zip(header[first : blocks[0].answer], cells[first : blocks[0].answer], strict=True))
    for index, block in enumerate(blocks):
        status = cells[block.status]
        if status == "":
            continue  # this prompt was not asked this test
        if status not in _STATUS:
            raise Unreadable(f"Line {line} of the table has the status `{printable(status)}`.", _FIX)
        provider, label = block.provider
        yield Result(
            where=f"Line {line}",
            native_id=printable((described and cells[0]) or str(line)),
            given=given,
            prompt=(described and cells[0]) or str(place),
            output=None,
            errored=status == "ERROR",
            success=_STATUS[status],
            named=_named(cells[block.named], line) if block.named is not None else {},
            assertions=(),
            judged_by=None,
            plain_grading=False,
            provider_id=None,
            provider=provider,
            label=label,
            prompt_index=index,
        )


def _named(cell: str, line: int) -> dict[str, tuple[float, float, int]]:
    if not cell:
        return {}
    try:
        held: Any = strict_json.loads(cell.encode(), max_bytes=MAX_ROW_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The named scores in line {line} of the table {bad}.", _FIX) from bad
    scores = ((name, number(score)) for name, score in mapping(held).items())
    return {name: (score, 1.0, 1) for name, score in scores if score is not None}
