"""Is what nobody proposed told apart from what a proposal covers?"""

from datetime import date

import pytest

from bot.readiness import proposal
from bot.readiness.unproposed import Training, adapters, begun, named, uncovered

CONFIG = Training("teams/routing/train/job.yaml", "Axolotl")


def test_an_adapter_is_one_folder_however_many_files_it_has() -> None:
    files = [
        "models/a/adapter_config.json",
        "models/a/adapter_model-00001-of-00002.safetensors",
        "models/b/adapter_model.bin",
        "models/c/adapters.npz",
        "adapter.yaml",
        "models/d/README.md",
        "src/adapter_config.json.py",
        "src/my_adapter.yaml",
    ]
    assert [each.path for each in adapters(files)] == [
        "adapter.yaml",
        "models/a/adapter_config.json",
        "models/b/adapter_model.bin",
        "models/c/adapters.npz",
    ]


@pytest.mark.parametrize(
    ("files", "linked", "covered"),
    [
        ([], set(), False),
        (["finetune-proposal.yaml"], set(), True),
        (["teams/routing/router.finetune-proposal.yml"], set(), True),
        (["teams/routing/train/finetune-proposal.yaml"], set(), True),
        (["teams/routing/train/deeper/finetune-proposal.yaml"], set(), False),
        (["teams/rout/finetune-proposal.yaml"], set(), False),
        (["teams/tone/finetune-proposal.yaml"], set(), False),
        (["teams/tone/finetune-proposal.yaml"], {"teams/routing/train/job.yaml"}, True),
        (["teams/routing/proposal.yaml"], set(), False),
    ],
)
def test_a_proposal_covers_what_it_links_and_what_lies_beside_and_below_it(
    files: list[str], linked: set[str], covered: bool
) -> None:
    assert uncovered([CONFIG], files, linked) == (() if covered else (CONFIG,))


def test_the_first_five_are_named() -> None:
    many = [Training(f"{n}/adapter.yaml") for n in range(7)]
    assert named(many[:1]) == "`0/adapter.yaml` (an adapter)"
    assert named([CONFIG, many[0]]) == "`teams/routing/train/job.yaml` (a config for Axolotl) and `0/adapter.yaml` (an adapter)"  # fmt: skip
    assert named(many).endswith("`4/adapter.yaml` (an adapter) and 2 more")


@pytest.mark.parametrize("path", ["teams/Routing v2/job.yaml", "job.yaml", "x/a'b\n: {.yaml"])
def test_what_is_begun_reads_as_a_proposal(path: str) -> None:
    read = proposal.read(begun(Training(path, "Axolotl")).encode(), opened_on=date(2026, 11, 1))
    assert read.proposal is not None
    assert read.proposal.adapter in ("routing-v2", "my-adapter", "x", "teams")
