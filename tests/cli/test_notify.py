"""Does `tunegate notify` send a real message, and say in two lines what went wrong?"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.notify.mail_server import running
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import PRIVATE, Town

SECRET = "whsec_" + "QUJD" * 10
Open = Callable[[str], None]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Write the channels file."""

    def write(text: str) -> None:
        (tmp_path / "channels.yaml").write_text(text)
        monkeypatch.setenv("TUNEGATE_CHANNELS", str(tmp_path / "channels.yaml"))

    monkeypatch.delenv("TUNEGATE_CHANNELS", raising=False)
    return write


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with Receiver() as receiver, Sandbox(World()) as sandbox:
        there = Town(sandbox, receiver)
        monkeypatch.setenv("TUNEGATE_GITHUB_APP_ID", str(there.app.id))
        monkeypatch.setenv("TUNEGATE_GITHUB_PRIVATE_KEY", PRIVATE.decode())
        monkeypatch.setenv("TUNEGATE_GITHUB_WEBHOOK_SECRET", "a secret of the tests")
        monkeypatch.setenv("TUNEGATE_GITHUB_API_URL", there.api)
        yield there


def mail(port: int) -> str:
    text = f"email: {{host: 127.0.0.1, port: {port}, security: none, from: gate@example.com}}\n"
    return text + "people: {ada: {email: ada@example.com, slack: U024BE7LH}, ben: {slack: U024BE7LJ}}\n"


def test_a_letter_of_test_arrives(opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with running() as server:
        opened(mail(server.port))
        assert main(["notify", "test", "email", "--to", "ada"]) == 0
        assert main(["notify", "test", "email", "--to", "ben@example.com"]) == 0
    assert [each[1] for each in server.envelopes] == [["ada@example.com"], ["ben@example.com"]]
    assert b"Subject: A test of Tunegate (" in server.letters[0]
    said = capsys.readouterr().out
    assert "email: the message to ada@example.com was taken by the mail server as <" in said


def test_a_letter_that_is_refused_is_said_in_two_lines(opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with running() as server:
        server.refuse["RCPT"] = "550 5.1.1 no such user"
        opened(mail(server.port))
        assert main(["notify", "test", "email", "--to", "ada"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "tunegate notify: the message to ada@example.com was not delivered by email.",
        "  The mail server refuses the recipient (550): 5.1.1 no such user. Sending it again would not help.",
    ]


def test_a_webhook_inside_the_operators_network_is_reached(opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with Receiver() as receiver:
        opened(f"webhook: {{url: '{receiver.url}', secret: {SECRET}}}\n")
        assert main(["notify", "test", "webhook"]) == 0
        (heard,) = receiver.heard()
        receiver.status = 500
        assert main(["notify", "test", "webhook"]) == 1
    assert heard.payload["type"] == "adapter.reminder"
    said = capsys.readouterr()
    assert said.out.startswith(f"webhook: the message was taken as {heard.headers['webhook-id']}.")
    assert "The webhook answered 500. A reminder would be sent again later." in said.err
    assert SECRET not in said.err


def test_slack_says_its_error_and_what_to_do(opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with Receiver() as receiver:  # whose answer is JSON without `ok`
        receiver.status = 200
        opened(
            f"slack: {{token: xoxb-hidden, api_url: '{receiver.url}', channel: C024BE91L}}\n" + mail(25).splitlines()[1]
        )
        assert main(["notify", "test", "slack"]) == 1
        (heard,) = receiver.heard()
    assert heard.payload["channel"] == "C024BE91L"
    said = capsys.readouterr().err
    assert "the message to C024BE91L was not delivered by slack" in said
    assert "xoxb-hidden" not in said


def test_an_issue_is_opened_and_closed_again(town: Town, opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notify", "test", "issue", "--to", "acme/models"]) == 0
    (issue,) = town.models.issues.values()
    assert (issue.state, issue.title.startswith("A test of Tunegate (")) == ("closed", True)
    assert town.world.comments(issue) == []
    assert (
        f"issue: the message to acme/models was opened and closed again as issue {issue.number}"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (None, ["test", "email"], "TUNEGATE_CHANNELS is not set"),
        ("issues: true\n", ["test", "email"], "email is not set up: add `email` to the channels file"),
        (mail(25), ["test", "email"], "--to is lacking"),
        (mail(25), ["test", "email", "--to", "ben"], "`ben` has no address there"),
        ("emial: 1\n", ["test", "email"], "line 1: `emial`: this key is not known here."),
        ("issues: false\n", ["test", "issue", "--to", "acme/models"], "issues are closed"),
        (None, ["test", "issue", "--to", "models"], "write --to OWNER/NAME"),
        (None, ["test", "issue", "--to", "acme/nothing"], "the App is not installed there"),
        ("apprise: {urls: ['mailto://u:hidden@h.example']}\n", ["test", "apprise"], "install `tunegate[apprise]`"),
    ],
)
def test_what_is_not_set_up_says_what_to_do(
    town: Town, opened: Open, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    text: str | None, arguments: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "apprise", None)  # as where it is not installed
    if text is not None:
        opened(text)
    assert main(["notify", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "hidden" not in told


def test_the_channels_are_listed(opened: Open, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notify", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["issue     open", "email     not set up"]
    opened(mail(25) + "issues: false\n")
    assert main(["notify", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0] == "issue     closed in the channels file"
    assert listed[1] == "email     open; 1 of 2 people and teams have an address"
    assert listed[2] == "slack     not set up"
