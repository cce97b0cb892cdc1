"""Does the service start with what operators write, and refuse the rest in words that name the variable?"""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read

GOOD = {
    "TUNEGATE_GITHUB_APP_ID": "11",
    "TUNEGATE_GITHUB_PRIVATE_KEY": "-----BEGIN\\nEND-----",
    "TUNEGATE_GITHUB_WEBHOOK_SECRET": "s",
}


def test_three_variables_are_enough() -> None:
    settings = read(GOOD)
    assert settings.app.app_id == 11
    assert settings.app.private_key_pem == "-----BEGIN\nEND-----"
    assert (settings.app.api_url, settings.app.web_url) == ("https://api.github.com", "https://github.com")
    assert (settings.url, settings.database_url) == ("http://127.0.0.1:8000", None)


def test_an_enterprise_server_and_a_public_address() -> None:
    more = {"TUNEGATE_GITHUB_API_URL": "https://git.example/api/v3/", "TUNEGATE_URL": "https://gate.example/"}
    settings = read(GOOD | more)
    assert (settings.app.api_url, settings.app.web_url) == ("https://git.example/api/v3", "https://git.example")
    assert settings.url == "https://gate.example"
    hosted = read(GOOD | {"TUNEGATE_GITHUB_API_URL": "https://api.octocorp.ghe.com"})
    assert hosted.app.web_url == "https://octocorp.ghe.com"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fd00::7", "http://[fd00::7]:8000"),
        ("bot.example", "http://bot.example:8000"),
    ],
)
def test_without_a_public_address_links_lead_to_where_it_listens(host: str, url: str) -> None:
    assert read(GOOD | {"TUNEGATE_HOST": host}).url == url


def test_a_secret_is_rotated_with_two_of_them() -> None:
    more = {"TUNEGATE_GITHUB_WEBHOOK_SECRET_PREVIOUS": "former"}
    assert read(GOOD | more).app.webhook_secrets == ("s", "former")


def test_the_key_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("PEM\n")
    more = {"TUNEGATE_GITHUB_PRIVATE_KEY": "", "TUNEGATE_GITHUB_PRIVATE_KEY_FILE": str(tmp_path / "key.pem")}
    assert read(GOOD | more).app.private_key_pem == "PEM\n"


CLIENT = {"TUNEGATE_GITHUB_CLIENT_ID": "Iv23x", "TUNEGATE_GITHUB_CLIENT_SECRET": "hush"}


@pytest.mark.parametrize("url", ["https://gate.example", "http://localhost:8000", "http://[::1]:8000"])
def test_people_log_in_with_a_client_id_and_its_secret(url: str) -> None:
    settings = read(GOOD | CLIENT | {"TUNEGATE_URL": url})
    assert (settings.app.client_id, settings.app.client_secret) == ("Iv23x", "hush")
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"TUNEGATE_GITHUB_CLIENT_SECRET": ""}, "TUNEGATE_GITHUB_CLIENT_SECRET is not"),
        ({"TUNEGATE_GITHUB_CLIENT_ID": ""}, "TUNEGATE_GITHUB_CLIENT_ID is not"),
        ({"TUNEGATE_URL": "http://gate.example"}, "TUNEGATE_URL"),
    ],
)
def test_half_a_login_is_refused(changed: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        read(GOOD | CLIENT | changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUNEGATE_GITHUB_APP_ID", ""),
        ("TUNEGATE_GITHUB_APP_ID", "Iv23"),
        ("TUNEGATE_GITHUB_APP_ID", "²"),
        ("TUNEGATE_GITHUB_WEBHOOK_SECRET", ""),
        ("TUNEGATE_GITHUB_PRIVATE_KEY", ""),
        ("TUNEGATE_GITHUB_API_URL", "api.github.com"),
        ("TUNEGATE_URL", "https://x/?a=1"),
        ("TUNEGATE_PORT", "80000"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        read(GOOD | {name: value})


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    more = {"TUNEGATE_GITHUB_PRIVATE_KEY": "", "TUNEGATE_GITHUB_PRIVATE_KEY_FILE": str(tmp_path)}
    with pytest.raises(BadSettings, match="TUNEGATE_GITHUB_PRIVATE_KEY_FILE"):
        read(GOOD | more)


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings: Settings = read(GOOD | {"DATABASE_URL": "postgresql://u:hush@h/d"})
    assert "hush" not in repr(settings)
    assert "BEGIN" not in repr(settings)
    assert "'s'" not in repr(settings)
