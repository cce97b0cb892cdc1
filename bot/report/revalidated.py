"""What does a pull request hear when it was merged with evidence for a cycle? How that ended, and what follows."""

from datetime import date

from bot.report.markdown import Markdown, code, text


def passed(adapter: str, cycle: int, due_on: date | None) -> Markdown:
    """Say that a cycle has passed, and when the next revalidation is due."""
    following = f" The next revalidation is due on {due_on}." if due_on else ""
    return Markdown(f"Cycle {cycle} of {code(adapter)} has passed.{following}")


def failed(adapter: str, cycle: int, due_on: date | None, retire: bool) -> Markdown:
    """Say that a cycle has failed, or that the adapter is needed no more, and until when something is to be done."""
    until = f" by {due_on}" if due_on else ""
    if retire:
        return Markdown(
            f"{code(adapter)} is needed no more: a prompted model does what it was trained for. Cycle {cycle} has ended; "
            f"retire it{until}, or say why it is kept."
        )
    return Markdown(f"Cycle {cycle} of {code(adapter)} has failed. Roll back, train anew or retire it{until}.")


def left_open(adapter: str, cycle: int, why: str) -> Markdown:
    """Say why evidence that was merged ended no cycle."""
    return Markdown(f"Cycle {cycle} of {code(adapter)} has not ended: {text(why)}.")
