"""What does the commit status say? The answer in 140 characters."""

from dataclasses import dataclass

from bot.report import words
from bot.report.answer import Answer
from bot.report.check_run import conclusion
from bot.report.markdown import visible

MAX_DESCRIPTION = 140  # GitHub's limit


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status: success or failure, and its description."""

    state: str
    description: str


def status(answer: Answer) -> Status:
    """Render the commit status; a shadow policy never fails it."""
    state = "failure" if conclusion(answer) == "failure" else "success"
    line = words.headline(answer)
    if len(answer.proposals) == 1 and (step := answer.proposals[0].verdict.next_step):
        line = f"{line}. Next: {step.fix or step.message}".replace("`", "")
    return Status(state, visible(line, MAX_DESCRIPTION))
