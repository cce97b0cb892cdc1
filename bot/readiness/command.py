"""What does a comment ask of the bot? Commands like `/tunegate own`, each on a line of its own; hostile text is read as none."""

import re

OWN = "own"
COMMANDS = (OWN,)

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
# four blanks or a tab begin code, `>` a quotation: both show a command and give none
_COMMAND = re.compile(r"[ ]{0,3}/tunegate[ \t]+([a-z][a-z-]{0,30})[ \t]*", re.IGNORECASE)


def commands(body: str) -> tuple[str, ...]:
    """List the commands of a comment that we know, each once, in their order."""
    found: dict[str, None] = {}
    fence = ""
    for line in re.sub(r"<!--.*?(-->|\Z)", "", body, flags=re.DOTALL).splitlines():
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif (match := _COMMAND.fullmatch(line)) and match[1].lower() in COMMANDS:
            found[match[1].lower()] = None
    return tuple(found)
