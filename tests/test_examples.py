"""Are the examples what their generator writes, and judged as the first line of each says?"""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from bot.readiness import proposal
from bot.readiness.fact import Grade, Known
from bot.readiness.verdict import Decision
from bot.report.answer import Answered
from bot.sources.gather import Gatherer
from bot.wiring.offline import judge, working_tree

TODAY = date(2026, 11, 25)
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/finetune-proposal.yaml"))
LEFT = {"bar-not-moved", "eval-fresh", "signal-is-stable", "owner-exists", "owner-accepts", "backup-named"}
LEFT |= {"gain-justifies-cost"}  # whether a lead approves of a gain that is no money saved
PROMISES = {
    "A proposal that is ready": Decision.READY,
    "Not yet": Decision.NOT_YET,
    "A false claim": Decision.NOT_YET,
}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", EXAMPLES / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answered(name: str) -> Answered:
    answer, _ = judge().answer(["finetune-proposal.yaml"], working_tree(EXAMPLES / name), TODAY)
    (one,) = answer.proposals
    return one


def failed(name: str) -> dict[str, str]:
    """Find what failed without being the consequence of something else: check -> messages."""
    causes = [
        j.finding for j in answered(name).verdict.judged if j.finding.outcome == "failed" and j.finding.because is None
    ]
    return {check: " ".join(f.message for f in causes if f.check == check) for check in {f.check for f in causes}}


def test_the_generator_writes_every_file_byte_for_byte(tmp_path: Path) -> None:
    module = generator()
    assert sorted(module.EXAMPLES) == NAMES
    for name, make in module.EXAMPLES.items():
        make(tmp_path / name)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written
    committed = {path: (EXAMPLES / path).read_bytes() for path in written}
    assert written == committed
    rows = {
        path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.suffix in (".json", ".jsonl", ".txt", ".csv")
    }
    assert rows == set(written)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_judged_as_its_first_line_promises(name: str) -> None:
    first = (EXAMPLES / name / "finetune-proposal.yaml").read_text().splitlines()[0]
    (promised,) = (decision for words, decision in PROMISES.items() if first.startswith(f"# {words}"))
    one = answered(name)
    assert one.reading.problems == ()
    assert one.verdict.decision is promised
    assert set(one.verdict.left_to_the_service) <= LEFT


def test_the_ready_one_leaves_nothing_open() -> None:
    assert failed("ready") == {}
    assert not any(j.finding.remark for j in answered("ready").verdict.judged)


def test_the_one_that_lacks_knowledge_is_sent_to_retrieval() -> None:
    causes = failed("not-yet")
    assert "missing knowledge" in causes["failure-is-behavior"]
    assert "90 effective examples" in causes["examples-above-minimum"]
    step = answered("not-yet").verdict.next_step
    assert step is not None
    assert step.lever == "retrieval"


def test_the_false_claim_is_answered_with_what_was_counted() -> None:
    causes = failed("false-claim")
    assert "Claimed 5,000, counted 320 effective (700 rows, less 380 copies)." in causes["enough-examples"]
    assert "Claimed 20,000 USD saved in 12 months" in causes["totals-add-up"]


@pytest.mark.parametrize(
    ("name", "value", "items", "effective", "closed"),
    [("ready", 0.825, 240, 540, True), ("not-yet", 0.55, 220, 90, False), ("false-claim", 0.8, 220, 320, False)],
)
def test_an_example_holds_the_evidence_that_it_speaks_of(
    name: str, value: float, items: int, effective: int, closed: bool
) -> None:
    reading = proposal.read((EXAMPLES / name / "finetune-proposal.yaml").read_bytes(), opened_on=TODAY)
    assert reading.proposal is not None
    evidence = Gatherer().gather(reading.proposal, "finetune-proposal.yaml", working_tree(EXAMPLES / name))
    run, data = evidence.evals["eval.baseline"], evidence.data["data.train"]
    assert isinstance(run, Known)
    assert isinstance(data, Known)
    metric = run.value.metrics[0]
    assert (metric.value, metric.recomputed, metric.n) == (value, pytest.approx(value), items)
    assert len({item.key for item in metric.items}) == items
    assert (data.value.effective, data.value.closed_set, data.value.faults) == (effective, closed, ())
    assert (run.source.grade, data.source.grade) == (Grade.B, Grade.B)
