"""Is a model known by its name, however a tool, a host or a date writes it?"""

import pytest

from bot.readiness.checks.eval.baseline_is_the_strong_prompt import strong
from bot.readiness.model_name import are_alike, differ
from tests.dossiers import dossier

STRONG = strong(dossier())


@pytest.mark.parametrize(
    "name",
    [
        *(
            "anthropic/claude-sonnet",
            "claude-opus-4-1",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "claude-3-5-sonnet-latest",
        ),
        *(
            "gpt-5.1",
            "gpt-6.1-sol",
            "qwen/qwen3.7-max",
            "claude-mythos-preview",
            "openai/gpt-4.1",
            "azure/gpt-4o",
            "openai:chat:gpt-4o-2024-08-06",
            "chatgpt-4o-latest",
            "o3",
            "o1-2024-12-17",
        ),
        *(
            "gemini-2.5-pro",
            "vertex_ai/gemini-1.5-pro-002",
            "deepseek-v3.1",
            "deepseek/deepseek-r1",
            "mistral-large-2411",
        ),
        *(
            "meta-llama/Llama-3.3-70B-Instruct",
            "Qwen/Qwen3-235B-A22B",
            "mistralai/Mixtral-8x22B-Instruct-v0.1",
            "grok-4",
            "gpt-oss-120b",
        ),
    ],
)
def test_a_strong_model_is_known_however_it_is_written(name: str) -> None:
    assert STRONG.weakness(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gpt-5-mini", "smaller sibling"),
        ("openai/gpt-4.1-nano", "smaller sibling"),
        ("claude-3-haiku-20240307", "smaller sibling"),
        ("gemini-2.5-flash", "smaller sibling"),
        ("o4-mini", "smaller sibling"),
        ("openai/gpt-6-luna", "smaller sibling"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "smaller sibling"),
        ("gpt-3.5-turbo-0125", "not in the policy's list"),
        ("gpt-4-0613", "not in the policy's list"),
        ("claude-2.1", "not in the policy's list"),
        ("acme/our-model", "not in the policy's list"),
        ("", "not in the policy's list"),
        ("ft:gpt-4o-2024-08-06:acme::abc", "tuned"),
        ("acme/claude-sonnet-finetuned", "tuned"),
        ("acme/llama-70b-lora", "tuned"),
        ("meta-llama/Llama-3.1-8B-Instruct", "8 billion"),
        ("Qwen2.5-32B", "32 billion"),
        ("acme/claude-sonnet-7b", "7 billion"),
        ("mistralai/Mixtral-8x7B", "56 billion"),
    ],
)
def test_a_weak_model_is_refused_with_the_reason(name: str, why: str) -> None:
    assert why in (STRONG.weakness(name) or "")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("anthropic/claude-sonnet", "claude-sonnet-4-5-20250929", True),
        ("meta-llama/Llama-3.1-8B-Instruct", "ollama/llama3.1:8b", True),
        ("meta-llama/Llama-3.1-8B-Instruct", "together/meta-llama-3.1-8b-instruct-turbo", True),
        ("gpt-4.1", "gpt-5", False),
        ("claude-sonnet", "claude-opus", False),
        ("gpt-4", "gpt-4o", False),
        ("openai/gpt-4", "azure/gpt-4o-2024-08-06", False),
        ("o1", "o3", False),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("acme/phi-3-mini", "phi3mini", True),
    ],
)
def test_two_names_may_be_of_one_model(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike is are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        ("Llama-3.1-8B", "Llama-3.1-70B", True),
        ("qwen2.5-7b", "Qwen/Qwen2.5-7.6B", False),
        ("Llama-3.1-8B", "accounts/acme/deployments/abc123", False),
        ("gpt-4.1", "gpt-5", False),
    ],
)
def test_only_sizes_tell_two_models_surely_apart(one: str, other: str, different: bool) -> None:
    assert differ(one, other) is different is differ(other, one)
