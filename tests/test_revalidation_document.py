"""Is the example of docs/revalidation.md judged as the page says, whole, over the proposal of `examples/ready`?"""

import importlib.util
import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.readiness.fact import Fact, Grade, Known, Source
from bot.readiness.registered import OpenCycle, Registered
from bot.readiness.verdict import Decision, Verdict
from bot.report.as_json import as_json
from bot.report.check_run import check_run
from bot.wiring.offline import judge, working_tree

ROOT = Path(__file__).resolve().parent.parent
PATH = "revalidations/ticket-router/2.yaml"
OPENED_ON = date(2027, 3, 20)
TEXT = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/revalidation.md").read_text(), re.DOTALL)[0]
DIGEST = re.findall(r"sha256:([0-9a-f]{64})", TEXT)[0]


class OneAdapter:
    """A registry that knows the router."""

    def registered(self, account: str, name: str, on: date) -> Fact[Registered]:
        cycle = OpenCycle(2, date(2026, 12, 28), date(2027, 3, 28), date(2027, 6, 28))
        found = Registered(
            name, "serving", "", "ana-lopes", "P3M", "finetune-proposal.yaml", "ben-okafor", None, DIGEST, cycle=cycle
        )
        return Known(found, Source("the registry of adapters", Grade.A))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "examples/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(root: Path, baseline: float = 0.83, per_day: int = 9_000, text: str = TEXT) -> Path:
    """Write the repository of `examples/ready` with the evidence of a cycle."""
    shutil.copytree(ROOT / "examples/ready", root, dirs_exist_ok=True)
    module, rng = generator(), random.Random(7)  # made-up text, no secret
    module.STARTED = "2027-03-10T09:30:00Z"  # type: ignore[attr-defined]
    folder = root / "revalidations/ticket-router/2"
    held = [json.loads(line) for line in (root / "data/holdout.jsonl").read_text().splitlines()]
    items = [(row["input"], row["target"]) for row in held]
    base = "meta-llama/Llama-3.1-8B-Instruct"
    for name, model, right in (
        ("candidate", base, 0.97),
        ("baseline", "anthropic/claude-sonnet", baseline),
        ("untuned", base, 0.5),
    ):
        module.run(folder, name, model, items, right, rng, "tickets")
    artifact = json.loads((folder / "candidate_results.json").read_text())
    (folder / "candidate_results.json").write_text(json.dumps(artifact | {"adapter": f"ticket-router@{DIGEST[:16]}"}))
    module.write(folder / "production_sample.jsonl", [module.chat(*pair) for pair in module.tickets(rng, 300)])
    days = [date(2027, 2, 15) + timedelta(days=n) for n in range(28)]
    module.write(folder / "usage.csv", ["date,requests", *(f"{day},{per_day}" for day in days)])
    (root / PATH).write_text(text)
    return root


def judged(root: Path) -> tuple[Verdict, dict[str, Any], Callable[[], dict[str, Any]]]:
    """Judge the file; the verdict, the answer as JSON, and the same again from the dossier."""
    one = replace(judge(), registry=OneAdapter())
    answer, dossiers = one.answer([PATH], working_tree(root), OPENED_ON)
    kept = json.loads(json.dumps(dossiers, allow_nan=False))
    return answer.proposals[0].verdict, as_json(answer), lambda: as_json(one.replay(kept))


def test_the_example_passes_and_replays(tmp_path: Path) -> None:
    verdict, told, again = judged(written(tmp_path))
    blocking = [j.finding for j in verdict.judged if j.blocks and not j.finding.service_only]
    assert [(finding.check, finding.message) for finding in blocking] == []
    assert verdict.decision is Decision.READY
    assert told["proposals"][0]["kind"] == "revalidation"
    assert told["proposals"][0]["cycle"] == 2
    assert again() == told


def test_a_prompted_model_that_is_good_enough_ends_the_adapter(tmp_path: Path) -> None:
    verdict, told, _ = judged(written(tmp_path, baseline=0.96))
    assert verdict.decision is Decision.RETIRE
    assert verdict.next_step is not None
    assert verdict.next_step.check == "adapter-still-justified"
    assert "in 12 months" in verdict.next_step.message
    steps = told["proposals"][0]["advice"]["steps"]
    assert [(step["check"], step["lever"]) for step in steps] == [("adapter-still-justified", "ship")]


def test_fewer_requests_that_do_not_pay_are_no_reason_to_hide(tmp_path: Path) -> None:
    text = TEXT.replace("requests: 9000", "requests: 900")
    verdict, _, _ = judged(written(tmp_path, per_day=900, text=text))
    assert verdict.decision is Decision.NOT_YET
    assert "costs-within-estimate" in {
        j.finding.check for j in verdict.judged if j.blocks and j.finding.outcome == "failed"
    }


def test_the_check_run_says_so_in_the_words_of_a_revalidation(tmp_path: Path) -> None:
    one = replace(judge(), registry=OneAdapter())
    answer, _ = one.answer([PATH], working_tree(written(tmp_path, baseline=0.96)), OPENED_ON)
    run = check_run(answer, details_url="https://tunegate.example")
    assert run.conclusion == "failure"
    assert run.title.startswith("Recommend retiring: ")
    assert "`ticket-router`, cycle 2: recommend retiring" in run.summary
    assert "No tune is needed: Retire the adapter" in run.summary
    assert "not asked of a revalidation" in run.summary
    assert {annotation.path for annotation in run.annotations} == {PATH}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (TEXT.replace("eval:", "threshold: 0.5\neval:"), 6, "`threshold` is not known here"),
        (TEXT.replace("cycle: 2\n", "cycle: 1\n"), 3, "called `2`"),
        (
            TEXT.replace("proposal: /finetune-proposal.yaml", "proposal: /other-finetune-proposal.yaml"),
            4,
            "was approved by",
        ),
    ],
    ids=["a-bar-of-its-own", "another-cycle", "another-proposal"],
)
def test_what_does_not_fit_is_told_at_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    verdict, told, again = judged(written(tmp_path, text=text))
    assert verdict.decision is Decision.NOT_YET
    found = [f for f in told["proposals"][0]["findings"] if f["check"] == "proposal"]
    assert any(f["line"] == line and said in f["message"] for f in found), found
    assert again() == told


def test_of_another_repository_s_adapter_nothing_is_told(tmp_path: Path) -> None:
    one = replace(judge(), registry=OneAdapter())
    around = replace(working_tree(written(tmp_path)), repository="acme/here")
    answer, dossiers = one.answer([PATH], around, OPENED_ON)
    assert answer.proposals[0].verdict.decision is Decision.NOT_YET
    told = as_json(answer)
    assert "an adapter of that name is registered in another repository" in json.dumps(told)
    kept = json.dumps([told, dossiers["revalidations/ticket-router/2.yaml"]["approved"]["registered"]])
    assert not [word for word in ("2027-03-28", "ben-okafor", "serving since") if word in kept]
    assert as_json(one.replay(json.loads(json.dumps(dossiers)))) == told


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00x", b"- 1\n", b"a: *b\n", b"adapter: x\n", b"version: 1\ncycle: [1]\n"]
)
def test_whatever_a_revalidation_holds_is_answered_and_replays(tmp_path: Path, raw: bytes) -> None:
    root = written(tmp_path)
    (root / PATH).write_bytes(raw)
    verdict, told, again = judged(root)
    assert not verdict.decision.is_ready
    assert again() == told
