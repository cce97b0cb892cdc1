"""Is only what is certain called a contradiction, and are both values and the line named?"""

import pytest

from bot.readiness.checks.owner.training_reproducible import CHECK
from bot.readiness.training_files import Likeness, Linked
from tests.dossiers import READY, READY_FACTS, dossier

SAME, OTHER, UNKNOWN = "agrees", "differs", "cannot be seen"


def findings(proposal: dict[str, str], config: dict[str, object]) -> list[str]:
    """Judge a proposal and a config that agree but for what is given."""
    text = READY
    for old, new in proposal.items():
        assert old in text
        text = text.replace(old, new)
    ready = {**READY_FACTS["configs"]["training.config"], **config}
    facts = {**READY_FACTS, "configs": {"training.config": ready}}
    return [f"{f.outcome}: {f.message} {f.remark or ''}".rstrip() for f in CHECK.run(dossier(text, facts))]


def judged(found: list[str]) -> str:
    (only,) = found
    if only.startswith("failed"):
        return OTHER
    return UNKNOWN if UNKNOWN in only else SAME


@pytest.mark.parametrize(
    ("proposed", "configured", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-8B-Instruct-Reference", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "accounts/fireworks/models/llama-v3p1-8b-instruct", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3-1-8b-instruct", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0:128k", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "/mnt/Llama-3.1-8B-Instruct/", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "models/Llama-3.1-8B-Instruct", SAME),
        ("meta-llama/Llama-3.1-8B-Instruct", "/mnt/weights", UNKNOWN),
        ("meta-llama/Llama-3.1-8B-Instruct", "models/base", UNKNOWN),
        ("meta-llama/Llama-3.1-8B-Instruct", "our-base", UNKNOWN),
        ("meta-llama/Llama-3.1-8B-Instruct", "torchtune.models.llama3_1.lora_llama3_1_8b", UNKNOWN),
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-70B-Instruct", OTHER),
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B", OTHER),
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.2-8B-Instruct", OTHER),
        ("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-8B", OTHER),
        ("meta-llama/Llama-3.1-8B-Instruct", "/mnt/Llama-3.1-70B-Instruct", OTHER),
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B-Base", OTHER),
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18", SAME),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2025-07-18", OTHER),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", OTHER),
        ("gpt-4.1-mini", "gpt-4o-mini", OTHER),
        ("mistralai/Mistral-Small-Instruct-2501", "projects/x/locations/y/publishers/m/models/mistral-small-2501", SAME),
    ],
)  # fmt: skip
def test_names_of_base_models(proposed: str, configured: str, expected: str) -> None:
    assert judged(findings({"acme/base-8b": proposed}, {"base_model": configured})) == expected


@pytest.mark.parametrize(
    ("link", "name", "expected"),
    [
        ("data/train.jsonl", "data/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "./data/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "../data/train.jsonl", Likeness.SAME),
        ("/team/data/train.jsonl", "data/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "team/data/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "s3://bucket/rows/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "train", Likeness.SAME),
        ("hf://datasets/acme/tickets@0e9e39f/train.jsonl", "acme/tickets", Likeness.SAME),
        ("s3://bucket/train.jsonl?version=1", "s3://bucket/train.jsonl", Likeness.SAME),
        ("data/train.jsonl", "data/other.jsonl", Likeness.OTHER),
        ("gs://bucket/a.jsonl", "gs://bucket/b.jsonl", Likeness.OTHER),
        ("data/train.jsonl", "file-a1b2", Likeness.UNKNOWN),
        ("data/train.jsonl", "acme/tickets", Likeness.UNKNOWN),
        ("data/train.jsonl", "/mnt/rows.jsonl", Likeness.UNKNOWN),
        ("data/train.jsonl", "s3://bucket/rows.jsonl", Likeness.UNKNOWN),
        ("hf://datasets/acme/tickets@0e9e39f/train.jsonl", "data/other.jsonl", Likeness.UNKNOWN),
        ("https://store.example/a.jsonl", "https://mirror.example/b.jsonl", Likeness.UNKNOWN),
    ],
)
def test_names_of_files(link: str, name: str, expected: Likeness) -> None:
    assert Linked(link, "training/config.yaml").likeness(name) is expected


@pytest.mark.parametrize(
    ("link", "name", "sure"),
    [
        ("data/held.jsonl", "data/held.jsonl", True),
        ("data/held.jsonl", "../data/held.jsonl", True),
        ("training/held.jsonl", "held.jsonl", True),
        ("/team/data/held.jsonl", "data/held.jsonl", True),
        ("s3://bucket/held.jsonl?version=2", "s3://bucket/held.jsonl", True),
        ("held.jsonl", "old/held.jsonl", False),
        ("data/held.jsonl", "held.jsonl", False),
        ("data/held.jsonl", "/mnt/data/held.jsonl", False),
        ("data/held.jsonl", "acme/held", False),
    ],
)
def test_a_leak_is_told_only_of_the_very_file(link: str, name: str, sure: bool) -> None:
    assert Linked(link, "training/config.yaml").is_surely(name) is sure


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"base_model": "acme/base-70b"}, "base model is `acme/base-8b` (`training.base_model`), the config's is `acme/base-70b` (L:1)"),
        ({"method": "dpo"}, "method is `sft` (`training.method`), the config's is `dpo` (L:2)"),
        ({"technique": "full"}, "technique is `lora` (`training.technique`), the config's is `full` (L:3)"),
        ({"data_files": ["data/a.jsonl"]}, "training file is `data/train.jsonl` (`data.train.path`), the config's is `data/a.jsonl` (L:4)"),
        ({"seed": 7}, "seed is `42` (`training.seed`), the config's is `7` (L:5)"),
        ({"base_revision": "ffff39f249a1"}, "revision is `0e9e39f249a1` (`training.base_revision`), the config's is `ffff39f249a1` (L:6)"),
    ],
)  # fmt: skip
def test_a_contradiction_names_both_values_and_the_line(config: dict[str, object], words: str) -> None:
    (message,) = findings({}, config)
    assert words.replace("L:", "evals/results.json:") in message


def test_each_contradiction_is_told() -> None:
    assert len(findings({}, {"method": "dpo", "seed": 7, "technique": "full"})) == 3


def test_all_that_agrees_is_named() -> None:
    (message,) = findings({}, {})
    assert "(Axolotl) agrees with the proposal on base model, method, technique, seed, training file." in message


def test_a_held_out_set_that_is_the_training_file_is_told_elsewhere() -> None:
    assert judged(findings({"path: data/holdout.jsonl": "path: data/train.jsonl"}, {})) == SAME
