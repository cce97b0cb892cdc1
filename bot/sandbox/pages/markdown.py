"""How does a stranger's markdown become HTML that can do nothing? Rendered as GitHub does, then rebuilt from an allowlist.

The only raw HTML that passes is `<details>` and `<summary>`; other tags show as typed, and comments disappear.
"""

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

LONGEST = 70_000  # characters, a little more than GitHub takes in a body; a longer file shows as plain text
_RAW = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)(details|summary)\b([^<>]*)>", re.DOTALL | re.IGNORECASE)
_EMPTY = frozenset({"br", "hr"})
_ALLOWED = _EMPTY | {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li"),
    *("a", "em", "strong", "s", "code", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class _Renderer(RendererHTML):
    """Markdown-it's renderer, with the raw HTML filtered and pictures as their texts."""

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Filter raw HTML between paragraphs."""
        return _filtered(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Filter raw HTML within a paragraph."""
        return _filtered(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Say a picture's text: a stranger's picture would tell who looked at it."""
        return escape(self.renderInlineAsText(tokens[idx].children or [], options, env))


def _tick(state: StateCore) -> None:
    """Write `[ ]` and `[x]` at the start of a list's item as boxes."""
    for before, item, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        first = inline.children[0] if inline.children else None
        if (before.type, item.type) == ("list_item_open", "paragraph_open") and first and first.type == "text":
            first.content = re.sub(r"^\[([ xX])\] ", lambda box: "☐ " if box[1] == " " else "☑\ufe0e ", first.content)


def _filtered(raw: str) -> str:
    out: list[str] = []
    end = 0
    for found in _RAW.finditer(raw):
        out.append(escape(raw[end : found.start()]))
        end = found.end()
        if name := found[2]:
            is_open = not found[1] and name.lower() == "details" and re.search(r"\bopen\b", found[3], re.IGNORECASE)
            out.append(f"<{found[1]}{name.lower()}{' open' if is_open else ''}>")
    return "".join([*out, escape(raw[end:])])


class _Rebuilt(HTMLParser):
    """Write anew what is allowed, with every element closed: an open `<details>` must not swallow the page."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._out: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element with the attributes that we know."""
        if tag in _ALLOWED:
            self._out.append(f"<{tag}{self._attributes(tag, dict(attrs))}>")
            if tag not in _EMPTY:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write `<br />` as `<br>`."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and whatever is still open in it."""
        if tag in self._open:
            while (last := self._open.pop()) != tag:
                self._out.append(f"</{last}>")
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write a text."""
        self._out.append(escape(data))

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """Read on as ever: a `<script>` is a text like any other here."""

    def _attributes(self, tag: str, given: dict[str, str | None]) -> str:
        if tag == "a":
            address = safe_address(urljoin(self._base, given.get("href") or ""))
            return f' href="{escape(address)}" rel="nofollow noopener"' if address else ""
        if tag == "ol" and (start := given.get("start") or "").isdecimal():
            return f' start="{start}"'
        if tag == "details" and "open" in given:
            return " open"
        if tag in ("td", "th") and (found := re.fullmatch(r"text-align:(left|center|right)", given.get("style") or "")):
            return f' class="{found[1]}"'  # an attribute `style` is refused by our own policy of content
        return ""

    def finish(self) -> str:
        """Close what is open and hand out the whole."""
        self.close()
        return "".join([*self._out, *(f"</{tag}>" for tag in reversed(self._open))])


_MARKDOWN = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
_MARKDOWN.core.ruler.push("tick", _tick)


def to_html(text: str | None, base: str = "") -> Markup:
    """Render GitHub-flavoured markdown; relative links start at `base`."""
    if not text:
        return Markup("")
    if len(text) > LONGEST:
        return Markup("<pre>{}</pre>").format(text)
    rebuilt = _Rebuilt(base)
    rebuilt.feed(_MARKDOWN.render(text))
    return Markup(rebuilt.finish())  # noqa: S704 -- every tag in it was written above, every text escaped


def safe_address(address: str | None) -> str | None:
    """Let an address pass that is a place on the web, on this site or in this page; None for every other."""
    if not address or re.search(r"[\x00-\x20\x7f]", address):  # browsers drop some of them: `java\tscript:`
        return None
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in ("", "http", "https", "mailto") else None
