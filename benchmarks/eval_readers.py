"""How fast are eval artifacts read? `python -m benchmarks.eval_readers [--small] [--rounds N] [--record]`."""

import argparse
import hashlib
import json
import random
import subprocess
import sys

from benchmarks.rounds import Compared, alternate, report
from bot.readiness.evidence import EvalReport
from bot.sources import evals
from bot.sources.evals.items import Wanted

WORDS = [
    "refund",
    "invoice",
    "parcel",
    "late",
    "broken",
    "screen",
    "login",
    "password",
    "account",
    "cancel",
    "order",
    "address",
    "change",
    "please",
    "help",
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the data")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    chosen = parser.parse_args()
    scale = 10 if chosen.small else 1
    compared = []
    artifact, rows = lm_eval(38_000 // scale)
    wanted = Wanted("tickets", "exact_match", "none")
    compared.append(measured("lm-eval samples", artifact, rows, wanted, chosen.rounds))
    artifact, rows = native(180_000 // scale)
    compared.append(measured("native rows", artifact, rows, Wanted(name="exact_match"), chosen.rounds))
    report("Reading eval artifacts", compared, record=chosen.record)
    print(f"import of every reader: {imported():.0f} ms beyond what the command line imports already (median of 5)")


def measured(name: str, artifact: bytes, rows: bytes, wanted: Wanted, rounds: int) -> Compared:
    """Read an artifact beside the plain parsing of the same JSON."""
    size = len(rows) / 1e6

    def ours() -> None:
        found = evals.read(artifact, rows, None, wanted)
        assert isinstance(found, EvalReport), found
        assert found.rows_note is None, found.rows_note

    texts = rows.splitlines()
    return alternate(f"{name}, {size:,.1f} MB", ours, lambda: [json.loads(text) for text in texts], rounds)


def lm_eval(rows: int) -> tuple[bytes, bytes]:
    """Make results and samples as lm-eval writes them, about 2.6 KB a row."""
    draw, lines, concatenated = random.Random(1), [], []
    for number in range(rows):
        prompt = " ".join(draw.choices(WORDS, k=150)) + f" #{number}"
        target = draw.choice(("refund", "delivery", "account"))
        doc = {"id": number, "text": prompt, "label": target}
        answer = target if draw.random() < 0.8 else "other"
        row = {
            "doc_id": number, "doc": doc, "target": target, "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {}}},
            "resps": [[answer]], "filtered_resps": [answer], "filter": "none", "metrics": ["exact_match"],
            "exact_match": float(answer == target),
            "doc_hash": sha256(json.dumps(doc, indent=2, ensure_ascii=False)), "prompt_hash": sha256(prompt),
            "target_hash": sha256(target),
        }  # fmt: skip
        lines.append(json.dumps(row))
        concatenated.append(row["doc_hash"] + row["prompt_hash"] + row["target_hash"])
    value = sum(json.loads(line)["exact_match"] for line in lines) / rows
    artifact = {
        "results": {"tickets": {"alias": "tickets", "exact_match,none": value, "exact_match_stderr,none": "N/A"}},
        "configs": {
            "tickets": {
                "task": "tickets", "output_type": "generate_until", "num_fewshot": 0,
                "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
            }
        },
        "versions": {"tickets": 1}, "higher_is_better": {"tickets": {"exact_match": True}},
        "n-samples": {"tickets": {"original": rows, "effective": rows}}, "config": {"model": "hf", "model_args": ""},
        "date": 1_795_351_876.0, "lm_eval_version": "0.4.13", "task_hashes": {"tickets": sha256("".join(concatenated))},
    }  # fmt: skip
    return json.dumps(artifact).encode(), ("\n".join(lines) + "\n").encode()


def native(rows: int) -> tuple[bytes, bytes]:
    """Make an artifact and rows in Tunegate's own form."""
    draw, lines = random.Random(2), []
    for number in range(rows):
        target = draw.choice(("refund", "delivery", "account"))
        answer = target if draw.random() < 0.8 else "other"
        asked = " ".join(draw.choices(WORDS, k=60)) + f" #{number}"
        lines.append(
            json.dumps(
                {"id": number, "input": asked, "target": target, "output": answer, "score": int(answer == target)}
            )
        )
    value = sum(json.loads(line)["score"] for line in lines) / rows
    artifact = {
        "format": "tunegate-eval/1",
        "metrics": [{"name": "exact_match", "value": value, "n": rows, "direction": "higher"}],
    }
    return json.dumps(artifact).encode(), ("\n".join(lines) + "\n").encode()


def sha256(text: str) -> str:
    """Digest a text as lm-eval does."""
    return hashlib.sha256(text.encode()).hexdigest()


def imported() -> float:
    """Measure in fresh processes what the readers' import adds, in milliseconds."""
    code = "import time, bot.cli.check; t = time.perf_counter(); import bot.sources.evals; print((time.perf_counter() - t) * 1000)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(5)
    ]
    return sorted(map(float, runs))[2]


if __name__ == "__main__":
    main()
