"""Is the table of providers whole, in the proposal's words, dated and sourced; and are models known by their names?"""

from datetime import date
from typing import get_args

import pytest

from bot import wiring
from bot.readiness.fact import Known
from bot.readiness.platform import Offer, Platform
from bot.readiness.proposal import read
from bot.readiness.schema.training import Training
from bot.readiness.strict_yaml import load
from bot.settings import shipped
from bot.sources.platforms import AT, BadTable, table

RAW = (shipped("policies") / "facts" / "platforms.yaml").read_bytes()
TABLE = {name: known.value for name, known in table(RAW).items()}


def words(field: str) -> set[str]:
    """Give the words that a proposal knows for a field of `training`."""
    annotation = Training.model_fields[field].annotation
    return {word for part in get_args(annotation) for word in get_args(part)}


def test_every_provider_of_a_proposal_has_its_row() -> None:
    assert set(TABLE) == words("provider") - {"other"}


@pytest.mark.parametrize("platform", TABLE.values(), ids=TABLE)
def test_a_row_is_in_the_proposals_words_and_says_where_it_comes_from(platform: Platform) -> None:
    assert set(platform.methods) <= words("method")
    assert set(platform.techniques) <= words("technique")
    assert platform.source.startswith("https://")
    assert date(2026, 11, 1) <= platform.checked_on
    for offer in platform.offers:
        assert offer.source == "S1" or offer.source.startswith("https://")
        assert set(offer.methods) <= words("method")
        assert not platform.methods or set(offer.methods) <= set(platform.methods)
        assert set(offer.techniques) <= words("technique")
        assert set(offer.without) <= words("method") | words("technique")
        assert not set(offer.without) & {*offer.methods, *offer.techniques}
        assert all(platform.offer(name) is offer for name in offer.models), "two rows for one model"


def test_the_table_is_strict_yaml_and_no_key_of_it_is_overlooked() -> None:
    document = load(RAW)
    assert document.problems == []
    for row in document.data["platforms"]:
        assert set(row) <= set(Platform.__dataclass_fields__)
        for offer in row.get("offers", ()):
            assert set(offer) <= set(Offer.__dataclass_fields__)


@pytest.mark.parametrize(
    ("provider", "model", "methods"),
    [
        ("azure", "gpt-4o-mini-2024-07-18", ("sft",)),
        ("azure", "gpt-4o-2024-08-06", ("sft", "dpo")),
        ("azure", "gpt-4.1-nano", ("sft", "dpo")),
        ("azure", "gpt-4", None),
        ("openai", "o4-mini-2025-04-16", ("rft",)),
        ("openai", "gpt-4o-mini", None),
        ("bedrock", "meta.llama3-1-8b-instruct-v1:0:128k", ("sft",)),
        ("bedrock", "meta-llama/Llama-3.1-8B-Instruct", ("sft",)),
        ("bedrock", "meta-llama/Llama-3.1-8B", None),
        ("bedrock", "amazon.nova-lite-v1:0:300k", ("sft", "distillation")),
        ("bedrock", "amazon.nova-2-lite-v1:0:256k", ("sft", "rft")),
        ("vertex", "gemini-2.5-flash", ("sft", "dpo")),
        ("vertex", "gemini-2.5-flash-lite", ("sft",)),
        ("vertex", "gemini-2.5-pro", None),
        ("fireworks", "accounts/fireworks/models/llama-v3p1-8b-instruct", ("sft", "dpo", "rft")),
        ("fireworks", "Qwen/Qwen2.5-7B-Instruct", ("sft", "dpo", "rft")),
        ("fireworks", "microsoft/Phi-4", ("sft", "dpo", "rft")),
        ("fireworks", "microsoft/Phi-4-mini-instruct", None),
        ("fireworks", "acme/Model-8B", None),
    ],
)
def test_a_model_is_known_by_the_words_of_its_name(provider: str, model: str, methods: tuple[str, ...] | None) -> None:
    offer = TABLE[provider].offer(model)
    assert (offer.methods if offer else None) == methods


def test_of_two_rows_for_a_name_the_one_with_more_of_its_words_counts() -> None:
    wide, narrow = Offer(("model 8b",), ("sft",), "https://a"), Offer(("model 8b instruct",), ("dpo",), "https://b")
    for offers in ((wide, narrow), (narrow, wide)):
        platform = Platform("acme", "Acme", "https://a", date(2026, 11, 30), offers=offers)
        assert platform.offer("acme/Model-8B-Instruct") is narrow
        assert platform.offer("acme/Model-8B") is wide


def test_a_proposal_gets_the_row_of_its_provider_and_no_other() -> None:
    def of(text: str) -> dict[str, object]:
        reading = read(f"version: 1\nadapter: router\ntraining: {{{text}}}\n".encode(), opened_on=date(2026, 11, 30))
        assert reading.proposal is not None
        return dict(wiring.platforms().of(reading.proposal))

    found = of("provider: cohere")[AT]
    assert isinstance(found, Known)
    assert (found.value.provider, found.value.ended) == ("cohere", date(2025, 9, 15))
    assert len(found.source.sha256 or "") == 64
    assert of("provider: other") == of("method: sft") == {}


@pytest.mark.parametrize("raw", [b"platforms: [{provider: x}]\n", b"platforms: 3\n", b"a: [\n", b"{}\n", b"3\n"])
def test_a_table_that_cannot_be_read_says_so(raw: bytes) -> None:
    with pytest.raises(BadTable, match="platforms"):
        table(raw)
