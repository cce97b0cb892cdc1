"""What does the one sticky comment say? The same five lines and next steps as the check run."""

from bot.report import words
from bot.report.answer import Answer
from bot.report.check_run import overview
from bot.report.markdown import Markdown, code, cut, link

MARKER = "<!-- tunegate: sticky comment -->"
MAX_COMMENT = 60_000  # GitHub takes 65,536 characters


def sticky_comment(answer: Answer, *, head_sha: str, details_url: str) -> str:
    """Render the sticky comment for an answer at a commit; it is edited, never posted anew."""
    details = link(Markdown("every finding with its evidence"), details_url)
    body = (
        f"{MARKER}\n## {words.headline(answer)}\n\n{overview(answer)}\n\n"
        f"At commit {code(head_sha[:12])}; {details}. Push a change and this comment follows."
    )
    return cut(body, MAX_COMMENT, f"Cut for its length: {details}.")
