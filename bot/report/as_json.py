"""What is the answer as data? The one JSON form that the command line prints and the service stores."""

from collections import Counter
from typing import Any

from bot.readiness.verdict import Judged
from bot.report.answer import Answer, Answered
from bot.report.check_run import line_of

FORMAT = 1


def as_json(answer: Answer) -> dict[str, Any]:
    """Turn an answer into JSON of format 1; `verdict` is the worst of its proposals, None when it has none."""
    return {
        "format": FORMAT,
        "verdict": answer.decision.value if answer.decision else None,
        "policy": _policy(answer),
        "proposals": [_proposal(answered) for answered in answer.proposals],
    }


def _policy(answer: Answer) -> dict[str, Any]:
    """Say by what was judged. Under a shadow policy `would_block` counts, by check, what would block else."""
    blocking = Counter(j.finding.check for a in answer.proposals for j in a.verdict.judged if j.blocks)
    return {
        "name": answer.policy_name,
        "sha256": answer.policy_sha256,
        "shadow": answer.shadow,
        "would_block": dict(sorted(blocking.items())) if answer.shadow else None,
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
        "path": answered.path,
        "adapter": answered.adapter,
        "verdict": verdict.decision.value,
        "next_step": {"check": step.check, "message": step.message, "fix": step.fix, "lever": step.lever}
        if step
        else None,
        "left_to_the_service": list(verdict.left_to_the_service),
        "conditions": list(verdict.conditions),
        "tiers": [{"name": t.name, "reasons": list(t.reasons), "why": t.why} for t in answered.tiers],
        "items": {i.item.value: {"outcome": i.outcome.value, "holds": i.holds} for i in verdict.items},
        "findings": [_finding(answered, judged) for judged in verdict.judged],
    }


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
        "asked_by": judged.asked_by,
    }
