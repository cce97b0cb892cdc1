"""What do a model's card and its `.eval_results` claim? Numbers that somebody wrote down: no run is behind them.

A card holds them in its front matter under `model-index`, one model or several; a file of `.eval_results` is a list of a
data set and a value each. Neither holds N or a direction, and a value may be a share or a percentage: 0.715 and 71.5.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.readiness import strict_yaml
from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources.evals.format import Document, Format, instant, listing, mapping, named, number, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.evals.runs import told_apart
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

CARD = "Hugging Face model card"
RESULTS = "Hugging Face .eval_results"
_FRONT = re.compile(rb"\xef\xbb\xbf?---[ \t]*\r?\n|---[ \t]*\r?\n")
_END = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)
_KEY = re.compile(rb"^[A-Za-z_][\w-]*[ \t]*:", re.MULTILINE)
_ENTRY = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:---[ \t]*\r?\n)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*-[ \t]+(?:dataset|value|data)[ \t]*:"
)
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")
_MAX_METRICS = 1_000


def begins_like_one(artifact: bytes) -> bool:
    """Say, by the first bytes, whether a text that is no JSON may be a card or a file of `.eval_results`."""
    return bool(_ENTRY.match(artifact[:20_000])) or _front_matter(artifact) is not None


def is_card(document: Document) -> bool:
    """Say whether this is a model card."""
    return document.head is None and not _ENTRY.match(document.raw[:20_000]) and _front_matter(document.raw) is not None


def are_results(document: Document) -> bool:
    """Say whether this is a file of `.eval_results`, or the same as JSON."""
    if document.head is None:
        return bool(_ENTRY.match(document.raw[:20_000]))
    first = document.head[0] if isinstance(document.head, list) and document.head else None
    entry = mapping(mapping(first).get("data", first))
    return isinstance(entry.get("dataset"), dict) and "value" in entry


def read_card(document: Document, rows: bytes | None, _: Wanted) -> tuple[EvalReport, ...]:
    """Read what a card claims of each of its models; raises Unreadable."""
    _no_rows(rows)
    data = mapping(_yaml(_front_matter(document.raw) or b"", "The front matter of the model card", above=1))
    index = listing(data.get("model-index"))
    if not index:
        raise Unreadable(
            "The artifact is a model card without results: its front matter holds no `model-index`.",
            "Link the results of your eval run itself, with their rows.",
        )
    base = data.get("base_model")
    bases = [base] if isinstance(base, str) else listing(base)
    model = text(bases[0]) if len(bases) == 1 else None
    entries = [mapping(entry) for entry in index]
    runs = told_apart([(text(entry.get("name")) or "", "") for entry in entries])
    found = []
    for place, (entry, run) in enumerate(zip(entries, runs, strict=True)):
        metrics = _metrics(list(_claims_of(entry, ("model-index", place))))
        found.append(_report(CARD, metrics, model=model or text(entry.get("name")), run=run))
    return tuple(found)


def read_results(document: Document, rows: bytes | None, _: Wanted) -> tuple[EvalReport, ...]:
    """Read what a file of `.eval_results` claims; raises Unreadable."""
    _no_rows(rows)
    given = document.head if document.head is not None else _yaml(document.raw, "The artifact")
    claims, dates = [], []
    for place, one in enumerate(listing(given)):
        entry = mapping(mapping(one).get("data", one))
        data = mapping(entry.get("dataset"))
        if "value" not in entry or text(data.get("id")) is None:
            raise Unreadable(
                f"Entry {place + 1} of the artifact has no `dataset` with an `id`, or no `value`.",
                "Write each entry as Hugging Face describes `.eval_results`.",
            )
        # a draft of the form had configuration and split in place of the task
        part = " ".join(filter(None, (text(data.get(key)) for key in ("task_id", "config", "split"))))
        at = (place, "data", "value") if "data" in mapping(one) else (place, "value")
        claims.append(
            _Claim(text(data.get("id")) or "", None, part or None, text(entry.get("notes")), entry["value"], at)
        )
        dates.append(instant(date) if isinstance(date := entry.get("date"), str) else None)
    if not claims:
        raise Unreadable("The artifact holds no results.", "Link the results of your eval run itself, with their rows.")
    known = [date for date in dates if date is not None]
    started = min(known) if len(known) == len(dates) else None
    return (_report(RESULTS, _metrics(claims), started_at=started),)


CARD_FORMAT = Format(CARD, is_card, read_card)
RESULTS_FORMAT = Format(RESULTS, are_results, read_results)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A number as it was written down, and where. `detail` tells claims apart that are otherwise named alike."""

    task: str
    name: str | None
    variant: str | None
    detail: str | None
    value: Any
    at: Sequence[str | int]


def _front_matter(raw: bytes) -> bytes | None:
    """Cut out what stands between the first two lines of dashes; None where a text has none that looks like keys."""
    begin = _FRONT.match(raw)
    end = _END.search(raw, begin.end()) if begin else None
    if begin is None or end is None:
        return None
    found = raw[begin.end() : end.start()]
    return found if _KEY.search(found) else None


def _yaml(raw: bytes, what: str, *, above: int = 0) -> Any:
    document = strict_yaml.load(raw)
    if document.problems:
        first = document.problems[0]
        raise Unreadable(
            f"{what} cannot be read: line {first.line + above}: {first.message}",
            "Correct that line, or link the results of your eval run itself, with their rows.",
        )
    return document.data


def _no_rows(rows: bytes | None) -> None:
    if rows is not None:
        raise Unreadable(
            "Rows are linked beside numbers that somebody wrote down: they cannot be of a run.",
            "Link the results of the run that the rows are of as `artifact`, or leave `artifact` out.",
        )


def _claims_of(model: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[_Claim]:
    for n, result in enumerate(map(mapping, listing(model.get("results")))):
        data = mapping(result.get("dataset"))
        task = text(data.get("type")) or text(data.get("name")) or text(mapping(result.get("task")).get("type")) or ""
        variant = " ".join(filter(None, (text(data.get(key)) for key in ("config", "split")))) or None
        for m, metric in enumerate(map(mapping, listing(result.get("metrics")))):
            name, detail = text(metric.get("type")), text(metric.get("name"))
            yield _Claim(
                task, name or detail, variant, detail, metric.get("value"), (*at, "results", n, "metrics", m, "value")
            )


def _metrics(claims: list[_Claim]) -> tuple[EvalMetric, ...]:
    if len(claims) > _MAX_METRICS:
        raise Unreadable(f"The artifact holds more than {_MAX_METRICS:,} metrics.", "Link a file with fewer.")
    often = Counter((claim.task, claim.name, claim.variant) for claim in claims)
    taken = Counter[tuple[str, str | None, str | None]]()
    found = []
    for claim in claims:
        variant = claim.variant
        if often[claim.task, claim.name, variant] > 1:
            variant = " ".join(filter(None, (variant, claim.detail))) or None
        key = (claim.task, claim.name, variant)
        taken[key] += 1
        if taken[key] > 1:
            variant = " ".join(filter(None, (variant, f"({taken[key]})")))
        named(claim.task, claim.name, variant)
        found.append(
            EvalMetric(
                task=claim.task,
                name=claim.name,
                variant=variant,
                value=_value(claim.value),
                stderr=None,
                direction=None,
                n=None,
                pointer=pointer(*claim.at),
            )
        )
    return tuple(found)


def _value(given: Any) -> float | None:
    """Take a value as a number, also one in quotes; anything else, like "71.5 %", is none."""
    if isinstance(given, bool):
        return None
    return float(given) if isinstance(given, str) and _NUMBER.fullmatch(given.strip()) else number(given)


def _report(
    name: str,
    metrics: tuple[EvalMetric, ...],
    *,
    model: str | None = None,
    run: str | None = None,
    started_at: str | None = None,
) -> EvalReport:
    return EvalReport(
        format=name,
        tool_version=None,
        status="unknown" if metrics else "error",
        model=model,
        adapter=None,
        started_at=started_at,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=False,
        warnings=tuple(_warnings(metrics)),
        run=run,
        claims_only=True,
    )


def _warnings(metrics: tuple[EvalMetric, ...]) -> Iterator[str]:
    yield "its numbers were written down by somebody: no run is behind them"
    small = next((m for m in metrics if m.value is not None and 0 < m.value <= 1), None)
    large = next((m for m in metrics if m.value is not None and m.value > 1), None)
    if small and large:
        yield f"percentages or shares? {_said(large)} stands beside {_said(small)}; both are taken as they are written"
    elif one := small or large:
        yield f"it does not say whether {_said(one)} is a percentage or a share; it is taken as it is written"
    if none := [metric for metric in metrics if metric.value is None]:
        yield f"{len(none):,} of its values are no numbers"


def _said(metric: EvalMetric) -> str:
    return f"{metric.value:g} of `{printable(metric.name or metric.task)}`"
