"""How are adapters shown at a terminal, as JSON and as CSV?"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.lifecycle.adapter import Adapter, Cycle
from bot.lifecycle.dates import due_state
from bot.lifecycle.stages import Reason
from bot.readiness.wording import count
from bot.report.markdown import visible

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = ("adapter", "repository", "stage", "due", "state", "owner", "conditions")


def as_dict(adapter: Adapter, today: date) -> dict[str, Any]:
    """Turn an adapter into JSON; `state` is how near its deadline is."""
    known, cycle = adapter.particulars, adapter.cycle
    return {
        "account": known.account,
        "adapter": known.name,
        "repository": known.repository,
        "proposal": known.path,
        "stage": adapter.stage.value,
        "owner": known.owner,
        "backup": known.backup,
        "team": known.team,
        "leads": list(known.leads),
        "base_model": known.base_model,
        "provider": known.provider,
        "revalidate_every": known.every,
        "until": known.until.isoformat() if known.until else None,
        "time_zone": known.time_zone,
        "artifact": adapter.artifact,
        "digest": adapter.digest,
        "merge_sha": known.merge_sha,
        "review": known.review_id,
        "anchor": adapter.anchor.isoformat() if adapter.anchor else None,
        "due_on": cycle.due_on.isoformat() if cycle else None,
        "waits_for": _waits_for(cycle),
        "state": due_state(cycle.due_on, today).value if cycle else None,
        "conditions": [opened.condition.value for opened in adapter.conditions],
    }


def as_text(adapters: Sequence[Adapter], today: date) -> str:
    """List adapters in columns, and how many there are."""
    rows = [_HEAD, *(_row(one, today) for one in adapters)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*(lines if adapters else ()), f"{count(len(adapters), 'adapter')}."]) + "\n"


def as_csv(adapters: Iterable[Adapter], today: date) -> str:
    """Write adapters as CSV, which no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer: Any = None
    for one in adapters:
        row = {name: _cell(value) for name, value in as_dict(one, today).items()}
        if writer is None:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
        writer.writerow(row)
    return out.getvalue()


def in_full(adapter: Adapter, past: Sequence[Cycle], events: Sequence[Mapping[str, Any]], today: date) -> str:
    """Show one adapter: all that is known, its cycles and what happened to it, newest first."""
    shown = as_dict(adapter, today)
    lines = [f"{name:17}{visible(_shown(value), 200)}" for name, value in shown.items() if value not in (None, [], "")]
    lines += ["", "cycles"]
    lines += [
        f"  {one.number}: {one.reason}, {one.opened_on} to {one.due_on}, "
        f"{f'{one.outcome} on {one.closed_on}' if one.outcome else 'open'}"
        for one in past
    ]
    lines += ["", "events"]
    lines += [f"  {row['on']} {row['event']} by {visible(str(row['by']), 60)}" + _why(row["proof"]) for row in events]
    return "\n".join(lines) + "\n"


def _waits_for(cycle: Cycle | None) -> str | None:
    if cycle is None:
        return None
    return "artifact" if cycle.reason is Reason.REGISTRATION else "revalidation"


def _row(adapter: Adapter, today: date) -> tuple[str, ...]:
    shown = as_dict(adapter, today)
    return (
        visible(shown["adapter"], 40),
        visible(shown["repository"], 50),
        shown["stage"],
        shown["due_on"] or "-",
        shown["state"] or "-",
        visible(shown["owner"], 40),
        " ".join(shown["conditions"]) or "-",
    )


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cell(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _why(proof: Mapping[str, Any]) -> str:
    return f": {visible(str(proof['why']), 200)}" if proof.get("why") else ""
