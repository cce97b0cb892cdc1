"""What does a summary of OpenCompass say of each of its models?"""

import pytest

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals

SUMMARY = b"""dataset,version,metric,mode,acme-base,acme-lora
--------- Exam ---------,-,-,-,-,-
mmlu,a1b2,accuracy,gen,70.50,71.25
bbh,c3d4,accuracy,gen,-,40.00
bbh,e5f6,accuracy,gen,38.10,
gsm8k,0a0b,accuracy,ppl,12,13
"""


def read(run: str | None, rows: bytes | None = None, artifact: bytes = SUMMARY) -> EvalReport:
    report = evals.read(artifact, rows, run)
    assert isinstance(report, EvalReport), report
    return report


def test_each_column_of_a_model_is_a_run() -> None:
    base, tuned = read("acme-base"), read("acme-lora")
    assert (base.format, base.model, base.run, base.started_at) == ("OpenCompass", "acme-base", "acme-base", None)
    assert [(m.task, m.name, m.variant, m.value, m.n) for m in base.metrics] == [
        ("mmlu", "accuracy", "gen", 70.5, None),
        ("bbh", "accuracy", "gen e5f6", 38.1, None),
        ("gsm8k", "accuracy", "ppl", 12.0, None),
    ]
    assert [m.variant for m in tuned.metrics] == ["gen", "gen c3d4", "ppl"]
    assert base.warnings == ("its values go from 0 to 100, and it does not say over how many samples",)


def test_which_of_several_models_is_meant_must_be_said() -> None:
    fact = evals.read(SUMMARY, None, None)
    assert isinstance(fact, Unavailable)
    assert fact.reason == "The file holds 2 runs, and it does not say which is meant: `acme-base`, `acme-lora`."


def test_runs_under_other_prompts_are_told_apart() -> None:
    other = SUMMARY.replace(b"a1b2", b"ffff")
    assert read("acme-base").scorer == read("acme-lora").scorer
    assert read("acme-base").scorer != read("acme-base", artifact=other).scorer


ONE = b"dataset,version,metric,mode,acme\ntickets,a1,accuracy,gen,50\n"


def test_rows_can_be_linked_beside_the_summary_of_one_model() -> None:
    rows = b'{"input": "a", "score": 100}\n{"input": "b", "score": 0}\n'
    (metric,) = read(None, rows, ONE).metrics
    assert (metric.value, metric.recomputed, len(metric.items)) == (50.0, 50.0, 2)
    fact = evals.read(SUMMARY, rows, "acme-base")
    assert isinstance(fact, Unavailable)
    assert "the summary holds the runs of 2 models" in fact.reason


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (ONE + b"tickets,a1,accuracy,gen,50\ntickets,a1,accuracy,gen,60\n", "repeats an earlier one"),
        (ONE.replace(b",50", b",half"), "In line 2 of the rows, a score is no number."),
        (ONE.replace(b",50", b",50,60"), "has 6 cells, the header has 5"),
        (ONE.replace(b"mode,acme", b"mode,metric"), "header of different names"),
    ],
)
def test_what_cannot_be_read_is_said(artifact: bytes, reason: str) -> None:
    fact = evals.read(artifact, None)
    assert isinstance(fact, Unavailable)
    assert reason in fact.reason


def test_a_model_that_was_not_evaluated_has_no_run_that_ended_well() -> None:
    assert read(None, None, ONE.replace(b",50", b",-")).status == "error"
