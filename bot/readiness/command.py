"""What does a comment ask of the bot? Commands like `/tunegate own`, each on a line of its own; hostile text is read as none."""

import re
from dataclasses import dataclass

HELP, RECHECK, EXPLAIN, OWN = "help", "recheck", "explain", "own"
WAIVE, APPROVE, UNWAIVE = "waive", "approve", "unwaive"
COMMANDS = (HELP, RECHECK, EXPLAIN, OWN, WAIVE, APPROVE, UNWAIVE)
MAX_COMMANDS = 10  # house: of one comment

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
# four blanks or a tab begin code, `>` a quotation: both show a command and give none
_COMMAND = re.compile(r"[ ]{0,3}/tunegate[ \t]+([a-z][a-z-]{0,30})(?:[ \t]+(\S.{0,2000}?))?[ \t]*", re.IGNORECASE)
# what a command takes: no sign that could look like another, or turn the line around. A waiver's reason may be in any
# language: what reads it says which signs it does not take
_PLAIN = re.compile(r"[ -~]{0,501}")
_ANY = re.compile(r".*")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name in small letters, and the words behind it ("" for none). The name may be none of ours."""

    name: str
    words: str = ""


def commands(body: str) -> tuple[Command, ...]:
    """List the commands of a comment, each once, in their order, ten at most."""
    found: dict[Command, None] = {}
    fence = ""
    # not splitlines: it ends lines at signs at which Markdown does not, so that a quotation could hide a command
    for line in re.split(r"\r\n|\r|\n", re.sub(r"<!--.*?(-->|\Z)", "", body, flags=re.DOTALL)):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif (match := _COMMAND.fullmatch(line)) and _takes(match[1]).fullmatch(match[2] or ""):
            found[Command(match[1].lower(), match[2] or "")] = None
    return tuple(found)[:MAX_COMMANDS]


def _takes(name: str) -> re.Pattern[str]:
    return _ANY if name.lower() == WAIVE else _PLAIN


def says(body: str, name: str) -> bool:
    """Say whether a comment gives a command that takes no words."""
    return Command(name) in commands(body)
