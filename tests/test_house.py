"""Is the house in order: every check has its file, its question, its three headings, its cases, its page, its policy?"""

from dataclasses import fields
from pathlib import Path

import pytest

import bot.readiness.checks as table
from bot import docs
from bot.readiness.check import Check
from bot.readiness.checks import CHECKS
from bot.readiness.fact import Unavailable
from bot.wiring import policy
from tests.dossiers import CASES, read_case

ROOT = Path(__file__).resolve().parent.parent
EACH = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def test_the_table_lists_every_check_file_once() -> None:
    folder = Path(table.__file__).parent
    files = {
        (path.parent.name, path.stem.replace("_", "-")) for path in folder.glob("*/*.py") if path.stem != "__init__"
    }
    assert {(str(check.item), check.id) for check in CHECKS} == files
    assert len({check.id for check in CHECKS}) == len(CHECKS)


def test_every_folder_of_cases_belongs_to_a_check() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == {check.id for check in CHECKS}


@EACH
def test_a_check_asks_a_question_and_explains_itself(check: Check) -> None:
    assert check.title.endswith("?")
    assert [line for line in check.doc.splitlines() if line.startswith("## ")] == [
        "## Why",
        "## What counts as evidence",
        "## How to fix",
    ]


@EACH
def test_a_check_has_a_passing_and_a_failing_case(check: Check) -> None:
    outcomes = {word for path in (CASES / check.id).glob("*.yaml") for _, word in read_case(path)[2]}
    assert {"passed", "failed"} <= outcomes


@EACH
def test_a_check_that_needs_evidence_has_an_unverified_case(check: Check) -> None:
    cases = [read_case(path) for path in (CASES / check.id).glob("*.yaml")]
    needs = any(dossier.evidence.evals or dossier.evidence.data or dossier.evidence.people for dossier, _, _ in cases)
    facts = [f for d, _, _ in cases for kind in fields(d.evidence) for f in getattr(d.evidence, kind.name).values()]
    facts += [d.revalidation.registered for d, _, _ in cases if d.revalidation is not None]
    assert not needs or any(isinstance(fact, Unavailable) for fact in facts)


@EACH
def test_the_default_policy_names_every_check(check: Check) -> None:
    assert check.id in policy().checks


def test_the_policy_names_no_check_that_is_not_there() -> None:
    assert set(policy().checks) == {check.id for check in CHECKS}


def test_the_generated_pages_are_fresh() -> None:
    assert docs.stale(ROOT, policy()) == []
