"""What does the profile of a training file look like that a case describes by counts?"""

from collections.abc import Callable
from typing import Any

from bot.readiness.cases.of_evals import composition
from bot.readiness.data_profile import (
    Answers,
    DataProfile,
    LabelCount,
    LabelField,
    RowFault,
    Sampled,
    ShapeMatch,
    Signal,
    Split,
    Spotted,
    Variety,
)
from bot.readiness.fact import Trouble, Unavailable


def data_profile(entry: dict[str, Any]) -> DataProfile:
    """Build a profile from counts; `answers`, `variety` and `label_fields` are those of good rows where nothing is said."""
    rows = entry["rows"]
    faults = tuple(RowFault(f["code"], f["line"], "is faulty") for f in entry.get("faults", ()))
    faulty, copies = entry.get("faulty", len(faults)), entry.get("copies", 0)
    codes = {fault.code for fault in faults}
    return DataProfile(
        format="openai-chat",
        rows=rows,
        valid=rows - faulty,
        effective=rows - faulty - copies,
        duplicates=copies,
        faults=faults,
        fault_counts=dict.fromkeys(codes, faulty) if codes else {},
        closed_set="labels" in entry,
        labels=tuple(LabelCount(f"label-{n}", 10) for n in range(entry.get("labels", 0))),
        tokens=entry.get("tokens", rows * 100),
        conflicts=entry.get("conflicts", 0),
        conflict_lines=tuple(map(tuple, entry.get("conflict_lines", ()))),
        leaked=entry.get("leaked", 0),
        leaked_lines=tuple(entry.get("leaked_lines", ())),
        leaked_items=tuple(entry.get("leaked_items", ())),
        held_out=entry.get("held_out", 200),
        holdout=Unavailable(entry["no_holdout"], Trouble.PASSING) if "no_holdout" in entry else None,
        misfits=entry.get("misfits", 0),
        losses=tuple(RowFault(f["code"], f["line"], f.get("message", "is lost")) for f in entry.get("losses", ())),
        schema=Unavailable(entry["no_schema"], Trouble(entry.get("schema_trouble", "passing")))
        if "no_schema" in entry
        else None,
        shapes=None if entry.get("shapes", {}) is None else shapes(rows, entry.get("shapes", {})),
        production=Unavailable(entry["no_production"], Trouble(entry.get("production_trouble", "passing")))
        if "no_production" in entry
        else None,
        constrained=entry.get("constrained", False),
        calling=entry.get("calling", 0),
        calling_nothing=entry.get("calling_nothing", 0),
        split=Split(
            **{"rows": 500, "groups": 100, "held_rows": 200, "held_groups": 40, "shared": 0} | (entry["split"] or {})
        )
        if "split" in entry
        else None,
        sources=entry.get("sources", {}),
        keys_missing=entry.get("keys_missing", {}),
        keys_missing_first=entry.get("keys_missing_first", {}),
        signal=Signal(**entry["signal"]) if "signal" in entry else None,
        secrets=tuple(Spotted(kind, len(lines), tuple(lines)) for kind, lines in entry.get("secrets", {}).items()),
        personal=tuple(Spotted(kind, len(lines), tuple(lines)) for kind, lines in entry.get("personal", {}).items()),
        answers=_looked_at(Answers, entry, "answers", {"rows": min(rows, 1000)}),
        variety=_looked_at(
            Variety, entry, "variety", {"rows": 500, "inputs": 500, "template": 1, "line": 1, "input_bigrams": 0.5}
        ),
        sampled=Sampled(**entry["sampled"]) if "sampled" in entry else None,
        label_fields=_label_fields(entry.get("label_fields", {"": {"a": rows // 2, "b": rows // 2}})),
    )


def _looked_at(kind: Callable[..., Any], entry: dict[str, Any], name: str, good: dict[str, Any]) -> Any:
    given = entry.get(name, {})
    return None if given is None else kind(**{**good, **given})


def _label_fields(entry: dict[str, dict[str, int]] | None) -> tuple[LabelField, ...] | None:
    """Build fields from `name: {label: rows}`."""
    if entry is None:
        return None
    fields = []
    for name, labels in entry.items():
        counts = sorted((LabelCount(str(label), rows) for label, rows in labels.items()), key=lambda each: each.rows)
        fields.append(LabelField(name, sum(labels.values()), len(counts), counts[-1], tuple(counts[:50])))
    return tuple(fields)


def shapes(rows: int, entry: dict[str, Any]) -> ShapeMatch:
    """Build how training rows and a production sample meet; what is not said is alike."""
    made: dict[str, Any] = {name: composition(entry[name]) for name in ("made_of", "sample_made_of") if name in entry}
    parts = {name: {"instructions": entry[name[:-3]]} for name in ("unlike_in", "uncovered_in") if entry.get(name[:-3])}
    counts: dict[str, Any] = {
        "rows": rows,
        "sample": 300,
        "unlike": 0,
        "alone": 0,
        "uncovered": 0,
        "sample_alone": 0,
        "copied": 0,
    }
    counts |= {"comparable": entry.get("sample", 300), "unlike_in": {}, "uncovered_in": {}, "template": False}
    return ShapeMatch(**{**counts, **parts, **entry, **made})
