"""Is markdown rendered as GitHub does, and is whatever a stranger writes in it without effect?"""

import re

import pytest
from markupsafe import Markup

from bot.sandbox.pages.markdown import safe_address, to_html


def tidy(html: Markup) -> str:
    return "".join(line.strip() for line in html.splitlines())


def test_tables_are_aligned_without_a_style_of_their_own() -> None:
    html = tidy(to_html("| a | b |\n|--:|:-:|\n| 1 | ~~2~~ |"))
    assert '<td class="right">1</td><td class="center"><s>2</s></td>' in html
    assert "style" not in html


def test_folded_parts_hold_markdown_and_comments_disappear() -> None:
    text = "<!-- a marker -->\n<details><summary>More</summary>\n\n- **one**\n\n</details>\n\nend <!-- inner --> here"
    assert tidy(to_html(text)) == (
        "<details><summary>More</summary><ul><li><strong>one</strong></li></ul></details><p>end  here</p>"
    )


def test_an_open_part_stays_open_and_loses_its_attributes() -> None:
    html = to_html('<DETAILS OPEN onclick="x"><summary class="y">More</summary>\n\ntext\n\n</DETAILS>')
    assert tidy(html) == "<details open><summary>More</summary><p>text</p></details>"


@pytest.mark.parametrize(
    "text",
    ["<details><summary>a\n\nb", "</details></div></main>\n\nx", "> <details>\n\n</details>\n\ny", "a </summary> b"],
)
def test_what_is_opened_is_closed_and_nothing_else(text: str) -> None:
    html = to_html(text)
    for tag in ("details", "summary", "blockquote", "p"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")
    assert "</div>" not in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<svg/onload=alert(1)>",
        "<iframe src=//evil></iframe>",
        "<style>*{}</style>",
        "<p onclick=x>y</p>",
        "<textarea>",
        "<plaintext>",
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_other_html_shows_as_typed(text: str) -> None:
    html = to_html(text + "\n\nafter")
    assert text.split(">")[0] not in html
    assert "&lt;" in html
    assert "after" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
    ],
)
def test_a_link_leads_only_to_places(address: str) -> None:
    for text in (f"[x]({address})", f"[x]: {address}\n\n[x]", f"<{address}>"):
        hrefs = [part.partition('"')[0] for part in to_html(text).split('href="')[1:]]
        # a browser takes what stands before a colon as a scheme only if it is letters, digits, `+`, `-` and `.`
        assert [href for href in hrefs if re.match(r"[\s\w+.-]*:", href)] == []


def test_links_carry_no_weight_and_pictures_are_words() -> None:
    assert to_html("[x](https://a.example)") == '<p><a href="https://a.example" rel="nofollow noopener">x</a></p>\n'
    assert to_html("![a *picture*](https://evil.example/pixel.png)") == "<p>a picture</p>\n"


def test_a_relative_link_starts_at_its_file() -> None:
    html = to_html("[x](docs/a.md#b) [y](#c)", "/o/r/blob/main/README.md")
    assert 'href="/o/r/blob/main/docs/a.md#b"' in html
    assert 'href="/o/r/blob/main/README.md#c"' in html


def test_boxes_of_a_list_are_ticked() -> None:
    assert tidy(to_html("- [x] a\n- [ ] b\n- [y] c")) == "<ul><li>☑\ufe0e a</li><li>☐ b</li><li>[y] c</li></ul>"


def test_a_text_beyond_all_measure_shows_plain() -> None:
    assert to_html("*a* <b>" * 20_000).startswith("<pre>*a* &lt;b&gt;")


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("https://a.example/b?c#d", True),
        ("mailto:a@b.example", True),
        ("/a/b", True),
        ("#a", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[bad", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_address_of_a_place_is_linked(address: str | None, passes: bool) -> None:
    assert (safe_address(address) == address and address is not None) is passes
