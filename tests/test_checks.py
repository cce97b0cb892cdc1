"""Does every check answer every one of its cases, alone, at the right line?"""

from pathlib import Path

import pytest

from bot.readiness.check import Check
from bot.readiness.checks import CHECKS
from bot.readiness.panel import deliberate
from tests.dossiers import CASES, read_case

ALL = [
    pytest.param(check, path, id=f"{check.id}/{path.stem}")
    for check in CHECKS
    for path in sorted((CASES / check.id).glob("*.yaml"))
]


@pytest.mark.parametrize(("check", "path"), ALL)
def test_the_case_gets_the_expected_outcome_at_its_line(check: Check, path: Path) -> None:
    dossier, reading, expected = read_case(path)
    verdict = deliberate(dossier, (check,))
    found = {
        (reading.line(j.finding.at), "remark" if j.finding.remark else str(j.finding.outcome)) for j in verdict.judged
    }
    assert found == expected, [j.finding.message for j in verdict.judged]
