"""How does a GitHub Actions job show the findings at their lines? As workflow commands on its standard output."""

from bot.report import words
from bot.report.answer import Answer
from bot.report.check_run import MAX_ANNOTATIONS, annotations

_COMMAND = {"failure": "error", "warning": "warning", "notice": "notice"}


def workflow_commands(answer: Answer) -> str:
    """Render an answer as workflow commands, one a line, and a notice for each verdict."""
    lines = []
    for answered in answer.proposals:
        for annotation in annotations(answered)[:MAX_ANNOTATIONS]:
            place = f"file={_property(annotation.path)},line={annotation.line},title={_property(annotation.title)}"
            lines.append(f"::{_COMMAND[annotation.level]} {place}::{_data(annotation.message)}")
        verdict, waits = answered.verdict, words.waiting(answered.verdict.conditions)
        decision = f"{words.decided(answered)}: {words.holding(verdict)}{f'; {waits}' if waits else ''}"
        lines.append(f"::notice file={_property(answered.path)},line=1,title=Fine-tune readiness::{_data(decision)}")
    return "\n".join(lines) + "\n"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
