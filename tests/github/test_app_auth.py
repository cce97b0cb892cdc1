"""Does the App prove who it is, keep its tokens as long as they are good, and keep them to itself?"""

import threading
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.github.app_auth import AppAuth
from bot.github.trouble import InstallationGone
from bot.ports import ForgeTrouble
from tests.github.conftest import Bot
from tests.github.stand_in import APP_ID, INSTALLATION, KEY, PEM, REPOSITORY, Fault, StandIn


def test_the_jwt_is_signed_backdated_and_short(bot: Bot) -> None:
    claims = jwt.decode(bot.auth.jwt(), KEY.public_key(), algorithms=["RS256"])
    now = bot.clock.now().timestamp()
    assert claims["iss"] == str(APP_ID)
    assert claims["iat"] == pytest.approx(now - 60, abs=10)
    assert now < claims["exp"] <= claims["iat"] + 9 * 60


def test_a_token_is_kept_until_five_minutes_before_its_end(bot: Bot, github: StandIn) -> None:
    first = bot.auth.installation_token(INSTALLATION)
    bot.clock.ahead = timedelta(minutes=54)
    assert bot.auth.installation_token(INSTALLATION) == first
    bot.clock.ahead = timedelta(minutes=55, seconds=30)
    assert bot.auth.installation_token(INSTALLATION) != first
    assert len(github.requests) == 2


def test_a_token_for_one_repository_names_it(bot: Bot, github: StandIn) -> None:
    assert bot.auth.repository_name(INSTALLATION, REPOSITORY) == "acme/models"
    assert bot.auth.installation_token(INSTALLATION, REPOSITORY) == github.tokens[0]
    assert len(github.requests) == 1


def test_many_threads_share_one_fetch(bot: Bot, github: StandIn) -> None:
    found: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait(10)
        found.append(bot.auth.installation_token(INSTALLATION, REPOSITORY))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == github.tokens * 8


def test_a_token_that_was_renewed_is_not_forgotten_for_an_older_one(bot: Bot, github: StandIn) -> None:
    first = bot.auth.installation_token(INSTALLATION)
    bot.auth.forget(INSTALLATION, None, first)
    second = bot.auth.installation_token(INSTALLATION)
    bot.auth.forget(INSTALLATION, None, first)
    assert bot.auth.installation_token(INSTALLATION) == second == github.tokens[-1]


def test_an_installation_that_is_gone_is_told(bot: Bot, github: StandIn) -> None:
    github.installed = False
    with pytest.raises(InstallationGone):
        bot.auth.installation_token(INSTALLATION)


@pytest.mark.parametrize(
    "answer",
    [(500, {}, {}), (201, b"<html>", {}), (201, {"token": 5}, {}), (401, {"message": "Bad"}, {}), (200, b"[]", {})],
)
def test_a_token_that_does_not_come_is_trouble(
    bot: Bot, github: StandIn, answer: tuple[int, object, dict[str, str]]
) -> None:
    github.faults.append(Fault("POST", "access_tokens", answer))
    with pytest.raises(ForgeTrouble):
        bot.auth.installation_token(INSTALLATION)


def test_github_out_of_reach_is_trouble(bot: Bot) -> None:
    auth = AppAuth(APP_ID, PEM, "http://127.0.0.1:9", bot.clock)
    with pytest.raises(ForgeTrouble, match="could not be reached"):
        auth.installation_token(INSTALLATION)


def test_the_slug_is_asked_for_once(bot: Bot, github: StandIn) -> None:
    assert [bot.app.app_slug(), bot.app.app_slug()] == ["tunegate-test"] * 2
    assert github.requests == [("GET", "/app")]


@pytest.mark.parametrize("pem", ["", "-----BEGIN RSA PRIVATE KEY-----\nsecret\n-----END RSA PRIVATE KEY-----", "é"])
def test_a_key_that_is_none_is_refused_without_showing_it(bot: Bot, pem: str) -> None:
    with pytest.raises(ValueError, match="no RSA key") as caught:
        AppAuth(APP_ID, pem, "http://127.0.0.1", bot.clock)
    assert not pem or pem not in str(caught.value)


def test_a_key_of_another_kind_is_refused(bot: Bot) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="no RSA key"):
        AppAuth(APP_ID, pem, "http://127.0.0.1", bot.clock)


def test_neither_key_nor_token_shows_in_what_is_printed(bot: Bot, github: StandIn) -> None:
    token = bot.auth.installation_token(INSTALLATION, REPOSITORY)
    shown = repr(bot.auth) + repr(bot.auth._grants) + repr(bot.app)
    assert token not in shown
    assert "PRIVATE KEY" not in shown
    github.faults.append(Fault("GET", "/pulls/", (403, {"message": "no"}, {})))
    with pytest.raises(ForgeTrouble) as caught:
        bot.open().pull_request()
    assert token not in f"{caught.value}{caught.value!r}{caught.value.__cause__!r}"
