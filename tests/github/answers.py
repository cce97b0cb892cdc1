"""Which answers do the tests publish? Verdicts made of findings at given lines of one proposal."""

from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Enforcement
from bot.readiness.proposal import Reading
from bot.readiness.verdict import Judged, conclude
from bot.report.answer import Answer, Answered

PATH = "adapters/router/finetune-proposal.yaml"


def ready() -> Answer:
    return _answer([Judged(Finding("enough-examples", Item.DATA, Outcome.PASSED, "", "612 rows."), Enforcement.SOFT)])


def not_yet(*lines: int, saying: str = "Too few examples") -> Answer:
    """Build an answer with one failed finding at each line."""
    return _answer(
        [
            Judged(
                Finding(
                    "enough-examples", Item.DATA, Outcome.FAILED, "", f"{saying} ({n}).", fix="Add some.", line=line
                ),
                Enforcement.HARD,
            )
            for n, line in enumerate(lines, 1)
        ]
    )


def no_proposal() -> Answer:
    return Answer((), "default", "0" * 64)


def _answer(judged: list[Judged]) -> Answer:
    return Answer((Answered(PATH, Reading(None, ()), conclude(judged, offline=False)),), "default", "0" * 64)
