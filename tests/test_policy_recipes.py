"""Does every recipe of docs/policy-rules.md do what the page says, by the cases that stand below it?"""

import re
from pathlib import Path

import pytest

from bot.readiness.cases.running import run
from bot.readiness.checks import CHECKS
from bot.readiness.policy import LayerKind, Place, Policy
from bot.readiness.policy_file import PolicyText
from bot.wiring import in_force

PAGE = (Path(__file__).parent.parent / "docs" / "policy-rules.md").read_text()
RECIPES = {
    section.splitlines()[0].strip(): re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    for section in PAGE.split("## Recipes")[1].split("\n### ")[1:]
}
CASES = [
    pytest.param(blocks[0], text, id=f"{title}-{number}")
    for title, blocks in RECIPES.items()
    for number, text in enumerate(blocks[1:], 1)
]


def policy_of(text: str) -> Policy:
    whole = text if text.startswith("version") else f"version: 1\n{text}"
    return in_force((PolicyText(Place(LayerKind.ORGANISATION, "", "policy.yaml"), whole.encode()),))


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_recipe_judges_its_case_as_it_says(rule: str, case: str) -> None:
    result = run("case", case, policy_of(rule), CHECKS)
    assert result.trouble is None
    assert result.differences == ()


def test_every_policy_on_the_page_can_be_used() -> None:
    policies = re.findall(r"```yaml\n((?:version|rules).*?)```", PAGE, re.DOTALL)
    assert len(policies) > len(RECIPES)
    assert [policy_of(text).complaints for text in policies] == [()] * len(policies)


def test_every_recipe_has_a_case_and_a_case_that_comes_out_otherwise_fails() -> None:
    assert len(RECIPES) >= 6
    assert all(len(blocks) > 1 for blocks in RECIPES.values())
    rule, case, *_ = RECIPES["A list of base models"]
    turned = case.replace("known-base-models passed", "known-base-models failed")
    assert run("case", turned, policy_of(rule), CHECKS).differences
