"""Is a model found at its provider, however a tool, a host or a proposal writes it, and never mixed up with another?"""

import pytest

from bot.readiness.model_place import Place, is_named, place


@pytest.mark.parametrize(
    ("name", "provider", "key"),
    [
        ("gpt-4o-mini", "openai", "gpt-4o-mini"),
        ("openai/gpt-4.1", "openai", "gpt-4-1"),
        ("openai:chat:gpt-4o-2024-08-06", "openai", "gpt-4o-2024-08-06"),
        ("o4-mini-2025-04-16", "openai", "o4-mini-2025-04-16"),
        ("azure/gpt-4o", "azure", "gpt-4o"),
        ("azure/gpt-35-turbo", "azure", "gpt-3-5-turbo"),
        ("anthropic/claude-sonnet-4.5", "anthropic", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "anthropic", "claude-sonnet-4-5-20250929"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("bedrock/us-east-1/amazon.nova-micro-v1:0", "bedrock", "amazon.nova-micro-v1:0"),
        ("bedrock:eu.amazon.nova-lite-v1:0", "bedrock", "amazon.nova-lite-v1:0"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:300k",
            "bedrock",
            "amazon.nova-pro-v1:0:300k",
        ),
        ("vertex_ai/gemini-2.5-flash", "vertex", "gemini-2-5-flash"),
        (
            "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash",
            "vertex",
            "gemini-2-5-flash",
        ),
        ("models/gemini-2.5-pro", "google", "gemini-2-5-pro"),
        ("gemini-2.5-pro", "google", "gemini-2-5-pro"),
        ("accounts/fireworks/models/llama-v3p1-8b-instruct", "fireworks", "llama-3-1-8b-instruct"),
        ("together_ai/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "together", "llama-3-1-8b-instruct-turbo"),
        ("mistral/ministral-8b-2512", "mistral", "ministral-8b-2512"),
        ("meta-llama/Llama-3.1-8B-Instruct", None, "llama-3-1-8b-instruct"),
        ("acme-router", None, "acme-router"),
        ("", None, ""),
    ],
)
def test_a_name_tells_its_provider_or_none(name: str, provider: str | None, key: str) -> None:
    found = place(name)
    assert (found.provider, found.key, found.tuned) == (provider, key, False)


@pytest.mark.parametrize(
    "name",
    [
        "ft:acme-mini-2026-01-01:acme::abc123",
        "ft:acme-mini-2026-01-01:acme:router:abc123:ckpt-step-90",
        "openai/ft:acme-mini-2026-01-01:acme::abc123",
        "openai:chat:ft:acme-mini-2026-01-01:acme::abc123",
        "ft:acme-mini-2026-01-01",
    ],
)
def test_a_tuned_name_gives_its_base(name: str) -> None:
    assert place(name) == Place("openai", "acme-mini-2026-01-01", tuned=True)
    assert place(name).said == "acme-mini-2026-01-01"


def test_a_stated_provider_wins_over_the_name() -> None:
    assert place("gpt-4o", "azure").provider == "azure"
    assert place("gpt-4o", "other").provider == "openai"
    assert place("openai/gpt-oss-20b", "together") == Place("together", "gpt-oss-20b")


@pytest.mark.parametrize(
    ("pattern", "name", "named"),
    [
        ("gpt-4", "gpt-4o", False),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4o", "gpt-4o-2024-08-06", False),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-11-20", False),
        ("gpt-4o*", "gpt-4o-2024-11-20", True),
        ("acme/base-8b", "base-8b", True),
        ("base-8b", "acme/base-8b", True),
        ("acme/base-8b", "other/base-8b", False),
        ("acme/*", "acme/base-8b", True),
        ("acme/*", "base-8b", False),
        ("acme/base*", "base-8b", True),
        ("*", "anything", True),
        ("Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-8B-Instruct", True),
        ("Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", False),
        ("Qwen2.5-7B", "Qwen/Qwen2.5-72B", False),
        ("[a-z]", "b", False),
    ],
)
def test_only_the_same_name_is_the_same_model(pattern: str, name: str, named: bool) -> None:
    assert is_named(pattern, place(name)) is named


def test_a_name_loses_what_cannot_be_seen() -> None:
    assert place("acme\0-mi\ud800ni\n", "openai") == Place("openai", "acme-mini")


def test_an_enormous_name_is_cut() -> None:
    assert len(place("ft:" + "a:" * 100_000).name) <= 300
    assert len(place("a/" * 100_000).name) <= 300
