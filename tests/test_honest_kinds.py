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


VALUE = ["month,value", *(f"2026-{month:02},{4_000 + 100 * month}" for month in range(5, 11))]


def _worth(proposal: Proposal, kind: str, value: int = 50_000) -> None:
    """Another gain than saved money, with what it is worth by evidence."""
    proposal.replace(
        ("benefit: {kind: cost}", f"benefit: {{kind: {kind}, value_12_months: {value}, artifact: docs/value.csv}}"),
        ("  claimed: {savings_12_months: 17155, payback_days: 33}\n", ""),
    )
    proposal.write("docs/value.csv", VALUE)


def quality_at_a_loss(proposal: Proposal) -> None:
    """Few requests: it saves no money, and fewer misrouted tickets are worth more than it costs."""
    _worth(proposal, "quality")
    proposal.replace(("requests: 10000", "requests: 400"))


def latency_for_its_own_sake(proposal: Proposal) -> None:
    """Faster, and dearer than the prompted model."""
    latency(proposal)
    _worth(proposal, "latency")
    proposal.replace(("unit_cost: 0.0003,", "unit_cost: 0.006,"))


def own_gpu(proposal: Proposal) -> None:
    """A machine of one's own costs the same whatever comes."""
    proposal.replace(
        ("platform: hosted", "platform: vllm"),
        (
            "unit_cost: 0.0003, price_source: docs/prices.md, hosting: {kind: per_token, amount: 0, period: month}",
            "unit_cost: 0, hosting: {kind: gpu, amount: 400, period: month}",
        ),
        (
            "claimed: {savings_12_months: 17155, payback_days: 33}",
            "claimed: {savings_12_months: 13450, payback_days: 44}",
        ),
    )


def shared_base(proposal: Proposal) -> None:
    """One of several adapters on one base model: its share of the machine."""
    own_gpu(proposal)
    proposal.replace(
        ("kind: gpu, amount: 400, period: month", "kind: shared, amount: 3, period: day"),
        ("savings_12_months: 13450, payback_days: 44", "savings_12_months: 17155, payback_days: 32"),
    )


def privacy(proposal: Proposal) -> None:
    """No ticket leaves the house; what a data processor would cost is its worth."""
    own_gpu(proposal)
    proposal.replace(("  claimed: {savings_12_months: 13450, payback_days: 44}\n", ""))
    proposal.replace(
        ("benefit: {kind: cost}", "benefit: {kind: privacy, value_12_months: 20000, artifact: docs/value.csv}")
    )
    proposal.replace(("requests: 10000", "requests: 2000"))
    proposal.write("docs/value.csv", VALUE)


def full_weights(proposal: Proposal) -> None:
    """Proposal and config agree that every weight is trained."""
    proposal.replace(("technique: lora", "technique: full"))
    job = proposal.folder / "training/job.json"
    said = json.loads(job.read_text()) | {"training_type": {"type": "Full"}}
    proposal.write("training/job.json", [json.dumps(said)])


def in_euros_with_labels_bought(proposal: Proposal) -> None:
    """Another currency with its own rate, labels that cost something, volume by the month."""
    proposal.replace(
        ("currency: USD", "currency: EUR"),
        ("requests: 10000, period: day", "requests: 300000, period: month"),
        ("data: 0, data_source: existing-labels", "data: 1500, data_source: purchased"),
        ("  claimed: {savings_12_months: 17155, payback_days: 33}\n", ""),
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
    "quality at a loss": quality_at_a_loss,
    "latency for its own sake": latency_for_its_own_sake,
    "own GPU": own_gpu,
    "shared base": shared_base,
    "privacy": privacy,
    "in euros, with labels bought": in_euros_with_labels_bought,
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


DISHONEST: dict[str, tuple[Callable[[Proposal], None], tuple[tuple[str, str], ...], str, str]] = {
    "three times the traffic": (quality, (("requests: 10000", "requests: 30400"),), "volume-evidenced", "10,136 requests a day were counted"),
    "traffic that is called a plan": (
        quality,
        (("period: day, source: docs/usage.csv}", "period: day, launched: false}"),),
        "volume-evidenced",
        "the holdout is drawn from production",
    ),
    "an engineer for nothing": (quality, (("hourly_rate: 100", "hourly_rate: 0.5"),), "cost-estimated", "0.50 USD is not priced"),
    "a rate in no currency of the policy": (
        quality,
        (("currency: USD", "currency: EUR"), (", hourly_rate: 100", "")),
        "cost-estimated",
        "the policy's is in USD",
    ),
    "a request for nothing": (quality, (("unit_cost: 0.0003", "unit_cost: 0.0000000001"),), "cost-estimated", "no token is as cheap"),
    "figures of next year": (quality, (("as_of: 2026-11-01", "as_of: 2027-11-01"),), "cost-estimated", "long after the pull request"),
    "no upkeep": (quality, (("hours_per_month: 2.5", "hours_per_month: 0"),), "lifecycle-budgeted", "0, which is no budget"),
    "a value beyond its evidence": (quality_at_a_loss, (("value_12_months: 50000", "value_12_months: 80000"),), "gain-justifies-cost", "the evidence (6 months from 2026-05 to 2026-10) gives 57,000 USD"),
    "a gain in latency that is none": (latency_for_its_own_sake, (("tuned_p95_ms: 120", "tuned_p95_ms: 900"),), "gain-justifies-cost", "not to be faster"),
    "privacy at a stranger's": (privacy, (("platform: vllm", "platform: hosted"),), "gain-justifies-cost", "a platform of your own"),
    "dearer than the large model": (cost, (("unit_cost: 0.0003,", "unit_cost: 0.005,"), ("cost_per_request: 0.001", "cost_per_request: 0.004")), "prompted-large-compared", "as dear and not faster"),
    "every weight for no reason": (full_weights, (), "parameter-efficient", "nothing says why"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DISHONEST)
def test_a_dishonest_cost_is_told_for_what_it_is(kind: str, tmp_path: Path) -> None:
    make, changes, check, said = DISHONEST[kind]
    proposal = Proposal(tmp_path / "proposal")
    make(proposal)
    proposal.replace(*changes)
    told = [message for message in proposal.blocking() if message.startswith(f"{check}: ")]
    assert any(said in message for message in told), proposal.blocking()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("month,value\n2026-10,=50000\n", "no plain number"),
        ("month,value\n2026-11,50000\n2027-11,50000\n", "still to come was not measured"),
        ("month,value,currency\n2026-10,50000,JPY\n", "in JPY"),
        (None, "could not be read"),
    ],
)
def test_a_value_without_sound_evidence_is_told(content: str | None, said: str, tmp_path: Path) -> None:
    proposal = Proposal(tmp_path / "proposal")
    quality_at_a_loss(proposal)
    file = proposal.folder / "docs/value.csv"
    file.unlink()
    if content is not None:
        file.write_text(content)
    (told,) = proposal.blocking()
    assert told.startswith("gain-justifies-cost: ")
    assert said in told
