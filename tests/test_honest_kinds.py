"""Does each honest kind of proposal come out ready, from real files, with nothing left open but what only the service sees?

Each kind begins as the example that is ready; its runs are files as eval tools write them.
"""

import json
import random
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.readiness.verdict import Decision
from bot.wiring.offline import judge, working_tree
from tests.sources.evals.made import graded, promptfoo
from tests.test_examples import EXAMPLES, generator

TODAY = date(2026, 11, 25)
LARGE, SMALL = "anthropic/claude-sonnet", "meta-llama/Llama-3.1-8B-Instruct"
MAKE = generator()


class Proposal:
    """A folder that begins as the example that is ready."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(EXAMPLES / "ready", folder)
        self.text = (folder / "finetune-proposal.yaml").read_text()
        self.rng = random.Random(7)
        self.holdout = [
            (row["input"], row["target"])
            for row in map(json.loads, (folder / "data/holdout.jsonl").read_text().splitlines())
        ]

    def replace(self, *pairs: tuple[str, str]) -> None:
        for old, new in pairs:
            assert old in self.text, old
            self.text = self.text.replace(old, new)

    def drop(self, *beginnings: str) -> None:
        """Leave out the lines that begin so, blanks apart."""
        lines = self.text.splitlines(keepends=True)
        assert all(any(line.strip().startswith(b) for line in lines) for b in beginnings)
        self.text = "".join(line for line in lines if not line.strip().startswith(beginnings))

    def run(self, name: str, model: str, right: float) -> list[str]:
        """Write a run over the held-out set; give the ids of its failing rows."""
        rows = MAKE.run(self.folder / "evals", name, model, self.holdout, right, self.rng, "tickets")
        return [row["id"] for row in rows if row["score"] == 0]

    def write(self, path: str, lines: Iterable[str]) -> None:
        MAKE.write(self.folder / path, list(lines))

    def blocking(self) -> list[str]:
        (self.folder / "finetune-proposal.yaml").write_text(self.text)
        answer, _ = judge().answer(["finetune-proposal.yaml"], working_tree(self.folder), TODAY)
        (one,) = answer.proposals
        told = [
            f"{j.finding.check}: {j.finding.message}"
            for j in one.verdict.judged
            if j.blocks and not j.finding.service_only
        ]
        assert (one.verdict.decision is Decision.READY) is (not told)
        return told


def _to_be_made_cheap(proposal: Proposal, reason: str) -> None:
    """The large prompted model meets the bar, the small one does not."""
    proposal.run("baseline", LARGE, 0.96)
    failing = proposal.run("untuned", SMALL, 0.5)
    proposal.write("evals/goods.txt", failing[:70])
    proposal.write("evals/money.txt", failing[70:100])
    proposal.replace(("reason: classification", f"reason: {reason}"))
    proposal.drop("few_shot:", "retrieval:", "tool_use:", "structured_decoding:", "reasoning_model:", "oracle_context:")
    proposal.text = re.sub(
        r"  prompt: \{.*\}\n",
        "  prompt: {artifact: evals/baseline_results.json, rows: evals/baseline_rows.jsonl}\n",
        proposal.text,
    )


def cost(proposal: Proposal) -> None:
    _to_be_made_cheap(proposal, "cost_or_latency")
    proposal.replace(
        (
            "  threshold: 0.92\n",
            "  threshold: 0.92\n  budget: {cost_per_request: 0.001, why: The margin of a ticket.}\n",
        )
    )


def latency(proposal: Proposal) -> None:
    _to_be_made_cheap(proposal, "cost_or_latency")
    proposal.replace(
        ("  threshold: 0.92\n", "  threshold: 0.92\n  budget: {p95_ms: 300, why: The agent waits for it.}\n"),
        (
            "  benefit: {kind: cost}\n",
            "  benefit: {kind: cost}\n  latency: {baseline_p95_ms: 900, tuned_p95_ms: 120, artifact: evals/latency.csv}\n",
        ),
    )
    proposal.write("evals/latency.csv", ["subject,ms", *(f"baseline,{700 + n}" for n in range(200))])


def distillation(proposal: Proposal) -> None:
    _to_be_made_cheap(proposal, "distillation")
    proposal.replace(
        (
            "  threshold: 0.92\n",
            "  threshold: 0.92\n  budget: {cost_per_request: 0.001, why: The margin of a ticket.}\n",
        ),
        ("method: sft", f"method: distillation\n  teacher: {{model: {LARGE}}}"),
    )


def reinforcement(proposal: Proposal) -> None:
    tickets = MAKE.tickets(proposal.rng, 1_100)
    rows = [
        {
            "messages": [{"role": "system", "content": MAKE.SYSTEM}, {"role": "user", "content": q}],
            "reference": a,
            "meta": {"user_id": f"u-{n % 180}"},
        }
        for n, (q, a) in enumerate(tickets)
    ]
    proposal.write("data/train.jsonl", map(json.dumps, rows))
    proposal.write("graders/label.py", ["def grade(answer, item): return float(answer == item['reference'])"])
    grades = [f"made-{n},{n % 2},{n % 2 if n else 1}" for n in range(60)]
    proposal.write("graders/tests.csv", ["id,expected,graded", *grades])
    proposal.replace(
        ("format: openai-chat, examples: 540", "format: openai-rft, examples: 1100"),
        (
            "method: sft",
            "method: rft\n  grader: {path: graders/label.py, kind: verifier, keys: [reference], tests: graders/tests.csv}",
        ),
        ("reason: classification", "reason: structured_output"),
        ("provider: together\n", "provider: self_hosted\n  base_revision: 0e9e39f249a16976918f6564b8830bc894c89659\n"),
        ("config: training/job.json", "config: training/grpo.yaml"),
    )
    config = ["model_name_or_path: meta-llama/Llama-3.1-8B-Instruct", "model_revision: 0e9e39f249a1", "use_peft: true"]
    config += ["reward_funcs: [graders.label.grade]", "num_generations: 8", "seed: 42", "datasets:", "  - path: json"]
    proposal.write("training/grpo.yaml", [*config, "    data_files: data/train.jsonl"])


def several_runs_in_one_file(proposal: Proposal) -> None:
    """One promptfoo file holds the baseline and the levers; `run` tells them apart."""
    names = {"prompt": 0.77, "few-shot": 0.75, "retrieval": 0.80, "decoding": 0.78}
    rows = [
        graded(
            test,
            "4" if test < share * 240 else "5",
            prompt=place,
            provider={"id": f"anthropic:{LARGE}", "label": name},
        )
        for place, (name, share) in enumerate(names.items())
        for test in range(240)
    ]
    proposal.write("evals/promptfoo.json", [json.dumps(promptfoo(rows))])
    levers = {"prompt": "prompt", "few_shot": "few-shot", "retrieval": "retrieval", "structured_decoding": "decoding"}
    for lever, run in levers.items():
        proposal.text = re.sub(
            rf"  {lever}: {{.*}}\n", f"  {lever}: {{artifact: evals/promptfoo.json, run: {run}}}\n", proposal.text
        )
    proposal.drop("untuned:")
    proposal.text = re.sub(
        r"  baseline: \{model: anthropic.*subject.*\}\n",
        f"  baseline: {{model: {LARGE}, artifact: evals/promptfoo.json, run: retrieval, subject: prompt+retrieval}}\n",
        proposal.text,
    )
    proposal.text = re.sub(
        r"  reasoning_model: \{.*\}\n",
        "  reasoning_model: {not_applicable: over_latency_budget, why: 300 ms.}\n",
        proposal.text,
    )
    proposal.replace(
        ("metric: {task: tickets, name: exact_match, direction: higher}", "metric: {name: exact, direction: higher}"),
        (
            "input_is_complete, why: The ticket holds all that its label needs.",
            "input_is_complete, why: The question says it all.",
        ),
    )
    proposal.write("evals/goods.txt", [f"row-2-{n}" for n in range(192, 225)])
    proposal.write("evals/money.txt", [f"row-2-{n}" for n in range(225, 240)])
    system = {"role": "system", "content": MAKE.SYSTEM}
    production = [{"messages": [system, {"role": "user", "content": f"What is case {n}?"}]} for n in range(240)]
    proposal.write("data/production_sample.jsonl", map(json.dumps, production))


def quality(proposal: Proposal) -> None:
    """The example as it is: a quality bar that prompting misses."""


def not_launched(proposal: Proposal) -> None:
    """No production yet: a template says what its requests will look like."""
    template = json.dumps(
        {"messages": [{"role": "system", "content": MAKE.SYSTEM}, {"role": "user", "content": "{{ticket}}"}]}
    )
    proposal.replace(
        (
            "  production_sample: data/production_sample.jsonl\n",
            "  production_sample: {not_applicable: not_launched, why: It opens in May.}\n"
            f"  production_template: '{template}'\n",
        ),
        ("from: production, window", "from: the pilot's tickets, window"),
        ("period: day, source: docs/usage.csv}", "period: day, launched: false}"),
    )


def not_launched_with_a_file(proposal: Proposal) -> None:
    """The template is a file of the repository."""
    not_launched(proposal)
    (template,) = re.findall(r"production_template: '(.*)'", proposal.text)
    proposal.write("data/template.json", [template])
    proposal.replace((f"'{template}'", "{uri: data/template.json}"))


def structured(proposal: Proposal) -> None:
    """Objects with a key that may be left out, under a schema; production answers without that key so far."""
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("category", "urgency", "note")},
        "required": ["category", "urgency"],
        "additionalProperties": False,
    }
    rows = [json.loads(row) for row in (proposal.folder / "data/train.jsonl").read_text().splitlines()]
    for number, row in enumerate(rows):
        if number % 3 == 0:
            answer = json.loads(row["messages"][-1]["content"]) | {"note": f"Call {number} back."}
            row["messages"][-1]["content"] = json.dumps(answer)
    proposal.write("data/train.jsonl", map(json.dumps, rows))
    proposal.write("data/ticket.schema.json", [json.dumps({"name": "ticket", "strict": True, "schema": schema})])
    sums = [(f"What is {a} + {b}?", str(a + b)) for a in range(10, 22) for b in range(30, 40)]
    MAKE.run(proposal.folder / "evals", "general", SMALL, sums, 0.9, proposal.rng, "sums")
    proposal.drop("regression:")
    proposal.replace(
        ("output: closed_set", "output: structured"),
        ("reason: classification", "reason: structured_output"),
        (
            "  holdout:",
            "  regression:\n    - {name: sums, baseline: {artifact: evals/general_results.json, rows: evals/general_rows.jsonl}, "
            "metric: {name: exact_match, direction: higher}}\n  holdout:",
        ),
        ("  label_audit:", "  output_schema: data/ticket.schema.json\n  label_audit:"),
    )


KINDS: dict[str, Callable[[Proposal], None]] = {
    "a quality bar": quality,
    "cost": cost,
    "latency": latency,
    "distillation": distillation,
    "rft": reinforcement,
    "several runs in one file": several_runs_in_one_file,
    "not launched": not_launched,
    "not launched, with a file": not_launched_with_a_file,
    "structured": structured,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_proposal_is_ready(kind: str, tmp_path: Path) -> None:
    proposal = Proposal(tmp_path / "proposal")
    KINDS[kind](proposal)
    assert proposal.blocking() == []


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("graders/tests.csv", "made-1,1,1", "tickets-0001,1,1", "held-out item"),
        ("graders/tests.csv", ",0,0\n", ",0,1\n", "as expected"),
        (
            "data/train.jsonl",
            '"reference": ',
            '"solution": ',
            "missing or empty in 1,100 of 1,100 rows, first in line 1",
        ),
        ("graders/label.py", None, "", "could not be read"),
    ],
)
def test_a_grader_that_is_not_proven_is_told(path: str, old: str | None, new: str, said: str, tmp_path: Path) -> None:
    proposal = Proposal(tmp_path / "proposal")
    reinforcement(proposal)
    file = proposal.folder / path
    if old is None:
        file.unlink()
    else:
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    (told,) = proposal.blocking()
    assert told.startswith("grader-proven: ")
    assert said in told
