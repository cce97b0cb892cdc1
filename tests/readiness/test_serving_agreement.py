"""Does each message name both values and the line, and is only what cannot work called a misfit?"""

from typing import Any

import pytest

from bot.readiness.checks.owner.platform_fits_recipe import CHECK
from tests.dossiers import dossier

HEAD = "version: 1\nadapter: router\n"
TRAINED = "training: {method: sft, technique: TECHNIQUE, base_model: BASE, config: training/config.yaml}\n"
WHERE = "evals/results.json"  # the source of every fact that `tests.dossiers` builds


def findings(
    serving: str,
    server: dict[str, Any],
    *,
    technique: str = "lora",
    base: str = "acme/Model-8B-Instruct",
    rest: str = "",
    **facts: Any,
) -> list[str]:
    """Judge a proposal with a serving config of one server; each finding as its outcome and its words."""
    text = HEAD + TRAINED.replace("TECHNIQUE", technique).replace("BASE", base)
    text += f"serving: {{config: deploy/serve.sh, {serving}}}\n{rest}"
    known = {"servings": {"serving.config": {"model": "acme/Model-8B-Instruct", "lora": True, **server}}, **facts}
    return [f"{f.outcome}: {f.message} {f.remark or ''}{f.fix or ''}".strip() for f in CHECK.run(dossier(text, known))]


def rank(trained: int, **server: Any) -> list[str]:
    return findings(
        "platform: null", server, configs={"training.config": {"base_model": "acme/Model-8B-Instruct", "rank": trained}}
    )


def test_a_rank_is_told_with_both_lines_and_the_next_one_that_vllm_takes() -> None:
    (found,) = rank(40, max_rank=16, by_default=["max_rank"])
    assert found == (
        f"failed: The adapter's rank is 40 ({WHERE}:2), vLLM serves up to 16 by default ({WHERE}:3): it will not load. "
        "Set `--max-lora-rank` to 64."
    )


def test_a_rank_that_vllm_never_takes_is_a_matter_of_training() -> None:
    (found,) = rank(1024, max_rank=512)
    assert "Train with a rank of 512 at most" in found


@pytest.mark.parametrize(
    ("trained", "served", "outcome"), [(16, 16, "passed"), (17, 16, "failed"), (8, 16, "passed"), (1, 1, "passed")]
)
def test_a_rank_that_is_reached_is_served(trained: int, served: int, outcome: str) -> None:
    (found,) = rank(trained, max_rank=served)
    assert found.startswith(outcome)


def test_a_rank_that_vllm_takes_is_what_to_set() -> None:
    (found,) = rank(32, max_rank=16)
    assert found.endswith("Set `--max-lora-rank` to 32.")


def test_sglang_takes_any_rank_that_it_is_told() -> None:
    (found,) = rank(40, engine="SGLang", max_rank=16)
    assert "Set `--max-lora-rank` to 40." in found


@pytest.mark.parametrize(
    ("served", "outcome"),
    [
        ("acme/Model-8B-Instruct", "passed: Nothing"),
        ("unsloth/Model-8B-Instruct-bnb-4bit", "passed: Nothing"),
        ("/models/base", "passed: Nothing that is known contradicts `sft`, `lora`. Whether `/models/base`"),
        (
            "acme/Model-8B",
            "failed: The adapter is trained on `acme/Model-8B-Instruct`, the server loads `acme/Model-8B`",
        ),
        ("acme/Other-8B-Instruct", "failed: The adapter is trained on"),
    ],
)
def test_the_base_model_is_the_one_that_was_tuned(served: str, outcome: str) -> None:
    (found,) = findings("platform: null", {"model": served})
    assert found.startswith(outcome)


def test_one_cause_gives_one_finding() -> None:
    (found,) = findings("platform: vllm", {"model": "acme/router-merged-3B", "lora": False, "by_default": ["lora"]})
    assert "the server loads `acme/router-merged-3B`" in found


def test_full_weights_need_no_lora() -> None:
    (found,) = findings("platform: vllm", {"model": "/models/router", "lora": False}, technique="full")
    assert found.startswith("passed")


def test_a_host_that_merges_an_adapter_itself_needs_no_lora() -> None:
    (found,) = findings("platform: hosted", {"engine": "Fireworks", "model": "accounts/a/models/x1", "lora": False})
    assert found.startswith("passed")
    (found,) = findings("platform: hosted", {"engine": "Fireworks", "lora": False})
    assert "failed: An adapter is to be served, but Fireworks starts without LoRA" in found
    assert "`enableAddons`" in found


def test_an_adapter_that_is_listed_for_a_server_without_lora() -> None:
    (found,) = findings("platform: vllm", {"lora": False, "adapters": ["router"]})
    assert found.startswith(f"failed: An adapter is listed ({WHERE}:3), but vLLM starts without LoRA.")


@pytest.mark.parametrize(
    ("platform", "engine", "right"),
    [("vllm", "vLLM", None), ("sglang", "vLLM", "vllm"), ("hosted", "TGI", "tgi"), ("lorax", "Together", "hosted"),
     ("hosted", "Together", None), ("other", "vLLM", None)],
)  # fmt: skip
def test_the_form_names_the_engine_that_is_started(platform: str, engine: str, right: str | None) -> None:
    (found,) = findings(f"platform: {platform}", {"engine": engine})
    assert found.startswith("passed" if right is None else "failed")
    assert right is None or f"Write `platform: {right}`" in found


@pytest.mark.parametrize(
    ("server", "technique", "told"),
    [
        ({"quantization": "fp8"}, "lora", "served quantized (`fp8`"),
        ({"model": "acme/Model-8B-Instruct-GPTQ"}, "dora", "served quantized (`acme/Model-8B-Instruct-GPTQ`"),
        ({"quantization": "bitsandbytes"}, "qlora", None),
        ({}, "lora", None),
    ],
)
def test_a_quantized_base_is_remarked_where_it_was_not_trained_so(
    server: dict[str, Any], technique: str, told: str | None
) -> None:
    (found,) = findings("platform: null", server, technique=technique)
    assert found.startswith("passed")
    assert ("served quantized" in found) is (told is not None)
    assert told is None or told in found


def test_merged_weights_that_are_quantized_by_the_server_have_another_word() -> None:
    (found,) = findings("artifact: merged", {"model": "acme/router", "lora": False, "quantization": "awq"})
    assert "that is `artifact: quantized`" in found


@pytest.mark.parametrize(
    ("server", "outcome"),
    [
        ({"max_adapters": 8, "max_loaded": 8}, "passed"),
        ({"max_adapters": 2, "max_loaded": 8}, "passed"),
        ({"max_adapters": 8, "max_loaded": 4}, "failed"),
        ({"max_adapters": 4}, "failed"),
        ({}, "passed"),
    ],
)
def test_tenants_have_their_adapters_ready(server: dict[str, Any], outcome: str) -> None:
    (found,) = findings("multi_adapter: true, tenants: 8", server)
    assert found.startswith(outcome)
    assert ("fit in one batch" in found) is (server.get("max_adapters") == 2)


def test_one_adapter_is_several_in_the_config() -> None:
    (found,) = findings("multi_adapter: false", {"adapters": ["a", "b"]})
    assert "`serving.multi_adapter: false`, the config lists 2 adapters" in found


def test_the_longest_row_is_a_remark_for_it_is_an_estimate() -> None:
    shapes = {"made_of": {"items": 500, "lengths": [40, 40_000]}}
    data = {"data.train": {"rows": 500, "tokens": 50_000, "shapes": shapes}}
    (found,) = findings("platform: null", {"max_length": 2048}, data=data)
    assert found.startswith("passed")
    assert "has about 10,000 tokens (characters / 4), the server takes 2,048" in found


def test_a_request_that_just_fits_is_served() -> None:
    rest = "ops_cost: {tuned: {input_tokens: 2000, output_tokens: 48}}\n"
    (found,) = findings("platform: null", {"max_length": 2048}, rest=rest)
    assert found.startswith("passed")
    (found,) = findings("platform: null", {"max_length": 2047}, rest=rest)
    assert f"A request has 2,048 tokens (`ops_cost.tuned`), the server takes 2,047 ({WHERE}:3)." in found


@pytest.mark.parametrize(
    ("base", "closed"),
    [
        ("gpt-4.1-mini", True), ("openai/gpt-4o", True), ("o4-mini", True), ("gemini-2.5-flash", True), ("amazon.nova-lite-v1", True),
        ("anthropic.claude-3-haiku", True), ("openai/gpt-oss-20b", False), ("gpt-oss-20b", False), ("EleutherAI/gpt-neox-20b", False),
        ("acme/claude-like-8b", False), ("acme/Model-8B-Instruct", False),
    ],
)  # fmt: skip
def test_closed_weights_are_known_by_their_makers_names(base: str, closed: bool) -> None:
    text = HEAD + f"training: {{base_model: {base}}}\nserving: {{platform: vllm}}\n"
    found = [f.message for f in CHECK.run(dossier(text, {}))]
    assert any("are closed" in message for message in found) is closed
