"""Is a command told from text that only shows one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.command import MAX_COMMANDS, Command, commands, covers, digest, says


@pytest.mark.parametrize(
    "body",
    [
        "/tunegate own",
        "  /tunegate own  ",
        "Happy to.\n\n/tunegate own\n",
        "/Tunegate OWN",
        "/tunegate\town",
        "One line\r\n/tunegate own\r\nanother",
        "```\ncode\n```\n/tunegate own",
        "````\n```\n````\n/tunegate own",
        "10. ```\n    code\n    ```\n\n/tunegate own",
        "- not `code`\n/tunegate own",
        "/tunegate own\n/tunegate own",
    ],
)
def test_a_command_stands_on_a_line_of_its_own(body: str) -> None:
    assert commands(body) == (Command("own"),)
    assert says(body, "own")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "> /tunegate own",
        "Please comment /tunegate own here.",
        "`/tunegate own`",
        "    /tunegate own",
        "\t/tunegate own",
        "```\n/tunegate own\n```",
        "```sh\n/tunegate own",
        "- ```\n  /tunegate own\n  ```",
        "1. Write\n2. ```sh\n   /tunegate own",
        "- - ~~~\n/tunegate own",
        "~~~\n/tunegate own\n```\n/tunegate own\n~~~",
        "<!-- \n/tunegate own\n-->",
        "<!-- \n/tunegate own",
        "/tunegate",
        "//tunegate own",
        "- /tunegate own",
        "/tunegate own\u200b",
        "/tunegate own." * 5_000,
        "/tunegate explain data\u202egnp.exe",
        "/tunegate own \u200b",
        "> fine\u2028/tunegate own",
        "> fine\x85/tunegate own",
        "> fine\x0b/tunegate own",
        "/tunegate exp\u0430in",
    ],
)
def test_what_only_shows_a_command_gives_none(body: str) -> None:
    assert commands(body) == ()
    assert not says(body, "own")


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("/tunegate explain enough-examples", "explain", "enough-examples"),
        ("/tunegate   Explain   `data`  ", "explain", "`data`"),
        ("/tunegate own it", "own", "it"),
        ("/tunegate snooze", "snooze", ""),
        ("/tunegate waive owner-accepts until=2027-01-01 on leave", "waive", "owner-accepts until=2027-01-01 on leave"),
    ],
)
def test_the_words_behind_a_command_are_kept(line: str, name: str, words: str) -> None:
    assert commands(line) == (Command(name, words),)
    assert not says(line, "own")


def test_a_line_of_blanks_costs_no_more_than_its_length() -> None:
    blanks = " " * 20_000_000  # where each end of the words is tried with each blank: minutes
    assert commands(f"/tunegate recheck now{blanks}please") == ()
    assert commands(f"/tunegate recheck{blanks}") == (Command("recheck"),)


def test_no_more_commands_than_a_person_would_give() -> None:
    assert len(commands("\n".join(f"/tunegate explain check-{n}" for n in range(50)))) == MAX_COMMANDS


@given(st.text(alphabet=st.sampled_from("/tunegate own\n`~> <!-\u202e"), max_size=200))
def test_whatever_a_comment_holds_is_read_and_quoted_or_fenced_gives_nothing(body: str) -> None:
    commands(body)
    assert commands("\n".join(f"> {line}" for line in body.splitlines())) == ()
    assert commands(f"<!--{body.replace('-->', '')}") == ()


HEAD, OTHER = "a1b2c3d" + "0" * 33, "a1b2c3d" + "1" * 33


@pytest.mark.parametrize(
    ("words", "shown", "covered"),
    [
        ("", HEAD, True),
        ("", OTHER, False),
        ("", None, False),
        (HEAD, None, True),  # the whole name says which commit is meant, whatever was shown
        (HEAD.upper(), OTHER, True),
        (OTHER, HEAD, False),
        ("a1b2c3d", HEAD, True),
        ("a1b2c3d", OTHER, False),  # two commits that begin alike are made in a minute
        ("a1b2c3d", None, False),
        ("a1b2c3", HEAD, False),
        ("1b2c3d0", HEAD, False),
        ("please", HEAD, False),
        (f"{HEAD} now", HEAD, False),
    ],
)
def test_ok_to_check_speaks_of_one_commit(words: str, shown: str | None, covered: bool) -> None:
    assert covers(words, HEAD, shown) is covered


def test_a_digest_is_of_what_is_asked_and_not_of_what_surrounds_it() -> None:
    asked = digest("/tunegate explain data")
    assert digest("Hello\r\n/TUNEGATE   explain data  \r\n") == asked
    assert len({asked, digest("/tunegate explain eval"), digest("/tunegate recheck"), digest("")}) == 4
