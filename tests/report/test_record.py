"""Are histories, earlier bars, samples, people's checks and ids kept so that they are judged the same again?"""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Known
from bot.readiness.panel import deliberate
from bot.report.record import record, restore
from tests.dossiers import CASES, POLICY, TODAY, evidence, read_case, source

KINDS: dict[str, dict[str, Any]] = {
    "bars": {"base": [{"threshold": "0.9", "metric": "* / f1 / * / higher", "holdout": "h.jsonl"}], "reviews": []},
    "histories": {
        "proposal": {"versions": [["c2", "2025-12-02", "new"], ["c1", "2025-12-01", None]], "complete": False}
    },
    "samples": {
        "data.production_sample": {"items": 9, "lengths": [1, 2, 3], "scripts": {"HAN": 9}, "labels": {"a": 9}}
    },
    "human_checks": {"eval.judge.human_checks": {"rows": 2, "agreed": 1, "ids": ["a", "b"]}},
    "grader_tests": {"training.grader.tests": {"right": 2, "wrong": 1, "equal": 2}},
    "rows": {"failure.modes[0].rows": {"ids": ["a", 7]}},
    "people": {"first-owner": {"member": True}},
    "teams": {"acme/ml": {"id": 5, "members": None}},
    "consents": {"pull_request": {"by": [["first-owner", "author"], ["second-owner", "review", "outdated"]]}},
    "schedules": {"owner.drift_checks.data": {"runs": ["0 6 * * 1"], "gap": 7}},
    "servings": {
        "serving.config": {"servers": [{"model": "acme/b", "adapters": ["x"], "by_default": ["lora"]}, {"lora": True}]}
    },
    "platforms": {
        "training.provider": {
            "methods": ["sft"],
            "ended": date(2026, 1, 1),
            "offers": [{"models": ["b"], "methods": ["sft"]}],
        }
    },
    "usage": {"ops_cost.volume.source": {"per_day": 7, "days": 14, "span": 20}},
    "values": {"ops_cost.benefit.artifact": {"per_month": "4000.10", "currency": "USD"}},
    "leads": {"pull_request": {"by": [["a-lead", "review", "outdated"]]}},
    "plans": {"owner.rollback": {"words": 120, "steps": 4, "target": True}},
    "models": {
        "training.base_model": {
            "provider": "azure",
            "name": "acme-mini",
            "retires_on": "2027-01-14",
            "months_after_retirement": 12,
            "per_million": {"input": 0.15, "output": 0.6},
            "open_weights": False,
            "replacement": "acme-mini-2",
        }
    },
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gone", [False, True])
def test_a_fact_comes_back_as_it_was(kind: str, gone: bool) -> None:
    entries = {at: {"unavailable": "GitHub answered 502"} for at in KINDS[kind]} if gone else KINDS[kind]
    facts = evidence({kind: entries})
    assert kind in {field.name for field in fields(Evidence)}
    assert getattr(facts, kind)
    kept = json.loads(json.dumps(record(Known(b"", source()), facts, TODAY)))
    assert restore(kept)[1] == facts


NEW = (
    "bar-not-moved",
    "holdout-is-representative",
    "judge-calibrated",
    "grader-proven",
    "eval-fresh",
    "signal-is-stable",
    "enough-examples",
    "labels-audited",
    "owner-accepts",
    "backup-named",
    "rollback-planned",
    "drift-watched",
    "base-model-outlives-commitment",
    "prices-plausible",
    "volume-evidenced",
    "gain-justifies-cost",
)


@pytest.mark.parametrize(
    "path", [p for check in NEW for p in sorted((CASES / check).glob("*.yaml"))], ids=lambda p: p.stem
)
def test_a_case_is_judged_the_same_again(path: Path) -> None:
    dossier, _, _ = read_case(path)
    raw = Known(b"version: 1\nadapter: ticket-router\n", source())
    kept = json.loads(json.dumps(record(raw, dossier.evidence, TODAY)))
    _, facts, opened_on = restore(kept)
    again = Dossier(dossier.proposal, POLICY, facts, opened_on)
    assert deliberate(again, CHECKS) == deliberate(dossier, CHECKS)
