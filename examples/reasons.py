"""What becomes of the reasons that teams give? A sample for each, judged by the real command over real folders.

    python examples/reasons.py FOLDER      write the samples, to be looked at with `tunegate check FOLDER`
    python examples/reasons.py --page      write docs/reasons.md anew

Each sample is a whole folder in order but for its reason: proposal, rows, eval runs, training job.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reason_tasks as of
import yaml
from generate import STARTED, held, run, write
from reason_tasks import Pair, Task

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reasons.md"
TODAY = "2026-11-25"
LARGE, THINKING, SMALL = "anthropic/claude-sonnet", "anthropic/claude-opus", "meta-llama/Llama-3.1-8B-Instruct"
SHORT = {"prompt": 0.78, "few_shot": 0.79, "structured_decoding": 0.8, "reasoning_model": 0.81}  # the bar is 0.92
NOTHING_TO_CALL = {"not_applicable": "nothing_to_call", "why": "The answer stands in what comes in."}
NOTHING_TO_RETRIEVE = {"not_applicable": "nothing_to_retrieve", "why": "All that it needs is in what comes in."}
COMPLETE = {"not_applicable": "input_is_complete", "why": "All that it needs is in what comes in."}
Json = dict[str, Any]


class Sample:
    """A folder with a proposal that is in order; what differs is said by the reason."""

    def __init__(self, folder: Path, task: Task, reason: str, *, rows: int = 600) -> None:
        self.folder, self.task, self.rng = folder, task, random.Random(f"{task.name} {reason}")  # noqa: S311  # made-up text
        self.proposal: Json = yaml.safe_load((ROOT / "examples/ready/finetune-proposal.yaml").read_text())
        for path in (
            "docs/rollback.md",
            "docs/routing-slo.md",
            "docs/usage.csv",
            "docs/prices.md",
            "docs/migration.md",
            "ops/drift-cronjob.yaml",
            "training/job.json",
            "prompts/router.md",
        ):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "examples/ready" / path, folder / path)
        pairs = self._pairs(rows + 240 + 300)
        train, self.holdout, production = pairs[:rows], pairs[rows : rows + 240], pairs[rows + 240 :]
        write(folder / "data/train.jsonl", [self._row(pair, f"u-{n % 180}") for n, pair in enumerate(train)])
        write(
            folder / "data/holdout.jsonl", [held(q, a, f"u-{1_000 + n % 80}") for n, (q, a) in enumerate(self.holdout)]
        )
        write(folder / "data/production_sample.jsonl", [self._row(pair) for pair in production])
        write(folder / "data/audit.csv", ["row,verdict", *(f"{n + 1},right" for n in range(min(rows, 100)))])
        self._state(reason, rows)
        self.runs(SHORT)
        self.failing(self.run("baseline", LARGE, 0.825))
        self.run("untuned", SMALL, 0.5)

    def _pairs(self, count: int) -> list[Pair]:
        found: dict[str, str] = {}
        while len(found) < count:
            question, answer = self.task.made(self.rng, len(found))
            found.setdefault(question, answer)
        return list(found.items())

    def _row(self, pair: Pair, user: str | None = None) -> str:
        question, answer = pair
        said: Json = {"role": "assistant", "content": answer}
        if self.task.tools:
            call = json.loads(answer)
            called = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
            said = {"role": "assistant", "tool_calls": [{"id": "call-1", "type": "function", "function": called}]}
        row: Json = {
            "messages": [{"role": "system", "content": self.task.system}, {"role": "user", "content": question}, said]
        }
        row |= {"tools": list(self.task.tools)} if self.task.tools else {}
        return json.dumps(row | ({"meta": {"user_id": user}} if user else {}))

    def _state(self, reason: str, rows: int) -> None:
        task, said = self.task, self.proposal
        said["adapter"], said["summary"] = self.folder.name, task.description
        said["task"] = {"description": task.description, "kind": task.kind, "output": task.output}
        said["failure"] = {"kind": "behavior", "signal": "stable", "reason": reason, "description": task.fails}
        said["eval"]["metric"] = {"task": task.name, "name": task.metric, "direction": "higher"}
        said["data"]["train"]["examples"] = rows
        said["tried"] = {"retrieval": NOTHING_TO_RETRIEVE, "tool_use": NOTHING_TO_CALL, "oracle_context": COMPLETE}
        said["eval"]["baseline"]["subject"] = "prompt"
        if task.output == "free_text":
            said["tried"].pop("structured_decoding", None)
        if task.schema:
            write(self.folder / "data/schema.json", [json.dumps(task.schema, indent=2)])
            said["data"]["output_schema"] = "data/schema.json"
        if task.output != "closed_set":
            sums = [(f"What is {a} + {b}?", str(a + b)) for a in range(10, 22) for b in range(30, 40)]
            run(self.folder / "evals", "general", SMALL, sums, 0.9, self.rng, "sums")
            metric = {"name": "exact_match", "direction": "higher"}
            said["eval"]["regression"] = [{"name": "sums", "baseline": _link("general"), "metric": metric}]
        if task.tools:
            self.proposal["eval"]["baseline"]["subject"] = "prompt+tools"

    def run(self, name: str, model: str, right: float) -> list[str]:
        """Write one eval run, artifact and rows, and give the ids of the rows that fail."""
        wrong = set(self.rng.sample(range(len(self.holdout)), round(len(self.holdout) * (1 - right))))
        rows = [
            {"id": f"{self.task.name}-{n:04}", "input": question, "target": target}
            | {"output": self.task.wrong(self.rng, target) if n in wrong else target, "score": 0 if n in wrong else 1}
            for n, (question, target) in enumerate(self.holdout)
        ]
        if self.task.metric != "exact_match":  # scored by a rule of the house: there is no one right answer
            rows = [
                {key: value for key, value in row.items() if key != "target"} | {"target": row["target"]}
                for row in rows
            ]
        metric = {"task": self.task.name, "name": self.task.metric, "direction": "higher", "n": len(rows)}
        metric["value"] = round(sum(int(row["score"]) for row in rows) / len(rows), 6)
        artifact = {
            "format": "tunegate-eval/1",
            "tool": "in-house 2.3",
            "model": model,
            "started_at": STARTED,
            "metrics": [metric],
        }
        write(self.folder / f"evals/{name}_results.json", [json.dumps(artifact, indent=2)])
        write(self.folder / f"evals/{name}_rows.jsonl", [json.dumps(row) for row in rows])
        return [str(row["id"]) for row in rows if row["score"] == 0]

    def runs(self, reached: Mapping[str, float]) -> None:
        """Try levers, each as far as it reaches."""
        for lever, right in reached.items():
            if lever == "structured_decoding" and self.task.output == "free_text":
                continue
            self.run(lever, THINKING if lever == "reasoning_model" else LARGE, right)
            self.proposal["tried"][lever] = _link(lever)
        if self.task.tools:
            self.proposal["tried"]["tool_use"] = _link("baseline")

    def failing(self, ids: list[str]) -> None:
        """Name two ways of failing, by their rows."""
        first, second = self.task.modes
        half = len(ids) * 2 // 3
        write(self.folder / "evals/first.txt", ids[:half])
        write(self.folder / "evals/second.txt", ids[half:])
        self.proposal["failure"]["modes"] = [
            {"name": first, "share": 0.6, "rows": "evals/first.txt"},
            {"name": second, "share": 0.3, "rows": "evals/second.txt"},
        ]

    def written(self) -> None:
        """Write the proposal."""
        text = yaml.safe_dump(self.proposal, sort_keys=False, allow_unicode=True, width=120)
        (self.folder / "finetune-proposal.yaml").write_text(text)


def _link(name: str) -> Json:
    return {"artifact": f"evals/{name}_results.json", "rows": f"evals/{name}_rows.jsonl"}


@dataclass(frozen=True)
class Reason:
    """One row: what the team says, what the documents say, which verdict follows, by which check; `made` builds its folder.

    `decides` fails where the verdict is "not yet", and passes where it is ready: the check that speaks to this very reason.
    """

    name: str
    team: str
    documents: str
    ready: bool
    decides: str
    made: Callable[[Path], Sample]


def _plain(task: Task, reason: str) -> Callable[[Path], Sample]:
    return lambda folder: Sample(folder, task, reason)


def _cheap(folder: Path) -> Sample:
    """The large prompted model is good enough and too dear; the small one is not good enough."""
    sample = Sample(folder, of.TICKETS, "cost_or_latency")
    sample.run("baseline", LARGE, 0.96)
    sample.failing(sample.run("untuned", SMALL, 0.5))
    sample.proposal["tried"] = {"prompt": _link("baseline")}
    sample.proposal["eval"]["budget"] = {"cost_per_request": 0.001, "why": "The margin of a ticket."}
    return sample


def _company(folder: Path) -> Sample:
    """What is missing are facts, and retrieval was not tried."""
    sample = Sample(folder, of.FACTS, "knowledge")
    sample.proposal["failure"] |= {"kind": "knowledge", "signal": "volatile"}
    del sample.proposal["tried"]["retrieval"], sample.proposal["tried"]["oracle_context"]
    return sample


def _disguised(folder: Path) -> Sample:
    """The same rows, called a matter of style."""
    return Sample(folder, of.FACTS, "style")


def _retrieval_fails(folder: Path) -> Sample:
    """With the right passage the model answers rightly: its search does not find it."""
    sample = Sample(folder, of.FACTS, "domain_vocabulary")
    sample.proposal["eval"]["baseline"]["subject"] = "prompt+retrieval"
    sample.proposal["tried"]["retrieval"] = _link("baseline")
    sample.run("oracle", LARGE, 0.98)
    sample.proposal["tried"]["oracle_context"] = _link("oracle")
    return sample


def _reasoning(folder: Path) -> Sample:
    sample = Sample(folder, of.MATH, "reasoning")
    del sample.proposal["tried"]["reasoning_model"]
    return sample


def _persona(folder: Path) -> Sample:
    sample = Sample(folder, of.PERSONA, "persona")
    del sample.proposal["tried"]["few_shot"]
    return sample


def _persona_by_examples(folder: Path) -> Sample:
    sample = Sample(folder, of.PERSONA, "persona")
    sample.runs({"few_shot": 0.97})
    return sample


def _sometimes_wrong(folder: Path) -> Sample:
    sample = Sample(folder, of.TICKETS, "classification")
    sample.proposal["failure"] |= {
        "description": "It is sometimes wrong.",
        "modes": [{"name": "sometimes-wrong", "rows": "evals/first.txt"}],
    }
    return sample


def _few_rows(folder: Path) -> Sample:
    return Sample(folder, of.EXTRACTION, "extraction", rows=120)


def _hallucination(folder: Path) -> Sample:
    sample = Sample(folder, of.FACTS, "hallucination")
    del sample.proposal["tried"]["retrieval"], sample.proposal["tried"]["oracle_context"]
    return sample


def _volatile(folder: Path) -> Sample:
    sample = Sample(folder, of.STYLE, "style")
    sample.proposal["failure"]["signal"] = "volatile"
    return sample


def _good_enough(folder: Path) -> Sample:
    sample = Sample(folder, of.TICKETS, "classification")
    sample.failing(sample.run("baseline", LARGE, 0.95))
    return sample


def _no_eval(folder: Path) -> Sample:
    sample = Sample(folder, of.TICKETS, "classification")
    del sample.proposal["eval"]["baseline"], sample.proposal["eval"]["untuned"], sample.proposal["tried"]
    return sample


def _from_scratch(folder: Path) -> Sample:
    sample = Sample(folder, of.DOMAIN, "domain_vocabulary")
    sample.proposal["training"]["method"] = "pretraining"
    job = json.loads((folder / "training/job.json").read_text())
    write(
        folder / "training/job.json", [json.dumps({k: v for k, v in job.items() if k != "training_method"}, indent=2)]
    )
    return sample


REASONS = (
    Reason("classification", "We sort ten thousand tickets a day into the same few categories.", "Narrow, repetitive and frequent: a small tuned model does it better and far cheaper (S0, S2, S3).", True, "baseline-falls-short", _plain(of.TICKETS, "classification")),
    Reason("cost", "The large model is good, but too dear and too slow.", "A reason to tune a small model, once the large one is known to be good and the small one is known not to be (S0, S1, S2, S3).", True, "baseline-falls-short", _cheap),
    Reason("format", "The answer never quite has the format that we need.", "Form is what tuning is for, once prompt and constrained decoding do not hold it (S0, S1, S2, S3).", True, "failure-is-behavior", _plain(of.FORMAT, "structured_output")),
    Reason("style", "Every note must sound like ours.", "Tune it where examples in the prompt do not bring it about (S0, S1, S2, S3).", True, "failure-is-behavior", _plain(of.STYLE, "style")),
    Reason("domain-language", "Our trade has a language of its own.", "Words that the base model lacks are a reason; facts are not (S0, S1, S2).", True, "failure-is-behavior", _plain(of.DOMAIN, "domain_vocabulary")),
    Reason("extraction", "The same few fields from every mail.", "A closed task with many labelled rows is where a tune beats a prompt (S2).", True, "failure-is-behavior", _plain(of.EXTRACTION, "extraction")),
    Reason("tool-use", "It calls the wrong one of our tools.", "Tune on traces of right calls (S0, S3).", True, "failure-is-behavior", _plain(of.TOOLS, "tool_use")),
    Reason("company", "The model should know about our company.", "That is retrieval: facts sink in badly and are stale at once (S0, S1, S2, S3).", False, "failure-is-behavior", _company),
    Reason("company-as-style", "The model should know about our company; we call it a style.", "What rows teach counts, not what it is called (S1: form, not facts).", False, "data-teaches-behavior", _disguised),
    Reason("retrieval-misses", "It looks our products up and is wrong all the same.", "If the search misses the passage, no weight will find it (S0).", False, "failure-survives-right-context", _retrieval_fails),
    Reason("reasoning", "Make it reason better.", "A reasoning model does; tuning rarely helps (S0, S2, S3).", False, "failure-is-behavior", _reasoning),
    Reason("persona", "Our customers want a captain.", "Prompt and a few examples do nearly all of it (S0, S2).", False, "failure-is-behavior", _persona),
    Reason("persona-by-examples", "Our customers want a captain, and examples in the prompt make one.", "Where few-shot does it, few-shot it is (S3).", False, "failure-is-behavior", _persona_by_examples),
    Reason("sometimes-wrong", "It is sometimes wrong.", "Wrong how? Named, it is mostly a matter of prompt, retrieval or a reasoning model (S0).", False, "failure-is-specific", _sometimes_wrong),
    Reason("small-data", "We have 120 good rows and want more quality.", "So few are learnt by heart, and it gets worse (S0, S1).", False, "examples-above-minimum", _few_rows),
    Reason("hallucination", "It makes things up.", "Validation, tools and retrieval help; tuning does not (S2).", False, "failure-is-behavior", _hallucination),
    Reason("changing-style", "We are still finding out how it should answer.", "There is no target yet: prompt and few-shot (S1).", False, "signal-is-stable", _volatile),
    Reason("good-enough", "A tune might make it better still.", "If the prompted model passes, there is nothing to tune (S1).", False, "baseline-falls-short", _good_enough),
    Reason("no-eval", "We tune first and measure then.", "Without an eval nobody can tell whether it helped: evals first (S1, S2).", False, "eval-readable", _no_eval),
    Reason("from-scratch", "We pretrain a model of our own.", "Almost never right for a product team (S2).", False, "technique-fits-data", _from_scratch),
)  # fmt: skip


def build(root: Path) -> None:
    """Write the folder of every sample."""
    for reason in REASONS:
        reason.made(root / reason.name).written()


def judged(root: Path) -> dict[str, Json]:
    """Judge all samples by the real command; gives each one's entry by its name."""
    command = [sys.executable, "-m", "bot", "check", "--format", "json", "--today", TODAY, str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    return {Path(entry["path"]).parent.name: entry for entry in json.loads(done.stdout)["proposals"]}


def page(entries: Mapping[str, Json]) -> str:
    """Write the table of all samples."""
    from bot.readiness.verdict import Decision
    from bot.readiness.way import Lever
    from bot.report.words import DECISION_WORDS, LEVER_WORDS, METHOD_WORDS

    lines = [
        "<!-- Generated by `python examples/reasons.py --page`; do not edit. -->\n",
        "# What becomes of the reasons that teams give\n",
        "Each row is a whole proposal with rows, eval runs and a training job, in order but for its reason. `tunegate check` judges it;",
        "`python examples/reasons.py FOLDER` writes the folders, to be looked at. S0 is the decision walkthrough, S1 the five-item",
        "checklist, S2 the hierarchy, S3 the economics.\n",
        "| the team says | the documents say | verdict | decided by | advice |",
        "|---|---|---|---|---|",
    ]
    for reason in REASONS:
        entry = entries[reason.name]
        advice, check = entry["advice"], reason.decides
        said = "; then: ".join(_advised(step, LEVER_WORDS.get(Lever(step["lever"]))) for step in advice["steps"])
        if fit := advice["technique"]:
            said = f"{METHOD_WORDS[fit['method']]} with {fit['technique']}"
        verdict = DECISION_WORDS[Decision(entry["verdict"])]
        lines.append(f"| {reason.team} | {reason.documents} | {verdict} | [{check}](checks/{check}.md) | {said} |")
    return "\n".join(lines) + "\n"


def _advised(step: Json, lever: str | None) -> str:
    """Say what a step pulls, or what it says to do where it is no lever."""
    if step["lever"] == "ship":
        return f"{lever}: {step['do']}".rstrip(".")
    return lever or str(step["do"]).rstrip(".").replace("|", "\\|")


def written_page() -> str:
    """Build and judge every sample, and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        return page(judged(Path(folder)))


if __name__ == "__main__":
    if sys.argv[1:] == ["--page"]:
        sys.path.insert(0, str(ROOT))
        PAGE.write_text(written_page())
    elif len(sys.argv) == 2:
        build(Path(sys.argv[1]))
    else:
        raise SystemExit(__doc__)
