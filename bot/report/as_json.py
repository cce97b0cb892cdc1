"""What is the answer as data? The one JSON form that the command line prints and the service stores."""

from collections import Counter
from decimal import Context, Decimal
from typing import Any

from bot.readiness.verdict import Judged
from bot.readiness.waiver import Waiver
from bot.readiness.way import Cell, Way
from bot.readiness.working import Working
from bot.report.answer import Answer, Answered
from bot.report.check_run import line_of, line_of_step

FORMAT = 1


def as_json(answer: Answer) -> dict[str, Any]:
    """Turn an answer into JSON of format 1; `verdict` is the worst of its proposals, None when it has none."""
    return {
        "format": FORMAT,
        "verdict": answer.decision.value if answer.decision else None,
        "policy": _policy(answer),
        "proposals": [_proposal(answered) for answered in answer.proposals],
        "unproposed": [{"path": each.path, "tool": each.tool} for each in answer.unproposed],
    }


def _policy(answer: Answer) -> dict[str, Any]:
    """Say by what was judged. Under a shadow policy `would_block` counts, by check, what would block else."""
    blocking = Counter(j.finding.check for a in answer.proposals for j in a.verdict.judged if j.blocks)
    return {
        "name": answer.policy_name,
        "sha256": answer.policy_sha256,
        "shadow": answer.shadow,
        "would_block": dict(sorted(blocking.items())) if answer.shadow else None,
        "approvers": {role: None if names is None else list(names) for role, names in answer.approvers.items()},
        "waiver_days": answer.waiver_days,
        "files": list(answer.policy_files),
        "complaints": [
            {
                "file": each.place.where,
                "line": each.line,
                "message": each.message,
                "fix": each.fix,
                "grave": each.grave,
            }
            for each in answer.complaints
        ],
    }


def _proposal(answered: Answered) -> dict[str, Any]:
    verdict, step = answered.verdict, answered.verdict.next_step
    return {
        "kind": "revalidation" if answered.revalidates else "proposal",
        "path": answered.path,
        "adapter": answered.adapter,
        "cycle": answered.cycle,
        "verdict": verdict.decision.value,
        "next_step": {"check": step.check, "message": step.message, "fix": step.fix, "lever": step.lever}
        if step
        else None,
        "advice": _advice(answered, verdict.way),
        "left_to_the_service": list(verdict.left_to_the_service),
        "conditions": list(verdict.conditions),
        "waivers": [_waiver(waiver) for waiver in verdict.waivers],
        "waivers_over": [_waiver(waiver) for waiver in verdict.over],
        "waivable": [
            {"check": each.check, "role": each.role, "bound": dict(each.bound), "asked": dict(each.asked)}
            for each in verdict.waivable
        ],
        "tiers": [{"name": t.name, "reasons": list(t.reasons), "why": t.why} for t in answered.tiers],
        "items": {i.item.value: {"outcome": i.outcome.value, "holds": i.holds} for i in verdict.items},
        "findings": [_finding(answered, judged) for judged in verdict.judged],
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "name": waiver.name,
        "check": waiver.check,
        "until": waiver.until.isoformat(),
        "reason": waiver.reason,
        "requested_by": waiver.requested_by,
        "approved_by": waiver.approved_by,
        "why": waiver.why or None,
    }


def _advice(answered: Answered, way: Way) -> dict[str, Any]:
    """Write the way forward: the steps, the technique that fits, and where the proposal stands in both pictures."""
    return {
        "steps": [
            {
                "lever": step.lever.value,
                "check": step.check,
                "field": step.at or None,
                "line": line_of_step(answered, step),
                "seen": step.seen,
                "do": step.do,
            }
            for step in way.steps
        ],
        "left": way.left,
        "technique": {
            "method": way.fit.method,
            "technique": way.fit.technique,
            "why": way.fit.why,
            "named": way.fit.named,
        }
        if way.fit
        else None,
        "walk": [
            {
                "gate": g.name,
                "passage": g.passage.value,
                "seen": g.seen or None,
                "lever": g.lever.value if g.lever else None,
            }
            for g in way.walk
        ],
        "claimed": _cell(way.claimed),
        "shown": _cell(way.shown),
    }


def _cell(cell: Cell | None) -> dict[str, str] | None:
    return {"kind": cell.kind, "signal": cell.signal} if cell else None


def _finding(answered: Answered, judged: Judged) -> dict[str, Any]:
    finding = judged.finding
    return {
        "check": finding.check,
        "item": finding.item.value if finding.item else None,
        "outcome": finding.outcome.value,
        "enforcement": judged.enforcement.value,
        "level": judged.level.value,
        "where": "service" if finding.service_only else "here",
        "field": finding.at or None,
        "line": line_of(answered, judged),
        "message": finding.message,
        "remark": finding.remark,
        "fix": finding.fix,
        "condition": finding.condition,
        "grade": finding.grade.value if finding.grade else None,
        "source": finding.source,
        "rows": [{"step": step, "rows": rows} for step, rows in finding.rows],
        "working": _working(finding.working) if finding.working else None,
        "asked_by": judged.asked_by,
    }


def _working(working: Working) -> dict[str, Any]:
    """Turn a working into JSON; figures are texts of plain decimals, money to the cent: a binary fraction is no amount."""
    return {
        "currency": working.currency,
        "entries": [
            {
                "name": entry.name,
                "called": entry.called,
                "value": _plain(entry.value, 2 if entry.unit in ("money", "days") else None),
                "unit": entry.unit,
                "from": entry.origin,
                "said": entry.said(working.currency),
            }
            for entry in working.entries
        ],
    }


def _plain(value: Decimal | None, places: int | None) -> str | None:
    if value is None:
        return None
    return f"{value:.{places}f}" if places is not None else f"{Context(prec=12).plus(value).normalize():f}"
