"""Is a command told from text that only shows one?"""

import pytest

from bot.readiness.command import commands


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
        "/tunegate own\n/tunegate own",
    ],
)
def test_a_command_stands_on_a_line_of_its_own(body: str) -> None:
    assert commands(body) == ("own",)


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
        "~~~\n/tunegate own\n```\n/tunegate own\n~~~",
        "<!-- \n/tunegate own\n-->",
        "<!-- \n/tunegate own",
        "/tunegate",
        "/tunegate own it",
        "/tunegate disown",
        "/tunegate snooze",
        "//tunegate own",
        "- /tunegate own",
        "/tunegate own\u200b",
        "/tunegate own." * 5_000,
    ],
)
def test_what_only_shows_a_command_gives_none(body: str) -> None:
    assert commands(body) == ()
