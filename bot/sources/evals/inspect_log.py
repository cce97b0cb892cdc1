"""What does a log of Inspect say? Its `.eval` archive, of which header and summaries are read, or the same as one JSON.

A run that did not end has no results. `dataset.samples` counts the whole data set, whatever the limit: it is never N.
Model arguments and metadata may hold secrets: of them no more is told than the name of an adapter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals.format import Document, Format, count, instant, listing, mapping, no_rows, text
from bot.sources.evals.inspect_results import Stated, judge, kept, scorer, stated
from bot.sources.evals.inspect_rows import Attached, Samples, attach, samples_of
from bot.sources.evals.inspect_rules import kind_of
from bot.sources.evals.inspect_zip import MAX_MEMBER_BYTES, Archive
from bot.sources.evals.items import Wanted
from bot.sources.evals.subject import adapter_of
from bot.sources.trouble import Unreadable

NAME = "Inspect"
ZIP = b"PK\x03\x04"
_VERSION = 2
_STATUS = {"success": "complete", "error": "error", "cancelled": "partial", "started": "partial"}
_MOCK = re.compile(r"mockllm/|none(?:/none)?$")
_BEGIN = re.compile(rb'\s*\{\s*"(?:version|status|eval)"\s*:')
# texts are stepped over, also one that does not end
_NO_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|-?\b(?:NaN|Infinity)\b', re.DOTALL)
_FIX = "Link the log as Inspect wrote it."


def recognises(document: Document) -> bool:
    """Say whether this is a log of Inspect; a zip archive of anything else is told so when it is read."""
    head = mapping(document.head)
    return document.raw.startswith(ZIP) or (isinstance(head.get("eval"), dict) and "status" in head)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read the run of a log, with the samples that it holds; raises Unreadable."""
    no_rows(rows, NAME)
    if document.raw.startswith(ZIP):
        archive = Archive(document.raw)
        head = _header(archive)
        return (_report(head, _of_archive(archive, _lettered(head)), wanted),)
    return (_report(document.head, samples_of(listing(document.head.get("samples"))), wanted),)


FORMAT = Format(NAME, recognises, read)


def mended(artifact: bytes) -> bytes | None:
    """Write a log whose only fault is NaN, which Inspect writes for what it could not score, as JSON; None for others."""
    if (b"NaN" not in artifact and b"Infinity" not in artifact) or not _BEGIN.match(artifact[:1_000]):
        return None
    written = _nulls(artifact)
    return None if written == artifact else written


def _nulls(raw: bytes) -> bytes:
    return _NO_JSON.sub(lambda found: found[0] if found[0][:1] == b'"' else b"null", raw)


def _header(archive: Archive) -> Mapping[str, Any]:
    if "header.json" in archive:
        head = _json(archive, "header.json")
        if isinstance(head, dict) and isinstance(head.get("eval"), dict):
            return head
        raise Unreadable("`header.json` of the log says nothing of an eval.", _FIX)
    if archive.under("_journal/"):
        raise Unreadable(
            "The log of Inspect is unfinished: it holds the journal of a run, and no `header.json`.",
            "Let the run end, or go on with it by `inspect eval-retry FILE`, and link the log of the finished run.",
        )
    raise Unreadable(
        "The artifact is a zip archive, but no log of Inspect: it has no `header.json`.",
        "Link the file that the eval tool wrote, unpacked; of zip archives only logs of Inspect (`.eval`) are read.",
    )


def _lettered(head: Mapping[str, Any]) -> bool:
    """Say whether the samples are questions with choices, by what solved or scored them."""
    steps = listing(mapping(head.get("plan")).get("steps"))
    scores = listing(mapping(head.get("results")).get("scores"))
    solvers = {str(mapping(step).get("solver")).rpartition("/")[2] for step in steps}
    return "multiple_choice" in solvers or any(kind_of(str(mapping(one).get("scorer"))) == "choice" for one in scores)


def _of_archive(archive: Archive, choices: bool) -> Samples:
    """Read the samples by their summaries; where there are none, in full."""

    def full(name: str) -> Mapping[str, Any] | None:
        try:
            return mapping(_json(archive, name)) or None if name in archive else None
        except Unreadable:
            return None

    if "summaries.json" in archive:
        return samples_of(listing(_json(archive, "summaries.json")), full, choices=choices)
    return samples_of([_json(archive, name) for name in archive.under("samples/")])


def _json(archive: Archive, name: str) -> Any:
    raw = archive.read(name, once=not name.startswith("samples/"))
    try:
        try:
            return strict_json.loads(raw, max_bytes=MAX_MEMBER_BYTES)
        except strict_json.BadJson:
            if b"NaN" not in raw and b"Infinity" not in raw:
                raise
            return strict_json.loads(_nulls(raw), max_bytes=MAX_MEMBER_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"`{strict_json.printable(name)}` of the log {bad}.", _FIX) from bad


def _report(head: Mapping[str, Any], samples: Samples, wanted: Wanted) -> EvalReport:
    about, results, stats = (mapping(head.get(name)) for name in ("eval", "results", "stats"))
    config = mapping(about.get("config"))
    metrics = stated(head, text(about.get("task")) or "")
    asked, note = kept(metrics, wanted), _note(head, results, samples)
    epochs = max(count(config.get("epochs")) or 1, *map(len, samples.by_id.values()), 1)
    attached = {} if note else attach(asked, samples, epochs, reduced=config.get("epochs_reducer") != [])
    model = text(about.get("model"))
    given = [mapping(place) for place in (about.get("model_args"), head.get("metadata"), about.get("metadata"))]
    return EvalReport(
        format=NAME,
        tool_version=text(mapping(about.get("packages")).get("inspect_ai")),
        status=_STATUS.get(str(head.get("status")), "unknown"),
        model=model,
        adapter=adapter_of(*given),
        started_at=instant(about.get("created")) or instant(stats.get("started_at")),
        limit=_limit(config, count(mapping(about.get("dataset")).get("samples"))),
        mock=model is not None and _MOCK.match(model) is not None,
        metrics=tuple(
            attached[at].metric if (at := one.metric.pointer) in attached else _alone(one, epochs, config)
            for one in metrics
        ),
        has_rows=samples.rows > 0,
        rows_note=note,
        warnings=tuple(_warnings(head, samples, () if note else asked, attached)),
        finished_at=instant(stats.get("completed_at")),
        judge=judge(head, asked),
        scorer=scorer(head, asked),
    )


def _alone(one: Stated, epochs: int, config: Mapping[str, Any]) -> EvalMetric:
    """Give a metric without rows: N is stated in items only where the scorer counted reduced ones."""
    n = one.metric.n
    in_rows = epochs > 1 and (not one.counted or config.get("epochs_reducer") == [])
    if n is not None and in_rows:
        n = n // epochs if n % epochs == 0 else None
    return replace(one.metric, n=n)


def _note(head: Mapping[str, Any], results: Mapping[str, Any], samples: Samples) -> str | None:
    if head.get("invalidated") is True:
        return "the log marks samples of it as invalid"
    total, completed = count(results.get("total_samples")), count(results.get("completed_samples"))
    if not samples.rows:
        return None
    if samples.twice is not None:
        return f"sample `{strict_json.printable(samples.twice)}` stands twice in one epoch"
    if completed is not None and samples.rows < completed:
        return f"the log holds {samples.rows:,} of the {completed:,} samples that it says were completed"
    if total is not None and samples.rows > total:
        return f"the log holds {samples.rows:,} samples, and says that there were {total:,}"
    return None


def _limit(config: Mapping[str, Any], whole: int | None) -> float | None:
    """Find to how many samples the run was cut: by number, by a range, or by their ids; None where nothing was left out."""
    given, chosen = config.get("limit"), config.get("sample_id")
    cut: int | None = count(given)
    if isinstance(given, list) and len(given) == 2:
        first, last = count(given[0]), count(given[1])
        cut = None if first is None or last is None else max(last - first, 0)
    if chosen is not None and chosen != []:
        ids = len(chosen) if isinstance(chosen, list) else 1
        cut = ids if cut is None else min(cut, ids)
    return None if cut is None or (whole and cut >= whole) else float(cut)


def _warnings(
    head: Mapping[str, Any], samples: Samples, asked: Sequence[Stated], attached: Mapping[str, Attached]
) -> Iterator[str]:
    version = head.get("version")
    if isinstance(version, int) and version > _VERSION:
        yield f"the log is of version {version:,}; version {_VERSION} is known here"
    if samples.half:
        yield (
            f"the log shortens the texts of {samples.half:,} samples, or leaves out their choices, and does not hold them in"
            " full: those are told apart by what is left"
        )
    if samples.edited:
        yield f"scores of {samples.edited:,} samples were changed by hand after the run"
    for one in asked:
        if samples.rows and one.rows and one.metric.pointer not in attached:
            yield f"no sample holds a score of `{strict_json.printable(one.name)}`"
    yield from dict.fromkeys(told for found in attached.values() for told in found.warnings)
