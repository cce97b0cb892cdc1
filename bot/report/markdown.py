"""How does a stranger's text enter our markdown? Through `text` or `code`, and nothing else makes a `Markdown`.

A pull request chooses names, paths and descriptions. None of them may mention people, make links or images, open
HTML, break a table or hide characters (the reader must see what is there).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NewType

Markdown = NewType("Markdown", str)

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!~>$])")
_BREAK = "\u200b"  # GitHub links mentions and addresses after it has undone backslashes: only a break stops it
_CUT_AT = 2000  # characters of one stranger's text


def visible(untrusted: str, limit: int = _CUT_AT) -> str:
    """Put a text on one line without control, direction or zero-width characters; cut it at `limit` characters."""
    kept = "".join(" " if c in "\r\n\t\u2028\u2029\x0b\x0c" else c for c in untrusted[: limit * 2] if not _hidden(c))
    flat = re.sub(r" {2,}", " ", kept).strip()
    return flat if len(flat) <= limit and len(untrusted) <= limit * 2 else flat[: limit - 1].rstrip() + "…"


def _hidden(character: str) -> bool:
    return character not in "\r\n\t" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def plain(untrusted: str) -> Markdown:
    """Escape a text so that it shows as typed."""
    escaped = visible(untrusted).replace("&", "&amp;").replace("<", "&lt;")
    escaped = _PUNCTUATION.sub(r"\\\1", escaped).replace("|", "&#124;")
    escaped = escaped.replace("@", f"@{_BREAK}").replace(":", f":{_BREAK}") if _may_link(escaped) else escaped
    escaped = re.sub(r"(\\#|\bGH\\-)(?=\d)", rf"\1{_BREAK}", escaped, flags=re.IGNORECASE)
    return Markdown(re.sub(r"\bwww(?=\\\.)", f"www{_BREAK}", escaped, flags=re.IGNORECASE))


def _may_link(escaped: str) -> bool:
    return "@" in escaped or ":/" in escaped or re.search(r"(mailto|xmpp):", escaped, re.IGNORECASE) is not None


def code(untrusted: str) -> Markdown:
    """Show a text as code; a bar becomes a broken bar, which cannot end a table's cell."""
    shown = visible(untrusted).replace("|", "¦")
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return Markdown(f"{fence}{pad}{shown}{pad}{fence}")


def text(untrusted: str) -> Markdown:
    """Escape a text, with what stands between backticks as code."""
    parts = re.split(r"`([^`]+)`", visible(untrusted))
    return Markdown("".join(code(part) if index % 2 else plain_part(part) for index, part in enumerate(parts)))


def plain_part(part: str) -> str:
    """Escape a part of a text and keep the blanks at its ends."""
    lead, tail = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{lead}{plain(part)}{tail}" if part.strip() else part


def link(label: Markdown, url: str) -> Markdown:
    """Link to an address that we built ourselves; raises ValueError for any other form."""
    if not re.fullmatch(r"https?://[\w.:\-\[\]]+(/[\w./~%=?&#:@+\-]*)?", url):
        raise ValueError("only addresses of our own become links")
    return Markdown(f"[{label}]({url})")


def table(head: Sequence[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
    """Build a table; the head is ours, the cells are markdown already."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace(chr(10), ' ') for cell in row)} |" for row in rows]
    return Markdown("\n".join(lines))


def folded(summary: str, body: Markdown) -> Markdown:
    """Hide a body behind a line of ours to click."""
    return Markdown(f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>")


def cut(body: str, limit: int, notice: str) -> Markdown:
    """Cut a body at a line's end below `limit` characters, with a notice; closes what was folded."""
    if len(body) <= limit:
        return Markdown(body)
    room = limit - len(notice) - len("\n\n</details>\n\n")
    kept = body[:room]
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    still_open = kept.count("<details>") - kept.count("</details>")
    return Markdown(kept + "\n\n</details>" * min(still_open, 1) + f"\n\n{notice}")
