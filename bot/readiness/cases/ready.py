"""Which proposal is ready? The one that cases build upon with `# like: ready`, and the facts that bear it out."""

from typing import Any

from bot.readiness.cases.of_evals import MADE_OF

READY = """\
version: 1
adapter: ticket-router
task: {kind: classification, output: closed_set}
failure: {kind: behavior, signal: stable, reason: classification, modes: [{name: goods-misrouted, rows: evals/goods.txt}]}
tried:
  prompt: {artifact: evals/results.json, rows: evals/rows.jsonl}
  few_shot: {artifact: evals/results.json, rows: evals/rows.jsonl}
  retrieval: {artifact: evals/results.json, rows: evals/rows.jsonl}
  structured_decoding: {artifact: evals/results.json, rows: evals/rows.jsonl}
  tool_use: {not_applicable: nothing_to_call, why: The answer is a label.}
  reasoning_model: {not_applicable: over_latency_budget, why: A label within 300 ms.}
  oracle_context: {not_applicable: input_is_complete, why: The ticket holds all that its label needs.}
eval:
  baseline: {artifact: evals/results.json, rows: evals/rows.jsonl}
  metric: {task: tickets, name: exact_match, direction: higher}
  threshold: 0.9
  threshold_source: docs/bar.md
  holdout: {path: data/holdout.jsonl, split_by: user, labels: people, sampled: {how: random, from: production, window: 2025-11}}
  regression: {not_applicable: closed_set_behind_router, why: It answers with one of two labels.}
data:
  train: {path: data/train.jsonl, examples: 500}
  production_sample: data/sample.jsonl
  output_schema: data/schema.json
  label_audit: data/audit.csv
  group_key: meta.user_id
training: {method: sft, technique: lora, base_model: acme/base-8b, base_revision: 0e9e39f249a1, config: training/config.yaml, seed: 42}
serving: {rollout: [shadow, canary]}
owner:
  primary: first-owner
  backup: second-owner
  until: 2027-01-01
  revalidate_every: P3M
  rollback: docs/rollback.md
  drift_checks: {data: .github/workflows/drift.yml, base_model: .github/workflows/drift.yml, eval: .github/workflows/drift.yml}
  retune: {cadence: P6M, triggers: [base_model]}
ops_cost:
  currency: USD
  as_of: 2025-12-01
  volume: {requests: 10000, period: day, source: docs/usage.csv}
  baseline: {unit_cost: 0.005}
  tuned: {unit_cost: 0.0003, hosting: {kind: per_token, amount: 0, period: month}}
  one_time: {training: 200, data: 0, data_source: existing-labels, eval: 0, engineer_hours: 10, hourly_rate: 100}
  maintenance: {hours_per_month: 2, revalidation: 50}
  benefit: {kind: cost}
  claimed: {savings_12_months: 17155, payback_days: 33}
"""
FAILING = ("every row that fails",)
READY_FACTS: dict[str, Any] = {
    "evals": {"eval.baseline": {"right": 150, "wrong": 50, "started_at": "2025-12-01T12:00:00+00:00"}},
    "rows": {"failure.modes[0].rows": {"ids": FAILING}},
    "texts": {"eval.threshold_source": {"text": "The service level."}, "data.label_audit": {"audit": {"right": 100}}},
    "samples": {"data.production_sample": MADE_OF},
    "bars": {"base": [], "reviews": []},
    "histories": {
        "eval.holdout.path": {"versions": [["c1", "2025-11-30T12:00:00+00:00", None]]},
        "data.output_schema": {"versions": [["c1", "2025-06-30T12:00:00+00:00", "m1"]]},
    },
    "data": {"data.train": {"rows": 500, "split": {}}},
    "people": {"first-owner": {"member": True}, "second-owner": {"permission": "write"}},
    "consents": {"pull_request": {"by": [["first-owner", "author"], ["second-owner", "comment"]]}},
    "usage": {"ops_cost.volume.source": {"per_day": 10_000}},
    "plans": {"owner.rollback": {"words": 120, "steps": 4, "target": True}},
    "schedules": {
        f"owner.drift_checks.{name}": {"runs": ["0 6 * * 1"], "gap": 7} for name in ("data", "base_model", "eval")
    },
    "configs": {
        "training.config": {
            "base_model": "acme/base-8b",
            "method": "sft",
            "technique": "lora",
            "data_files": ["data/train.jsonl"],
            "seed": 42,
        }
    },
}
