"""How does a code scanner read the findings? As SARIF 2.1.0, one rule a check, one result a finding."""

from typing import Any

from bot.readiness.check import Check
from bot.readiness.finding import Outcome
from bot.readiness.verdict import Judged, Level
from bot.report.answer import Answer, Answered
from bot.report.check_run import in_words, line_of

_LEVEL = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "none"}
_KIND = {
    Outcome.PASSED: "pass",
    Outcome.FAILED: "fail",
    Outcome.UNVERIFIED: "open",
    Outcome.NOT_APPLICABLE: "notApplicable",
    Outcome.WAIVED: "review",
    Outcome.BROKEN: "open",
}


def sarif(answer: Answer, checks: tuple[Check, ...], version: str) -> dict[str, Any]:
    """Render an answer as a SARIF log; `checks` is the table of checks, `version` the bot's."""
    rules = [{"id": check.id, "shortDescription": {"text": check.title}} for check in checks]
    known = {check.id for check in checks} | {"proposal"}
    findings = [judged.finding.check for answered in answer.proposals for judged in answered.verdict.judged]
    own = dict.fromkeys(name for name in findings if name not in known)
    rules += [{"id": name, "shortDescription": {"text": "A rule of the organisation's own."}} for name in own]
    rules.append({"id": "proposal", "shortDescription": {"text": "Is the proposal well formed?"}})
    driver = {"name": "tunegate", "version": version, "rules": rules}
    results = [_result(a, j) for a in answer.proposals for j in a.verdict.judged]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _result(answered: Answered, judged: Judged) -> dict[str, Any]:
    kind = _KIND[judged.finding.outcome]
    level = _LEVEL[judged.level]
    if judged.finding.remark and kind == "pass":
        kind = "fail"  # SARIF gives a level only to what fails: a remark is a failure of level warning
    return {
        "ruleId": judged.finding.check,
        "kind": kind,
        "level": level if kind == "fail" else "none",
        "message": {"text": in_words(judged)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": answered.path},
                    "region": {"startLine": line_of(answered, judged)},
                }
            }
        ],
    }
