"""Does a policy's test hold a check to all that it says where the case names it, and to nothing where it does not?"""

from collections.abc import Iterator

from bot.readiness.cases.running import run
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from tests.dossiers import POLICY


def says_two(_: Dossier) -> Iterator[Finding]:
    yield CHECK.passed("The kind is given.", at="task.kind", stated=True)
    yield CHECK.failed("The output is not.", at="task.output", fix="Add it.")


CHECK = Check("says-two", Item.EVAL, "Two things?", says_two)
TASK = "task:\n  kind: code{}\n  output: free_text{}\n"
PASSED, FAILED = "  # expect: says-two passed", "  # expect: says-two failed"


def differences(kind: str, output: str, more: str = "") -> list[tuple[int, str, str]]:
    result = run("case", more + TASK.format(kind, output), POLICY, (CHECK,))
    assert result.trouble is None
    return [(each.line, each.expected, each.found) for each in result.differences]


def test_all_that_is_expected_and_nothing_else_holds() -> None:
    assert differences(PASSED, FAILED) == []


def test_a_finding_too_many_is_told_at_its_line() -> None:
    assert differences(PASSED, "") == [(3, "nothing", "failed")]


def test_what_is_expected_and_does_not_come_is_told_with_what_came() -> None:
    assert differences(FAILED, FAILED) == [(2, "failed", "passed (line 2), failed (line 3)")]


def test_a_check_that_the_case_does_not_name_may_say_what_it_will() -> None:
    assert differences("", "", "# expect-verdict: ready\n") == []  # a check that the policy does not name is advisory
    assert differences("", "", "# expect-verdict: not_yet\n") == [(0, "not_yet", "ready")]
