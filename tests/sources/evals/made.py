"""Small artifacts of tools, made up: what the readers are tried on besides real ones."""

import json
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import EVERYTHING, Wanted

Json = dict[str, Any]


def data(document: Any) -> bytes:
    return json.dumps(document).encode()


def jsonl(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def runs(artifact: Any, rows: bytes | None = None, wanted: Wanted = EVERYTHING) -> dict[str | None, EvalReport]:
    found = evals.read_all(artifact if isinstance(artifact, bytes) else data(artifact), rows, wanted)
    assert not isinstance(found, Unavailable), found
    named = {report.run: report for report in found}
    assert len(named) == len(found)
    return named


def one(artifact: Any, rows: bytes | None = None, wanted: Wanted = EVERYTHING) -> EvalReport:
    (report,) = runs(artifact, rows, wanted).values()
    return report


def refused(artifact: Any, rows: bytes | None = None, run: str | None = None) -> Unavailable:
    fact = evals.read(artifact if isinstance(artifact, bytes) else data(artifact), rows, run)
    assert isinstance(fact, Unavailable), fact
    assert fact.fix
    return fact


def metric(report: EvalReport, name: str, variant: str | None = None) -> EvalMetric:
    (found,) = (m for m in report.metrics if (m.name, m.variant) == (name, variant))
    return found


# ---- promptfoo


EQUALS: Json = {"type": "equals", "value": "{{answer}}", "metric": "exact"}


def graded(
    test: int,
    output: str | None,
    *,
    prompt: int = 0,
    answer: str = "4",
    asserts: tuple[Json, ...] = (EQUALS,),
    provider: Any = None,
    scores: Json | None = None,
    weights: Json | None = None,
    success: bool | None = None,
    **fields: Any,
) -> Json:
    """Make a row; without an output it errored."""
    given = {"question": f"What is case {test}?", "answer": answer}
    right = output == answer
    row: Json = {
        "id": f"row-{prompt}-{test}",
        "promptIdx": prompt,
        "testIdx": test,
        "vars": given,
        "provider": provider or {"id": "openai:chat:gpt-4.1", "label": f"label-{prompt}"},
        "prompt": {"raw": given["question"], "label": "p"},
        "testCase": {"vars": given, "assert": list(asserts), "options": {}},
        "success": right if success is None else success,
        "namedScores": {} if output is None else {"exact": int(right)} if scores is None else scores,
        "failureReason": 2 if output is None else int(not right),
    }
    if output is None:
        row["error"] = "timed out"
    else:
        row["response"] = {"output": output}
        row["gradingResult"] = {
            "pass": row["success"],
            "namedScores": row["namedScores"],
            "namedScoreWeights": dict.fromkeys(row["namedScores"], 1) if weights is None else weights,
            "componentResults": [{"assertion": a} for a in asserts],
        }
    return row | fields


def promptfoo(rows: list[Json], prompts: list[Json] | None = None, **fields: Any) -> Json:
    """Make a results file whose aggregates follow from its rows."""
    places = sorted({row["promptIdx"] for row in rows})
    return {
        "evalId": "eval-1",
        "results": {
            "version": 3,
            "timestamp": "2026-11-22T12:53:06.907Z",
            "prompts": prompts
            or [_prompt(place, [row for row in rows if row["promptIdx"] == place]) for place in places],
            "results": rows,
            "stats": {"successes": 1, "failures": 1, "errors": 0, "durationMs": 62_000},
        },
        "config": {},
        "metadata": {"promptfooVersion": "0.121.20"},
    } | fields


def _prompt(place: int, rows: list[Json]) -> Json:
    graded_rows = [row for row in rows if row["failureReason"] != 2]
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    divisors: dict[str, float] = {}
    for row in graded_rows:
        for name, score in row["namedScores"].items():
            weight = row["gradingResult"]["namedScoreWeights"][name]
            sums[name] = sums.get(name, 0) + score * weight
            divisors[name] = divisors.get(name, 0) + weight
            metrics = [part["assertion"].get("metric") for part in row["gradingResult"]["componentResults"]]
            counts[name] = counts.get(name, 0) + (metrics.count(name) or 1)
    return {
        "provider": rows[0]["provider"]["label"],
        "label": "p",
        "raw": "{{question}}",
        "metrics": {
            "testPassCount": sum(row["success"] for row in graded_rows),
            "testFailCount": sum(not row["success"] for row in graded_rows),
            "testErrorCount": len(rows) - len(graded_rows),
            "namedScores": sums,
            "namedScoresCount": counts,
            "namedScoreWeights": divisors,
        },
    }


# ---- MLflow, W&B, tables


def mlflow(*metrics: Json, info: Json | None = None, **fields: Any) -> Json:
    return {
        "run": {
            "info": {"run_id": "r", "status": "FINISHED", "lifecycle_stage": "active", "start_time": 1795351418578,
                     "end_time": 1795351419499} | (info or {}),
            "data": {"metrics": list(metrics), "params": [], "tags": []} | fields,
        }
    }  # fmt: skip


def logged(name: str, value: Any, step: int = 0) -> Json:
    return {"key": name, "value": value, "step": step, "timestamp": 1795351418578 + step}


def table(*columns: str, rows: list[list[Any]]) -> Json:
    return {"columns": list(columns), "data": rows}


WANDB: Json = {
    "wandb": {"entity": "acme", "project": "p", "run": "r1"},
    "summaryMetrics": {"eval": {"exact_match": 0.5, "f1": "NaN"}, "_runtime": 12.5, "_step": 3, "loss": 0.25,
                       "samples": {"_type": "table-file", "nrows": 2}, "note": "text"},
    "config": {"model": {"value": "Qwen/Qwen2.5-7B-Instruct", "desc": None}, "lora_path": {"value": "acme/lora"},
               "_wandb": {"value": {"cli_version": "0.31.0"}}},
    "state": "finished",
    "createdAt": "2026-11-22T12:43:38Z",
    "heartbeatAt": "2026-11-22T12:50:00Z",
}  # fmt: skip


# ---- Langfuse


def score(name: str, value: Any, source: str = "API", kind: str = "NUMERIC", at: str = "2026-11-22T10:00:00Z") -> Json:
    return {"id": "s", "name": name, "value": value, "dataType": kind, "source": source, "timestamp": at}


def item(n: int, *scores: Json, run: str = "prompted", **fields: Any) -> Json:
    return {
        "id": f"span-{n}",
        "traceId": f"trace-{n}",
        "startTime": f"2026-11-22T10:00:{n:02}Z",
        "endTime": f"2026-11-22T10:01:{n:02}Z",
        "level": "DEFAULT",
        "environment": "default",
        "experimentId": f"id-{run}",
        "experimentName": run,
        "experimentItemId": f"item-{n}",
        "input": {"question": f"What is case {n}?"},
        "expectedOutput": "4",
        "output": "4",
        "scores": list(scores),
    } | fields


def items(*given: Json, cursor: str | None = None) -> Json:
    return {"data": list(given), "meta": {"cursor": cursor} if cursor else {}}


def experiment(run: str, count: int, *scores: Json) -> Json:
    return {"id": f"id-{run}", "name": run, "description": None, "startTime": "2026-11-22T09:59:00Z",
            "itemCount": count, "datasetId": "d", "metadata": {"model": "gpt-4.1"}, "scores": list(scores)}  # fmt: skip
