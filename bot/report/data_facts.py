"""What does the bot see in a training file? The same facts as JSON and as lines for people."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from bot.readiness.data_profile import DataProfile
from bot.readiness.waterfall import steps
from bot.readiness.wording import count
from bot.report.markdown import visible

_SHOWN = 20


def waterfall(profile: DataProfile) -> list[dict[str, Any]]:
    """List what is left after each loss, from all rows to the effective ones."""
    return [
        {"step": "rows", "rows": profile.rows},
        *({"step": step.name, "lost": step.lost, "rows": step.left} for step in steps(profile)),
        {"step": "effective", "rows": profile.effective},
    ]


def as_json(profile: DataProfile, *, digest: str, seconds: float) -> dict[str, Any]:
    """Turn a profile into one JSON document."""
    signal = profile.signal
    return {
        "profile": profile.format,
        "rows": profile.rows,
        "valid": profile.valid,
        "effective": profile.effective,
        "waterfall": waterfall(profile),
        "faults": [
            {"line": f.line, "code": f.code, "message": f.message}
            for f in sorted((*profile.faults, *profile.losses), key=lambda fault: fault.line)
        ],
        "fault_counts": dict(profile.fault_counts),
        "exact_duplicates": profile.duplicates,
        "near_duplicates": profile.near_duplicates,
        "conflicts": profile.conflicts,
        "leaked": profile.leaked,
        "leaked_lines": list(profile.leaked_lines),
        "misfits": profile.misfits,
        "shapes": None
        if profile.shapes is None
        else asdict(replace(profile.shapes, made_of=None, sample_made_of=None)),
        "lost": dict(profile.lost),
        "losses": [{"line": f.line, "code": f.code, "message": f.message} for f in profile.losses],
        "signal": None
        if signal is None
        else {
            "verdict": signal.verdict,
            "payload_novelty": signal.novelty,
            "unsup_share": signal.rows_with,
            "distinct_out": signal.distinct,
            "question_form": signal.questions,
            "rows": signal.rows,
            "lines": [{"line": line, "words": list(words)} for line, words in signal.lines],
        },
        "secrets": [asdict(found) for found in profile.secrets],
        "personal": [asdict(found) for found in profile.personal],
        "answers": asdict(profile.answers) if profile.answers else None,
        "variety": asdict(profile.variety) if profile.variety else None,
        "label_fields": [asdict(each) for each in profile.label_fields or ()],
        "labels": {each.label: each.rows for each in profile.labels},
        "tokens": profile.tokens,
        "digest": digest,
        "seconds": round(seconds, 3),
    }


def as_text(profile: DataProfile) -> str:
    """Write the same for people; holds no control characters but line ends."""
    return "\n".join(_lines(profile)) + "\n"


def _lines(profile: DataProfile) -> Iterator[str]:
    yield f"{profile.format}: {count(profile.rows, 'row')}, {profile.effective:,} effective"
    for step in steps(profile):
        yield f"  {step.called:<20}{step.lost:>9,}{step.left:>11,} left"
    if profile.conflicts and not profile.lost.get("conflict"):
        yield f"  {'other answers':<20}{profile.conflicts:>9,}  to a question that stood before"
    if profile.leaked is not None:
        yield f"  {'held-out items':<20}{len(profile.leaked_items):>9,}  of {profile.held_out:,} are in these rows"
    if (shapes := profile.shapes) is not None:
        yield f"  {'production':<20}{shapes.uncovered:>9,}  of {count(shapes.sample, 'request')} have no counterpart in these rows"
    if profile.closed_set:
        yield f"  labels        {len(profile.labels):,}"
    if profile.signal is not None:
        signal = profile.signal
        yield (
            f"  teaches       {signal.verdict.replace('_', ' ')}: {100 * signal.novelty:.0f} % of the specific words stand in no "
            f"input, in {100 * signal.rows_with:.0f} % of the rows"
        )
    for found in (*profile.secrets, *profile.personal):
        lines = ", ".join(map(str, found.lines[:5]))
        yield f"  ! {count(found.rows, 'row')}: {found.kind} (line {lines}{' ...' if found.rows > 5 else ''})"
    for fault in sorted((*profile.faults, *profile.losses), key=lambda fault: fault.line)[:_SHOWN]:
        yield "  " + visible(f"line {fault.line:,}: {fault.code}: {fault.message}", 300)
    rest = profile.rows - profile.effective - min(len(profile.faults) + len(profile.losses), _SHOWN)
    if rest > 0:
        yield f"  and {rest:,} more; --json lists them all"
