"""Does a hostile rule take down its own process only, with no answer, and is the next one asked as if nothing had been?"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.readiness.policy import MAX_EXPRESSION
from bot.readiness.rules.language import holds, refusals
from bot.sources.reading_process import ReadingProcesses
from tests.readiness.rules.asked import given, judged

HONEST = "proposal.training.method == 'sft'"
# few characters that ask for much: a list that doubles with every step
HOSTILE = f"[[1]]{'.map(a, a + a)' * 27}[0] == [2]"


@pytest.fixture(scope="module")
def processes() -> Iterator[ReadingProcesses]:
    with closing(ReadingProcesses(1)) as opened:
        yield opened


def test_an_expression_is_answered_as_in_this_process(processes: ReadingProcesses) -> None:
    bytes_ = given()
    for expression in (HONEST, f"!({HONEST})", "proposal.eval.judge.model.size() > 1", "facts.evals['x'].grade == 'B'"):
        assert processes.rule(expression, bytes_) == holds(expression, bytes_)


def test_one_that_takes_too_long_has_no_answer_and_the_next_one_has(processes: ReadingProcesses) -> None:
    expression = HOSTILE
    assert len(expression) < MAX_EXPRESSION
    assert list(refusals(expression)) == []
    truth = processes.rule(expression, given())
    assert (truth.holds, truth.ours) == (None, False)
    assert "more than 2 seconds" in truth.trouble
    assert processes.rule(HONEST, given()).holds is True


def test_a_hostile_rule_is_unverified_and_the_review_goes_on(processes: ReadingProcesses) -> None:
    own, verdict = judged(ask=processes.rule, require=HOSTILE)
    assert own.finding.outcome == "unverified"
    assert len(verdict.judged) > 40


def test_a_process_that_cannot_be_had_is_our_own_trouble() -> None:
    closed = ReadingProcesses(1)
    closed.close()
    assert closed.rule(HONEST, given()).ours
