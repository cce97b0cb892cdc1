"""What does a comment ask of the bot? Commands like `/tunegate own`, each on a line of its own; hostile text is read as none."""

import hashlib
import json
import re
from dataclasses import dataclass

HELP, RECHECK, EXPLAIN, OWN, OK_TO_CHECK = "help", "recheck", "explain", "own", "ok-to-check"
WAIVE, APPROVE, UNWAIVE = "waive", "approve", "unwaive"
COMMANDS = (HELP, RECHECK, EXPLAIN, OWN, WAIVE, APPROVE, UNWAIVE, OK_TO_CHECK)
MAX_COMMANDS = 10  # house: of one comment

# code may begin in an item of a list, and is then as far in as its words are
_FENCE = re.compile(r"([ ]{0,3}(?:(?:[-*+]|[0-9]{1,9}[.)])[ ]+)*)(`{3,}|~{3,})")
_END = re.compile(r"([ ]*)(`{3,}|~{3,})[ \t]*")
# four blanks or a tab begin code, `>` a quotation: both show a command and give none. Of a line without its last blanks:
# to look for these here, too, would try each end of the words against each blank
_COMMAND = re.compile(r"[ ]{0,3}/tunegate[ \t]+([a-z][a-z-]{0,30})(?:[ \t]+(\S.{0,2000}))?", re.IGNORECASE)
# what a command takes: no sign that could look like another, or turn the line around. A waiver's reason may be in any
# language: what reads it says which signs it does not take
_PLAIN = re.compile(r"[ -~]{0,501}")
_ANY = re.compile(r".*")
_SHA, _SHORT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}"), re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name in small letters, and the words behind it ("" for none). The name may be none of ours."""

    name: str
    words: str = ""


def commands(body: str) -> tuple[Command, ...]:
    """List the commands of a comment, each once, in their order, ten at most."""
    found: dict[Command, None] = {}
    fence, furthest = "", 3
    # not splitlines: it ends lines at signs at which Markdown does not, so that a quotation could hide a command
    for line in re.split(r"\r\n|\r|\n", re.sub(r"<!--.*?(-->|\Z)", "", body, flags=re.DOTALL)):
        if fence:
            end = _END.fullmatch(line)
            if end and len(end[1]) <= furthest and end[2].startswith(fence):
                fence = ""
        elif mark := _FENCE.match(line):
            fence, furthest = mark[2], 3 + (len(mark[1]) if mark[1].strip() else 0)
        elif (match := _COMMAND.fullmatch(line.rstrip(" \t"))) and _takes(match[1]).fullmatch(match[2] or ""):
            found[Command(match[1].lower(), match[2] or "")] = None
    return tuple(found)[:MAX_COMMANDS]


def _takes(name: str) -> re.Pattern[str]:
    return _ANY if name.lower() == WAIVE else _PLAIN


def says(body: str, name: str) -> bool:
    """Say whether a comment gives a command that takes no words."""
    return Command(name) in commands(body)


def digest(body: str) -> str:
    """Digest what a comment asks for: another one asks for something else, whatever surrounds it."""
    asked = json.dumps([[command.name, command.words] for command in commands(body)])
    return hashlib.sha256(asked.encode()).hexdigest()


def covers(words: str, head_sha: str, shown: str | None) -> bool:
    """Say whether `ok-to-check` with these words speaks of a head commit: then its links may be followed with logins.

    The whole name of a commit always does. Fewer signs can be forged: two commits that begin alike are quickly found. So
    they, and no words at all, speak of the commit whose answer was `shown` when the comment was written, None for none.
    """
    said = words.lower()
    if _SHA.fullmatch(said):
        return said == head_sha
    return shown == head_sha and (not said or bool(_SHORT.fullmatch(said)) and head_sha.startswith(said))
