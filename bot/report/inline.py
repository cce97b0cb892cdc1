"""Which findings are said at the line itself? What blocks, on lines that the pull request changes, at most ten."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.readiness.verdict import causes
from bot.report.answer import Answer
from bot.report.check_run import line_of
from bot.report.markdown import text

MAX_COMMENTS = 10  # noise: DESIGN section 5
MARKER = "<!-- tunegate: at a line -->"


@dataclass(frozen=True, slots=True)
class InlineComment:
    """A review comment at a line of the new file."""

    path: str
    line: int
    body: str


def inline_comments(answer: Answer, diff_lines: Mapping[str, frozenset[int]]) -> tuple[InlineComment, ...]:
    """Render review comments; `diff_lines` are the lines of the new files that the diff shows. One comment a line."""
    found: dict[tuple[str, int], list[str]] = {}
    for answered in answer.proposals:
        for judged in causes(answered.verdict):
            line = line_of(answered, judged)
            if line in diff_lines.get(answered.path, frozenset()):
                finding = judged.finding
                fix = f"\n\n**To do:** {text(finding.fix)}" if finding.fix else ""
                body = f"**{finding.check}**: {text(finding.message)}{fix}"
                found.setdefault((answered.path, line), []).append(body)
    return tuple(
        InlineComment(path, line, "\n\n---\n\n".join(bodies) + f"\n\n{MARKER}")
        for (path, line), bodies in list(found.items())[:MAX_COMMENTS]
    )
