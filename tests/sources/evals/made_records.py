"""Small artifacts of Every Eval Ever, HELM, lighteval and Hugging Face, made up."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import EVERYTHING, Wanted

Json = dict[str, Any]


# ---- Every Eval Ever


def result(name: str = "tickets", score: Any = 0.5, *, metric: str | None = "exact_match", **more: Any) -> Json:
    own = {"metric_id": metric} if metric else {}
    return {
        "evaluation_name": name,
        "source_data": {"dataset_name": name, "source_type": "other"},
        "metric_config": {"lower_is_better": False, "score_type": "continuous"} | own | more.pop("config", {}),
        "score_details": {"score": score} | more.pop("details", {}),
    } | more


def record(*results: Json, library: Any = "own-harness", kind: Any = "evaluation_run", **more: Any) -> Json:
    return {
        "schema_version": "0.3.0",
        "evaluation_id": "tickets/acme_base/1",
        "evaluation_timestamp": "1795351418",
        "retrieved_timestamp": "1795351999",
        "source_metadata": {
            "source_type": kind,
            "source_organization_name": "Acme",
            "evaluator_relationship": "first_party",
        },
        "eval_library": {"name": library, "version": "1.2"},
        "model_info": {"name": "base", "id": "acme/base"},
        "evaluation_results": list(results),
    } | more


def row(n: int, score: Any, *, answer: str = "4", output: str = "4", **more: Any) -> Json:
    return {
        "schema_version": "0.3.0",
        "evaluation_id": "tickets/acme_base/1",
        "model_id": "acme/base",
        "evaluation_name": "tickets",
        "sample_id": f"t-{n}",
        "interaction_type": "single_turn",
        "input": {"raw": f"What is case {n}?", "reference": [answer]},
        "output": {"raw": [output]},
        "answer_attribution": [],
        "evaluation": {"score": score, "is_correct": score == 1},
    } | more


def jsonl(*rows: Json) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in rows).encode()


def sidecar(rows: bytes, **more: Any) -> Json:
    return {
        "format": "jsonl",
        "file_path": "data/x_samples.jsonl",
        "hash_algorithm": "sha256",
        "checksum": hashlib.sha256(rows).hexdigest(),
        "total_rows": len(rows.splitlines()),
    } | more


# ---- HELM


def stat(name: str, total: float, count: int = 1, *, split: str | None = "test", **more: Any) -> Json:
    own = {"name": name} | ({"split": split} if split else {}) | more
    values = {"mean": total / count, "min": 0, "max": 1, "variance": 0.0, "stddev": 0.0} if count else {}
    return {"name": own, "count": count, "sum": total, "sum_squared": 0} | values


def instance(name: str, *stats: Json, trial: int = 0, **more: Any) -> Json:
    return {"instance_id": name, "train_trial_index": trial, "stats": list(stats)} | more


def spec(name: str = "tickets:lang=en,model=acme_base", limit: Any = 1000, **more: Any) -> Json:
    return {
        "name": name,
        "scenario_spec": {"class_name": "Tickets", "args": {}},
        "adapter_spec": {"method": "generation", "model": "acme/base", "max_eval_instances": limit},
        "metric_specs": [{"class_name": "BasicGenerationMetric", "args": {"names": ["exact_match"]}}],
    } | more


def request(name: str, asked: str, right: list[str], said: list[str], **more: Any) -> Json:
    references = [{"output": {"text": text}, "tags": ["correct"]} for text in right]
    return {
        "instance": {"input": {"text": asked}, "references": references, "split": "test", "id": name},
        "train_trial_index": 0,
        "result": {"success": True, "completions": [{"text": text} for text in said]},
    } | more


def folder(stats: Any, instances: Any = None, spec_: Any = None, state: Any = None) -> dict[str, bytes]:
    files = {
        "stats.json": stats,
        "per_instance_stats.json": instances,
        "run_spec.json": spec_,
        "scenario_state.json": None if state is None else {"adapter_spec": {}, "request_states": state},
    }
    return {name: json.dumps(content).encode() for name, content in files.items() if content is not None}


def helm(files: Mapping[str, bytes], wanted: Wanted = EVERYTHING, file: str = "stats.json") -> EvalReport | Unavailable:
    beside = {name: files[name] for name in evals.siblings(files[file]) if name in files}
    return evals.read(files[file], None, wanted=wanted, siblings=beside)


# ---- lighteval


def lighteval(results: Json, tasks: Json | None = None, **general: Any) -> Json:
    return {
        "config_general": {
            "lighteval_sha": "203045a8431bc9b77245c9998e05fc54509ea07f",
            "max_samples": None,
            "start_time": 1441827.25,
            "end_time": 1441900.5,
            "model_name": "acme/base",
            "model_sha": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        }
        | general,
        "results": results,
        "versions": {task: 0 for task in results if task != "all"},
        "config_tasks": tasks or {},
        "summary_tasks": {},
        "summary_general": {},
    }
