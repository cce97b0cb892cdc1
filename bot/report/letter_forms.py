"""Which forms does a letter take? Markdown for the forge, plain text and HTML for e-mail, blocks for Slack.

Of Slack's blocks only structured ones are used, in which nothing is parsed: no name can mention a channel or become a link.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from html import escape
from textwrap import wrap
from typing import Any

from bot.report.letter import Letter, Line, Paragraph, Points
from bot.report.markdown import Markdown, link, text, visible

_WIDTH = 76  # columns of plain text: a quoted answer still fits 80
_LONGEST = 2000  # characters of one text
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:/[A-Za-z0-9_.-]{1,100})?")
_CODE = re.compile(r"`([^`]+)`")

Json = dict[str, Any]


def as_markdown(letter: Letter, people: Collection[str] = ()) -> Markdown:
    """Render for the forge, without the subject; `people` are mentioned, and so notified."""
    blocks = [" ".join(f"@{one}" for one in people if _LOGIN.fullmatch(one))] if people else []
    for part in letter.parts:
        match part:
            case Paragraph():
                blocks.append(text(part.text))
            case Points():
                marks = (f"{n}." if part.numbered else "-" for n in range(1, len(part.lines) + 1))
                lines = "\n".join(f"{mark} {_md(line)}" for mark, line in zip(marks, part.lines, strict=True))
                blocks.append(f"**{text(part.heading)}**\n\n{lines}" if part.heading else lines)
    if letter.actions:
        blocks.append(" · ".join(_md(action) for action in letter.actions))
    if letter.because:
        blocks.append(f"<sub>{text(letter.because)}</sub>")
    return Markdown("\n\n".join(block for block in blocks if block))


def _md(line: Line) -> Markdown:
    return text(line.text) if line.url is None else link(text(line.text), line.url)


def as_plain(letter: Letter) -> str:
    """Render as plain text without the subject, wrapped, addresses whole."""
    blocks = []
    for part in letter.parts:
        match part:
            case Paragraph():
                blocks.append(_filled(part.text))
            case Points():
                marks = (f"{n}. " if part.numbered else "- " for n in range(1, len(part.lines) + 1))
                lines = [_plain(line, mark) for mark, line in zip(marks, part.lines, strict=True)]
                blocks.append("\n".join([visible(part.heading, _LONGEST), *lines] if part.heading else lines))
    if letter.actions:
        blocks.append("\n".join(_plain_action(action) for action in letter.actions))
    if letter.because:
        blocks.append(f"-- \n{_filled(letter.because)}")  # RFC 3676: what follows is set apart, and left out of answers
    return "\n\n".join(blocks) + "\n"


def _plain(line: Line, mark: str) -> str:
    indent = " " * len(mark)
    filled = _filled(line.text, mark, indent)
    return filled if line.url is None else f"{filled}\n{indent}{line.url}"


def _plain_action(action: Line) -> str:
    label = visible(action.text, _LONGEST)
    return label if action.url is None else f"{label}: {action.url}"


def _filled(words: str, first: str = "", indent: str = "") -> str:
    lines = wrap(
        visible(words, _LONGEST),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or first


def as_html(letter: Letter) -> str:
    """Render as an HTML document: no picture, no script, nothing that is loaded from anywhere."""
    body = list(_html_blocks(letter))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(visible(letter.subject, _LONGEST))}</title></head>"
        '<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;max-width:40em;margin:1em auto;padding:0 1em">'
        f"{''.join(body)}</body></html>\n"
    )


def _html_blocks(letter: Letter) -> Iterator[str]:
    yield f'<h1 style="font-size:1.25em">{_html_text(letter.subject)}</h1>'
    for part in letter.parts:
        match part:
            case Paragraph():
                yield f"<p>{_html_text(part.text)}</p>"
            case Points():
                if part.heading:
                    yield f"<p><strong>{_html_text(part.heading)}</strong></p>"
                tag = "ol" if part.numbered else "ul"
                yield f"<{tag}>{''.join(f'<li>{_html_line(line)}</li>' for line in part.lines)}</{tag}>"
    if letter.actions:
        yield f"<p>{' &middot; '.join(_html_line(action) for action in letter.actions)}</p>"
    if letter.because:
        yield f'<p style="font-size:.85em;opacity:.75">{_html_text(letter.because)}</p>'


def _html_line(line: Line) -> str:
    if line.url is None:
        return _html_text(line.text)
    link(Markdown(""), line.url)  # raises for an address that is none of ours
    return f'<a href="{escape(line.url)}">{_html_text(line.text)}</a>'


def _html_text(words: str) -> str:
    return "".join(f"<code>{escape(part)}</code>" if code else escape(part) for part, code in _styled(words))


def _styled(words: str) -> Iterator[tuple[str, bool]]:
    """Take a text apart: what stands between backticks is code."""
    for index, part in enumerate(_CODE.split(visible(words, _LONGEST))):
        if part:
            yield part, bool(index % 2)


def as_blocks(
    letter: Letter, people: Collection[str] = (), slack_id: Callable[[str], str | None] = lambda _: None
) -> list[Json]:
    """Render as blocks of Slack, 50 at most. `people` are named, and mentioned where `slack_id` knows them."""
    blocks: list[Json] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": visible(letter.subject, 150).replace("`", ""), "emoji": False},
        }
    ]
    if people:
        named = [element for one in people for element in (_slack_person(one, slack_id(one)), _slack_words(" "))]
        blocks.append(_rich([_section(named)]))
    for part in letter.parts:
        match part:
            case Paragraph():
                blocks.append(_rich([_section(_slack_text(part.text))]))
            case Points():
                listed: Json = {
                    "type": "rich_text_list",
                    "style": "ordered" if part.numbered else "bullet",
                    "elements": [_section(_slack_line(line)) for line in part.lines],
                }
                head = [_section([{**_slack_words(visible(part.heading)), "style": {"bold": True}}])]
                blocks.append(_rich([*(head if part.heading else ()), listed]))
    last = [e for action in letter.actions for e in (*_slack_line(action), _slack_words("   "))][:-1]
    if last:
        blocks.append(_rich([_section(last)]))
    if letter.because:
        blocks.append(
            {
                "type": "context",
                "elements": [{"type": "plain_text", "text": visible(letter.because, 1900), "emoji": False}],
            }
        )
    return blocks[:50]


def as_slack_text(letter: Letter) -> str:
    """Render as the one text by which Slack notifies, and which a server that knows no blocks shows."""
    whole = f"{visible(letter.subject, 200)}\n\n{as_plain(letter)}"
    cut = whole if len(whole) <= 3500 else f"{whole[:3500]}…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich(elements: list[Json]) -> Json:
    return {"type": "rich_text", "elements": elements}


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _slack_words(words: str) -> Json:
    return {"type": "text", "text": words}


def _slack_text(words: str) -> list[Json]:
    return [
        {**_slack_words(part), "style": {"code": True}} if code else _slack_words(part) for part, code in _styled(words)
    ] or [_slack_words(" ")]


def _slack_line(line: Line) -> list[Json]:
    if line.url is None:
        return _slack_text(line.text)
    return [{"type": "link", "url": line.url, "text": visible(line.text, _LONGEST).replace("`", "")}]


def _slack_person(person: str, known: str | None) -> Json:
    if known is None or not re.fullmatch(r"[UW][A-Z0-9]{2,20}", known):
        return _slack_words(visible(person, 150))
    return {"type": "user", "user_id": known}


def as_json(letter: Letter) -> Mapping[str, Any]:
    """Render as data for programs."""
    return {
        "subject": visible(letter.subject, _LONGEST),
        "text": as_plain(letter),
        "markdown": as_markdown(letter),
        "links": [{"label": visible(action.text), "url": action.url} for action in letter.actions if action.url],
    }
