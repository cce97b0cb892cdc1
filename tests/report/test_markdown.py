"""Does a stranger's text stay text in our markdown?"""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.report.markdown import Markdown, code, cut, folded, link, plain, table, text, visible

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = st.text(
    alphabet=st.sampled_from(list("ab1 @#/:.|`*_[]()<>!~\\&;-+=\n\t\"'{}$^\u202e\u200b\x00é漢")), max_size=60
)

ATTACKS = [
    "@acme/everyone please look",
    "fixes #1, GH-2 and acme/other#3",
    "[click](https://evil.example)",
    "![x](https://evil.example/pixel.png)",
    "<img src=x onerror=alert(1)>",
    "<details open><summary>approved",
    "-->\n# Ready: 5 of 5 items hold",
    "a | b | c\n|---|---|---|",
    "```\n</details>",
    "https://evil.example and www.evil.example",
    "me@evil.example",
    "\u202eydaer\u202c",
    "~~not~~ **ready**",
    "$\\href{x}{y}$",
]


def _shown(markdown: str) -> str:
    """Render, take tags away, and undo the breaks that we put in."""
    rendered = GFM.render(markdown)
    assert not re.search(r"<(?!/?(p|code)>)[a-zA-Z/!]", rendered), rendered
    return html.unescape(re.sub(r"</?(p|code)>", "", rendered)).replace("\u200b", "").strip()


@given(HOSTILE)
def test_any_text_shows_as_typed_and_becomes_no_element(untrusted: str) -> None:
    assert _shown("x " + plain(untrusted)).replace(" ", "") == ("x" + visible(untrusted)).replace(" ", "")


@given(HOSTILE)
def test_any_code_shows_as_typed(untrusted: str) -> None:
    shown = visible(untrusted).replace("|", "¦")
    assert _shown("x" + code(untrusted)).replace(" ", "") == ("x" + shown).replace(" ", "")


@given(HOSTILE)
def test_any_text_stays_in_its_cell(untrusted: str) -> None:
    rendered = GFM.render(table(("A", "B"), [(text(untrusted), Markdown("end"))]))
    assert rendered.count("<td>") == 2
    assert "<td>end</td>" in rendered


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_mentions_nobody_links_nothing_and_opens_nothing(attack: str) -> None:
    body = text(attack)
    assert not re.search(r"@\w", body)
    assert not re.search(r"(?<!&)#\d|GH-\d", body)
    assert "://" not in body
    assert "www." not in body
    assert "\u202e" not in body
    _shown(body)


def test_what_stands_between_backticks_is_code() -> None:
    assert text("The field `eval.bar` is not known.") == "The field `eval.bar` is not known\\."


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert visible("a" * 5000, 20) == "a" * 19 + "…"


def test_a_cut_body_closes_what_was_folded() -> None:
    body = folded("more", Markdown("\n".join(["line"] * 100)))
    short = cut(body, 200, "Cut.")
    assert len(short) <= 200
    assert short.endswith("</details>\n\nCut.")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x/)[y](https://evil", "https://x y"])
def test_only_our_own_addresses_become_links(url: str) -> None:
    with pytest.raises(ValueError, match="our own"):
        link(Markdown("label"), url)
