"""Over whole proposals: does no text break a check, and does a worse dossier never get a better verdict?"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.finding import Outcome
from bot.readiness.panel import deliberate
from bot.readiness.proposal import read
from bot.readiness.strict_yaml import load
from bot.readiness.verdict import Decision, Verdict
from tests.dossiers import POLICY, READY, READY_FACTS, TODAY, dossier, evidence

BEST_FIRST = [
    Decision.READY,
    Decision.READY_WITH_WAIVERS,
    Decision.READY_ON_CONDITION,
    Decision.CANNOT_TELL,
    Decision.NOT_YET,
]
EVERY_FIELD = load((Path(__file__).parent / "every_field.yaml").read_bytes()).data


def rank(verdict: Verdict) -> int:
    return BEST_FIRST.index(verdict.decision)


def judged(text: str = READY, **facts: Any) -> Verdict:
    return deliberate(dossier(text, {**READY_FACTS, **facts}), CHECKS)


def cost_claim(large: dict[str, int], small: dict[str, int]) -> Verdict:
    text = READY.replace("reason: classification", "reason: cost_or_latency").replace(
        "  threshold", "  budget: {cost_per_request: 0.001}\n  untuned: {artifact: b.json, rows: b.jsonl}\n  threshold"
    )
    return judged(text, evals={"eval.baseline": large, "eval.untuned": small})


@settings(max_examples=40)
@given(st.integers(0, 200), st.integers(0, 12), st.integers(1, 40))
def test_a_better_baseline_never_gets_a_better_verdict(right: int, errored: int, more: int) -> None:
    def verdict(right: int, errored: int) -> int:
        return rank(
            judged(evals={"eval.baseline": {"right": right, "wrong": 240 - right - errored, "errored": errored}})
        )

    assert verdict(right + min(more, 240 - right - errored), errored) >= verdict(right, errored)
    assert verdict(right, errored + 1) >= verdict(right, errored)


@settings(max_examples=40)
@given(st.integers(150, 220), st.integers(0, 12), st.integers(0, 200))
def test_a_worse_large_model_and_a_better_small_one_never_get_a_better_verdict(
    right: int, errored: int, small: int
) -> None:
    def verdict(right: int, errored: int, small: int) -> int:
        large = {"right": right, "wrong": 240 - right - errored, "errored": errored}
        return rank(cost_claim(large, {"right": small, "wrong": 240 - small}))

    before = verdict(right, errored, small)
    assert verdict(right - 1, errored, small) >= before
    assert verdict(right - 1, errored + 1, small) >= before
    assert verdict(right, errored, small + 1) >= before


def test_a_cost_claim_is_ready_when_all_of_it_holds() -> None:
    assert cost_claim({"right": 190, "wrong": 10}, {"right": 140, "wrong": 60}).decision is Decision.READY


@settings(max_examples=40)
@given(st.integers(190, 700), st.integers(0, 300), st.integers(0, 4))
def test_fewer_effective_examples_never_get_a_better_verdict(rows: int, copies: int, faulty: int) -> None:
    def verdict(rows: int, copies: int, faulty: int) -> int:
        faults = [{"code": "no_target", "line": 1}] if faulty else []
        profile = {"rows": rows, "copies": min(copies, rows - faulty), "faulty": faulty, "faults": faults}
        return rank(judged(data={"data.train": profile}))

    before = verdict(rows, copies, faulty)
    assert verdict(rows - 1, copies, faulty) >= before
    assert verdict(rows, copies + 1, faulty) >= before
    assert verdict(rows, copies, faulty + 1) >= before


@settings(max_examples=40)
@given(st.integers(0, 20_000), st.integers(1, 5_000), st.integers(300, 500))
def test_less_volume_and_an_earlier_end_never_get_a_better_verdict(volume: int, less: int, stay: int) -> None:
    def verdict(volume: int, stay: int) -> int:
        text = READY.replace("requests: 10000", f"requests: {volume}").replace(
            "2027-01-01", str(TODAY + timedelta(days=stay))
        )
        return rank(judged(text.replace("  claimed: {savings_12_months: 17155, payback_days: 33}\n", "")))

    assert verdict(max(volume - less, 0), stay) >= verdict(volume, stay)
    assert verdict(volume, stay - 1) >= verdict(volume, stay)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, entry in entries for found in _paths(entry, (*path, key)))]


PATHS = _paths(EVERY_FIELD)[1:]
VALUES = st.sampled_from(
    [None, 0, -1, 5, 1e15, 1e-12, 0.5, True, "x", "../../x", [], {}, {"not_applicable": "no_users", "why": "x"}]
)
WORDS = st.sampled_from(
    [
        *((("failure", "reason"), word) for word in ("cost_or_latency", "distillation", "persona", "reasoning", "other", "hallucination")),
        *((("training", "method"), word) for word in ("dpo", "rft", "continued_pretraining", "rlhf", "distillation")),
        *((("ops_cost", "benefit", "kind"), word) for word in ("quality", "latency", "privacy")),
        (("failure", "kind"), "knowledge"),
        (("scope",), "experiment"),
        (("eval", "metric", "direction"), "lower"),
        (("serving", "platform"), "vllm"),
    ]
)  # fmt: skip
RUN = st.fixed_dictionaries(
    {"right": st.integers(0, 9), "wrong": st.integers(0, 9), "errored": st.integers(0, 3)},
    optional={"aggregate_only": st.just(True), "value": st.sampled_from([0.0, 0.5, 1.0, 1e9]), "scores": st.lists(st.floats(-1e9, 1e9), max_size=4),
              "mock": st.booleans(), "grade": st.sampled_from("ABCD"), "n": st.integers(0, 30)},
)  # fmt: skip
GONE = st.fixed_dictionaries({"unavailable": st.just("it is so"), "trouble": st.sampled_from(["definitive", "passing", "not_supported", "service_only"])})  # fmt: skip
SERVER = st.fixed_dictionaries(
    {"engine": st.sampled_from(["vLLM", "SGLang", "TGI", "Fireworks"])},
    optional={
        "model": st.sampled_from(["", "/", "acme/base-8b", "meta-llama/Llama-3.1-8B-Instruct-AWQ"]), "lora": st.booleans(),
        "adapters": st.lists(st.text(max_size=3), max_size=2), "max_rank": st.integers(-1, 2_000), "max_adapters": st.integers(0, 9),
        "max_loaded": st.integers(0, 9), "quantization": st.just("fp8"), "max_length": st.integers(0, 9_000),
        "by_default": st.just(["lora", "max_rank"]),
    },
)  # fmt: skip
FACTS = st.fixed_dictionaries(
    {
        "evals": st.dictionaries(
            st.sampled_from(
                [
                    "eval.baseline",
                    "eval.untuned",
                    "tried.few_shot",
                    "tried.reasoning_model",
                    "training.teacher",
                    "serving.rollout_evidence",
                ]
            ),
            RUN | GONE,
        ),
        "servings": st.dictionaries(
            st.just("serving.config"),
            st.fixed_dictionaries({"servers": st.lists(SERVER, min_size=1, max_size=2)}) | GONE,
        ),
        "data": st.dictionaries(st.just("data.train"), st.fixed_dictionaries({"rows": st.integers(0, 2_000)}) | GONE),
        "people": st.dictionaries(
            st.sampled_from(["first-owner", "second_acme"]), st.fixed_dictionaries({"member": st.booleans()}) | GONE
        ),
        "teams": st.dictionaries(
            st.just("acme/ml-platform"), st.fixed_dictionaries({"members": st.integers(0, 2)}) | GONE
        ),
        "consents": st.dictionaries(
            st.just("pull_request"),
            st.fixed_dictionaries(
                {"by": st.lists(st.sampled_from([["first-owner", "author"], ["second_acme", "review", 1]]))}
            )
            | GONE,
        ),
        "plans": st.dictionaries(
            st.just("owner.rollback"), st.fixed_dictionaries({"words": st.integers(0, 99)}) | GONE
        ),
        "schedules": st.dictionaries(
            st.just("owner.drift_checks.data"),
            st.fixed_dictionaries({"runs": st.just([]), "gap": st.integers(1, 999)}) | GONE,
        ),
        "texts": st.dictionaries(
            st.sampled_from(["eval.threshold_source", "eval.holdout.label_audit", "data.label_audit"]),
            st.fixed_dictionaries({"text": st.text(max_size=20)}) | st.just({"audit": {"right": 3, "wrong": 1}}) | GONE,
        ),
    }
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES) | WORDS, max_size=5), FACTS)
def test_no_proposal_and_no_facts_break_a_check(
    changes: list[tuple[tuple[str | int, ...], object]], facts: dict[str, Any]
) -> None:
    data: Any = load(yaml.safe_dump(EVERY_FIELD).encode()).data
    for keys, value in changes:
        here = data
        for key in keys[:-1]:
            here = here[key] if isinstance(here, dict | list) and _holds(here, key) else None
        if isinstance(here, dict) or (isinstance(here, list) and _holds(here, keys[-1])):
            here[keys[-1]] = value  # type: ignore[index]
    reading = read(yaml.safe_dump(data).encode(), opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    case = Dossier(reading.proposal, POLICY, evidence(facts), TODAY)
    verdict = deliberate(case, CHECKS, reading.problems)
    for entry in verdict.judged:
        finding = entry.finding
        assert finding.outcome is not Outcome.BROKEN, finding
        assert finding.message
        assert finding.fix or finding.outcome not in (Outcome.FAILED, Outcome.UNVERIFIED)
    assert deliberate(case, CHECKS, reading.problems) == verdict
    if reading.problems:
        assert verdict.decision is Decision.NOT_YET


def _holds(here: Any, key: Any) -> bool:
    return key in here if isinstance(here, dict) else isinstance(key, int) and key < len(here)
