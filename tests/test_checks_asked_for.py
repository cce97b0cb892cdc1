"""Is every check there that the readiness policy asks for, in its place and as grave as it should be, and none besides?"""

from pathlib import Path

import pytest
import yaml

import bot.readiness.checks as table
from bot.readiness.checks import CHECKS
from bot.wiring import policy
from tests.dossiers import CASES, read_case

ROOT = Path(__file__).resolve().parent.parent
ASKED = {
    check: (item, enforcement)
    for item, checks in yaml.safe_load((Path(__file__).parent / "checks_asked_for.yaml").read_text()).items()
    for check, enforcement in checks.items()
}
THERE = pytest.mark.parametrize("check", sorted(ASKED))


def test_every_check_that_is_asked_for_is_there_and_none_besides() -> None:
    there = {check.id: str(check.item) for check in CHECKS}
    assert there == {check: item for check, (item, _) in ASKED.items()}


@THERE
def test_a_check_lies_in_the_folder_of_its_item(check: str) -> None:
    item, _ = ASKED[check]
    found = [path.parent.name for path in Path(table.__file__).parent.rglob(f"{check.replace('-', '_')}.py")]
    assert found == [item]


def test_the_default_policy_enforces_each_check_as_it_should() -> None:
    enforced = {check: str(setting.enforcement) for check, setting in policy().checks.items()}
    assert enforced == {check: how for check, (_, how) in ASKED.items()}


@THERE
def test_a_check_has_a_page_that_says_its_item_and_its_weight(check: str) -> None:
    item, enforcement = ASKED[check]
    page = (ROOT / "docs/checks" / f"{check}.md").read_text()
    assert f"# {check}\n" in page
    assert f"Item `{item}`, {enforcement} in the default policy." in page


@THERE
def test_a_check_has_cases_of_either_kind(check: str) -> None:
    outcomes = {word for path in (CASES / check).glob("*.yaml") for _, word in read_case(path)[2]}
    assert "failed" in outcomes
    assert {"passed", "remark"} & outcomes


def test_no_page_and_no_case_is_of_a_check_that_nobody_asked_for() -> None:
    pages = {path.stem for path in (ROOT / "docs/checks").glob("*.md")} - {"README"}
    cases = {path.name for path in CASES.iterdir() if path.is_dir()}
    assert pages | cases == ASKED.keys()
