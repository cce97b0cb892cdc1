"""Does the command say what is due, and to whom, without planning or sending anything?"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.cli import EXIT_USAGE, main
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.storage.adapters import serving

SINCE = datetime.now(UTC).date() - timedelta(days=120)


@pytest.fixture(autouse=True)
def registry(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("TUNEGATE_GITHUB_WEBHOOK_SECRET", raising=False)
    pool = Database(database_url)
    serving(Adapters(pool), SINCE)
    pool.close()


def test_a_dry_run_says_what_is_due_and_does_nothing(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    for _ in range(2):
        assert main(["remind", "--once", "--dry-run"]) == 0
        said = capsys.readouterr().out
        assert "ticket-router, due " in said
        assert "T+14 to first-owner, acme/ml-leads, acme/ml-platform" in said
        assert said.endswith("2 reminders due; nothing was planned or sent.\n")
    pool = Database(database_url)
    with pool.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(outbox)) == 0
    pool.close()


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remind", "--dry-run", "--json"]) == 0
    reminders = json.loads(capsys.readouterr().out)["reminders"]
    assert [(one["reminder"], one["missed"]) for one in reminders] == [
        ("T+1", []),
        ("T+14", ["T+7", "T", "T-7", "T-30"]),
    ]


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--once", "--json"]], ids=["none", "json", "once json"])
def test_what_it_does_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remind", *arguments]) == EXIT_USAGE
    assert "say --once, --dry-run" in capsys.readouterr().err


def test_without_settings_nothing_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remind", "--once"]) == EXIT_USAGE
    assert "TUNEGATE_GITHUB_WEBHOOK_SECRET is not set" in capsys.readouterr().err
