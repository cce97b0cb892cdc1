"""Do reminders say what, by when, what to do, how to wait and why one gets them, in every form?"""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from bot.report.digest import MOST_LINES, Due, digest
from bot.report.letter import Letter
from bot.report.letter_forms import as_blocks, as_html, as_markdown, as_plain, as_slack_text
from bot.report.reminder import (
    REOPENED,
    ROLES,
    Links,
    Matter,
    base_retiring,
    day,
    evidence_failed,
    orphaned,
    rung,
    settled,
    standing,
)
from tests.notify.messages import HOSTILE, hostile

DUE = date(2027, 3, 2)
LINKS = Links(*(f"https://gate.example/{name}" for name in ("page", "ack", "snooze", "reassign", "issue")))


def matter(late: int, **more: object) -> Matter:
    given: dict[str, object] = {
        "backup": "second-owner",
        "file": "revalidations/ticket-router/2.yaml",
        "rollback": "docs/rollback.md",
        "links": LINKS,
        **more,
    }
    return Matter("ticket-router", DUE, DUE + timedelta(days=late), "first-owner", **given)  # type: ignore[arg-type]


ALL = {
    **{f"rung {late:+d}": rung(matter(late)) for late in (-30, -14, -7, -1, 0, 1, 7, 14, 30, 60)},
    "standing": standing(matter(-20)),
    "orphaned": orphaned(matter(-20)),
    "retiring": base_retiring(matter(-20), "acme/base-8b", date(2027, 5, 1), "acme/base-9b"),
    "retired": base_retiring(matter(3), "acme/base-8b", date(2027, 3, 1)),
    "failed": evidence_failed(matter(-3), ("the prompted baseline reaches 0.93",)),
    "settled": settled(matter(-3), "The evidence passed."),
    "digest": digest(date(2027, 3, 1), date(2027, 3, 1), [Due("ticket-router", DUE)], page="https://gate.example/mine"),
}


@pytest.mark.parametrize("name", ALL)
def test_every_letter_says_why_one_gets_it_and_names_the_adapter(name: str) -> None:
    letter = ALL[name]
    assert letter.because
    assert "ticket-router" in as_plain(letter)
    assert len(letter.subject) < 100
    assert all(len(line) <= 80 or "https://" in line for line in as_plain(letter).splitlines())
    if name not in ("settled", "digest"):
        assert re.search(r"\b[12] March 2027", " ".join(as_plain(letter).split()))
        assert "What to do" in as_plain(letter)


@pytest.mark.parametrize(
    ("late", "subject", "words"),
    [
        (-30, "Revalidate ticket-router by 2 March 2027", "in 30 days"),
        (-7, "7 days left to revalidate ticket-router", "in 7 days"),
        (-5, "5 days left to revalidate ticket-router", "in 5 days"),  # the rung of T-7, sent after a weekend
        (-1, "1 day left to revalidate ticket-router", "in 1 day:"),
        (0, "Today is the last day to revalidate ticket-router", "From tomorrow it counts as late"),
        (7, "ticket-router is overdue by 7 days", "Its backup and its leads are told from now on"),
        (14, "ticket-router is overdue by 14 days", "New proposals of `first-owner` carry a warning"),
        (30, "Roll back ticket-router, or revalidate it: overdue by 30 days", "The way back: docs/rollback.md"),
        (60, "Roll back ticket-router, or revalidate it: overdue by 60 days", "60 days ago"),
    ],
)
def test_each_rung_counts_the_days_as_they_are(late: int, subject: str, words: str) -> None:
    letter = rung(matter(late))
    assert letter.subject == subject
    assert words in " ".join(as_plain(letter).split())


def test_what_no_longer_helps_is_no_longer_offered() -> None:
    before, after = rung(matter(0)), rung(matter(7))
    assert "/tunegate ack" in as_plain(before)
    assert "https://gate.example/ack" in as_plain(before)
    for form in (as_plain(after), as_html(after), as_markdown(after)):
        assert "/tunegate ack" not in form
        assert "https://gate.example/ack" not in form
    assert "Only a lead can waive it" in as_plain(after)
    assert "https://gate.example/ack" not in as_plain(orphaned(matter(-9)))


def test_every_role_hears_why() -> None:
    said = {role: rung(matter(14), role).because for role in ROLES}
    assert len(set(said.values())) == len(ROLES)
    assert "`first-owner` owns" in said["lead"]


def test_how_it_stands_changes_only_when_something_does() -> None:
    assert standing(matter(-20)) == standing(matter(-19))  # the issue is not edited every day
    assert standing(matter(0)) != standing(matter(1))
    text = as_plain(standing(matter(-20, snoozed_until=date(2027, 2, 20), in_progress=True)))
    assert "Snoozed until 20 February 2027" in text
    assert "a pull request is open" in text
    assert "Snoozed" not in as_plain(standing(matter(-5, snoozed_until=date(2027, 2, 20))))


def test_a_digest_lists_the_latest_first_and_counts_the_rest() -> None:
    today = date(2027, 3, 1)
    due = [Due(f"a{n}", today + timedelta(days=n - 3)) for n in range(6)]
    letter = digest(today, today, list(reversed(due)), ends=True)
    assert letter.subject == "3 overdue, 3 due within 30 days: adapters, week of 1 March 2027"
    text = as_plain(letter)
    assert re.findall(r"- (a\d)", text) == [f"a{n}" for n in range(6)]
    assert "a0: overdue by 3 days, 26 February 2027" in text
    assert "unsubscribe" in text
    assert "unsubscribe" not in as_plain(digest(today, today, due))
    many = digest(today, today, [Due(f"a{n}", today) for n in range(MOST_LINES + 10)], total=100)
    assert as_plain(many).count("\n- ") == MOST_LINES
    assert "And 50 more." in as_plain(many)
    with pytest.raises(ValueError, match="never sent"):
        digest(today, today, [])


def test_a_mention_is_made_of_logins_alone() -> None:
    body = as_markdown(REOPENED, ("ada", "acme/ml", "x @everyone", "<b>", "a" * 60))
    assert body.startswith("@ada @acme/ml\n\n")
    assert "everyone" not in body


def test_an_address_that_is_not_ours_is_no_link() -> None:
    bad = Letter("x", (), (ALL["digest"].actions[0].__class__("go", "javascript:alert(1)"),))
    for form in (as_markdown, as_html):
        with pytest.raises(ValueError, match="addresses of our own"):
            form(bad)


class Seen(HTMLParser):
    """The tags and links of a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str | None] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name in ("href", "src")}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_markup_in_any_form(text: str) -> None:
    letter = hostile(text)
    ours = {"html", "head", "meta", "title", "body", "h1", "p", "strong", "ul", "li", "a", "code"}
    for page in (as_html(letter), MarkdownIt("gfm-like", {"linkify": False}).render(as_markdown(letter))):
        seen = Seen(page)
        assert seen.tags <= ours | {"sub"}
        assert seen.links <= {"https://gate.example/x"}
    assert "@everyone" not in as_markdown(letter)
    assert "<!" not in as_slack_text(letter)
    assert len(as_blocks(letter)) <= 50


def test_a_date_cannot_be_misread() -> None:
    assert day(date(2027, 3, 2)) == "2 March 2027"
