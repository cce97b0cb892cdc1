"""Do the recipes of docs/policy.md hold as they stand, each without a complaint?"""

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.readiness.policy import LayerKind, Place
from bot.readiness.policy_file import PolicyText, read_file
from bot.readiness.schema.parts import Code
from bot.wiring import in_force, policy

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
GUIDE = (DOCS / "policy.md").read_text()
RECIPES = BLOCK.findall(GUIDE)
PLACE = Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml")


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_a_recipe_is_read_without_a_complaint_and_changes_something(number: int) -> None:
    text = PolicyText(PLACE, RECIPES[number].encode())
    file = read_file(text, policy())
    assert file.complaints == ()
    assert file.opinions or file.tiers or file.may_loosen


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 8


def test_one_repository_may_do_with_fewer_as_the_guide_says() -> None:
    allows = next(recipe for recipe in RECIPES if "may_loosen" in recipe)
    uses = RECIPES[RECIPES.index(allows) + 1]
    texts = (PolicyText(PLACE, allows.encode()), PolicyText(Place(LayerKind.REPOSITORY, "acme/x", "p"), uses.encode()))
    found = in_force(texts)
    assert found.number("holdout-large-enough", "floor") == 150
    assert found.complaints == ()


def test_a_code_of_a_recipe_is_one_that_a_proposal_can_write() -> None:
    codes = [
        opinion.path[2]
        for recipe in RECIPES
        for opinion in read_file(PolicyText(PLACE, recipe.encode()), policy()).opinions
        if opinion.path[0] == "accepted_codes"
    ]
    assert len(codes) == 2
    assert set(codes) <= set(get_args(Code))


def test_an_organisation_s_word_on_models_is_taken_as_the_guide_writes_it() -> None:
    (word,) = [block for block in BLOCK.findall((DOCS / "models.md").read_text()) if "models:" in block]
    found = in_force((PolicyText(PLACE, f"version: 1\n{word}".encode()),))
    assert found.complaints == ()
    assert {entry.provider for entry in found.models} == {"azure", "self_hosted"}


def test_the_guide_names_every_key_of_a_file() -> None:
    from bot.report.policy_schema import policy_schema

    for key in policy_schema(policy(), {})["properties"]:
        assert f"`{key}" in GUIDE, key
