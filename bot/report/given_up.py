"""What does a pull request hear whose review came to no end? A failure that says so, for a required check must not hang."""

from bot.report.check_run import CheckRun
from bot.report.status import Status
from bot.report.words import CHECK_RUN_NAME

_TITLE = "Could not be reviewed"


def check_run(repo_id: int, number: int) -> CheckRun:
    """Render the completed check run; the job is named as the service's log names it."""
    summary = (
        "Our fault, or GitHub's: the review was tried again and again, and came to no end. Nothing is said against the "
        "pull request, and nothing was verified.\n\n"
        "**Next step**\n\n1. Re-run this check, or push again.\n\n"
        f"Whoever runs Tunegate finds the reason in its log, at `review of {repo_id}:{number}`."
    )
    return CheckRun("failure", _TITLE, summary, "", ())


def status() -> Status:
    """Render the commit status beside it."""
    return Status("failure", f"{_TITLE}. Next: re-run the check run {CHECK_RUN_NAME}, or push again.")
