"""Does the channels file say at which line it is wrong, and never show a secret?"""

from pathlib import Path

import pytest

from bot import settings
from bot.notify.channels_file import BadChannels, Channels, read
from bot.settings import BadSettings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "channels.example.yaml"
MAIL = "email: {host: smtp.example.com, from: gate@example.com}\n"
SECRET = "whsec_" + "QUJD" * 10


def test_the_shipped_example_can_be_read() -> None:
    values = {"SMTP_PASSWORD": "a", "SLACK_TOKEN": "b", "HOOK_SECRET": SECRET}
    found = read(EXAMPLE.read_bytes(), values)
    assert found.email is not None
    assert found.email.at_port == 587
    assert found.slack is not None
    assert found.webhook is not None
    assert found.people


def test_nothing_is_open_but_the_issues() -> None:
    found = read(b"", {})
    assert found == Channels()
    assert found.issues
    assert list(found.named()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email: {host: smtp.example.com}\n", "line 1: `email.from`: this key is required"),
        ("email: {host: 'a b', from: gate@example.com}\n", "`email.host`: write a host like smtp.example.com"),
        (MAIL.replace("gate@example.com", "nobody"), "`email.from`: write the sender like"),
        (MAIL.replace("from", "username: u, from"), "username and password go together"),
        (MAIL.replace("from", "security: none, username: u, password: hidden, from"), "by starttls or tls only"),
        (MAIL.replace("from", "port: 70000, from"), "`email.port`"),
        ("issues: true\nslack: {}\n", "line 2: `slack`: give a token or a webhook, one of them"),
        ("slack: {token: hidden, webhook: https://hidden.example/x}\n", "give a token or a webhook"),
        ("slack: {webhook: 'ftp://hidden.example/x'}\n", "write an address like https://hooks.example.com"),
        ("slack: {webhook: 'https://h.example/x', channel: C024BE91L}\n", "has its own channel"),
        ("slack: {token: hidden, channel: general}\n", "write a Slack id"),
        ("webhook: {url: https://h.example/x, secret: hidden}\n", "write the secret as whsec_"),
        ("apprise: {urls: []}\n", "`apprise.urls`"),
        ("people: {'a b': {email: a@example.com}}\n", "write a login like first-owner"),
        ("people: {ada: {email: a@example.com, phone: 1}}\n", "`people.ada.phone`: this key is not known here"),
        ("people: {ada: {email: 'a@example.com, b@example.com'}}\n", "write one e-mail address"),
        ("ca_file: /none/such.pem\n", "there is no file /none/such.pem"),
        (
            "email:\n  host: smtp.example.com\n  from: gate@example.com\n  username: u\n  password: ${NONE}\n",
            "line 5: `email.password`: the environment variable NONE is not set",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_line(text: str, said: str) -> None:
    with pytest.raises(BadChannels) as caught:
        read(text.encode(), {})
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_logins_differ_in_case_alone() -> None:
    found = read(b"people: {First-Owner: {email: a@example.com}, Acme/ML: {slack: C024BE91L}}\n", {})
    for name in ("first-owner", "FIRST-OWNER"):
        known = found.person(name)
        assert known is not None
        assert known.email == "a@example.com"
    assert found.person("acme/ml") is not None


def test_no_secret_is_shown() -> None:
    text = f"""\
email: {{host: h.example, from: g@example.com, username: u, password: hidden}}
slack: {{webhook: 'https://h.example/hidden'}}
webhook: {{url: 'https://h.example/hidden', secret: {SECRET}}}
apprise: {{urls: ['mailto://u:hidden@h.example']}}
"""
    found = read(text.encode(), {})
    assert "hidden" not in repr(found)
    assert SECRET not in repr(found)
    assert sorted(found.named()) == ["https://h.example/hidden"] * 2


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "channels.yaml"
    file.write_text(MAIL)
    found = settings.channels({"TUNEGATE_CHANNELS": str(file)})
    assert found is not None
    assert found.email is not None
    assert settings.channels({}) is None
    file.write_text("email: 7\n")
    with pytest.raises(BadSettings, match="channels.yaml:\nline 1: `email`"):
        settings.channels({"TUNEGATE_CHANNELS": str(file)})
    with pytest.raises(BadSettings, match="TUNEGATE_CHANNELS cannot be read"):
        settings.channels({"TUNEGATE_CHANNELS": str(tmp_path / "none.yaml")})
