"""A run of lm-eval, written by hand: results and samples as the tool lays them out, with the hashes that it would write."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sample(number: int, *, answer: str = "64", target: str = "64", score: Any = None, **changes: Any) -> Json:
    """One sample as lm-eval writes it."""
    prompt = f"Question {number}?"
    doc = {"id": f"ex{number}", "question": prompt, "answer": target, "größe": 1.5}
    row = {
        "doc_id": number,
        "doc": doc,
        "target": target,
        "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {"until": ["\n"]}}},
        "resps": [[answer]],
        "filtered_resps": [answer],
        "filter": "none",
        "metrics": ["exact_match"],
        "exact_match": score if score is not None else float(answer == target),
    } | changes
    arguments = row["arguments"]["gen_args_0"]["arg_0"]
    asked = arguments[0] if isinstance(arguments, list) else arguments
    hashes = {
        "doc_hash": sha256(json.dumps(row["doc"], indent=2, ensure_ascii=False)),
        "prompt_hash": sha256(asked),
        "target_hash": sha256(str(row["target"])),
    }
    return row | hashes


@dataclass
class Run:
    """A run of one task; change what a test is about before it is written."""

    rows: list[Json]
    value: float | None = None
    config: Json = field(default_factory=dict)
    results: Json = field(default_factory=dict)
    others: Json = field(default_factory=dict)  # of the results file, over what is there

    def artifact(self) -> bytes:
        scores = [row["exact_match"] for row in self.rows if "exact_match" in row]
        value = self.value if self.value is not None else (sum(scores) / len(scores) if scores else 0.0)
        concatenated = "".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in self.rows)
        document = {
            "results": {"tickets": {"alias": "tickets", "exact_match,none": value, "exact_match_stderr,none": "N/A"}},
            "group_subtasks": {"tickets": []},
            "configs": {
                "tickets": {
                    "task": "tickets",
                    "doc_to_text": "{{question}}",
                    "num_fewshot": 0,
                    "output_type": "generate_until",
                    "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
                }
                | self.config
            },
            "versions": {"tickets": 1.0},
            "higher_is_better": {"tickets": {"exact_match": True}},
            "n-samples": {"tickets": {"original": len(self.rows), "effective": len(self.rows)}},
            "config": {"model": "hf", "model_args": "pretrained=acme/base,dtype=float16", "limit": None},
            "date": 1_795_351_876.02,
            "lm_eval_version": "0.4.13",
            "task_hashes": {"tickets": sha256(concatenated)},
            "model_source": "hf",
        }
        document["results"]["tickets"] |= self.results
        return json.dumps(document | self.others, ensure_ascii=False, indent=2).encode()

    def samples(self) -> bytes:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows).encode()
