"""Are adapters taken in and shown by the command, as text, JSON and CSV?"""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import EXIT_USAGE, main
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event
from bot.storage.adapters import Adapters
from bot.storage.database import Database

TODAY = datetime.now(UTC).date()
SINCE = TODAY - timedelta(days=100)
LISTED = f"""adapter,repository,owner,backup,serving_since
late-one,acme/support,first-owner,second-owner,{SINCE}
fresh-one,acme/docs,first-owner,,{TODAY}
"""


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "adapters.csv"
    path.write_text(LISTED)
    return path


def test_what_is_imported_serves_has_its_deadline_and_can_be_imported_again(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adapters", "import", str(file)]) == 0
    said = capsys.readouterr().out
    assert "2 adapters imported, 0 known already." in said
    assert "Of 2 adapters the repository is not among those" in said
    assert main(["adapters", "import", str(file)]) == 0
    assert "0 adapters imported, 2 known already." in capsys.readouterr().out
    assert main(["adapters", "due", "--format", "json"]) == 0
    (due,) = json.loads(capsys.readouterr().out)["adapters"]
    assert (due["adapter"], due["stage"], due["state"], due["waits_for"]) == (
        "late-one",
        "serving",
        "overdue",
        "revalidation",
    )


def test_while_anything_is_wrong_nothing_is_imported(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(LISTED + "Bad One,acme/x,o,,2026-01-01\n")
    assert main(["adapters", "import", str(file)]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert f"{file}:4: `adapter` is 'Bad One'" in said
    assert "Nothing was imported: 1 line to correct." in said
    assert main(["adapters", "list"]) == 0
    assert capsys.readouterr().out == "0 adapters.\n"


def test_one_adapter_is_shown_with_its_cycles_and_events(
    file: Path, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    main(["adapters", "import", str(file)])
    pool = Database(database_url)
    passed = Happening(Event.PASSED, TODAY, "first-owner", why="=evil \x1b[31m")
    Adapters(pool).happen("acme", "late-one", passed)
    pool.close()
    capsys.readouterr()
    assert main(["adapters", "show", "acme/late-one"]) == 0
    said = capsys.readouterr().out
    assert f"1: scheduled, {TODAY} to " in said
    assert f"passed on {TODAY}" in said
    assert f"{TODAY} passed by first-owner: =evil [31m" in said
    assert main(["adapters", "show", "late-one", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [event["event"] for event in shown["events"]] == ["passed", "imported"]
    assert shown["events"][1]["proof"]["line"] == 2


def test_csv_is_read_by_spreadsheets_and_holds_no_formula(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head, late, fresh = LISTED.split()
    file.write_text(f"{head},artifact\n{late},=1+1\n{fresh},\n")
    main(["adapters", "import", str(file)])
    capsys.readouterr()
    assert main(["adapters", "list", "--format", "csv", "--stage", "serving"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["adapter"] for row in rows] == ["fresh-one", "late-one"]
    assert rows[1]["artifact"] == "'=1+1"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "nobody"], 1, "there is no adapter nobody"),
        (["import", "no-such-file.csv"], EXIT_USAGE, "No such file"),
        (["list", "--stage", "sleeping"], EXIT_USAGE, "stages are proposed, approved"),
    ],
    ids=["unknown", "no file", "no stage"],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adapters", *arguments]) == code
    assert said in capsys.readouterr().err


def test_a_name_that_two_accounts_have_is_asked_for(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(LISTED + f"late-one,other/support,o,,{SINCE}\n")
    assert main(["adapters", "import", str(file)]) == 0
    assert main(["adapters", "show", "late-one"]) == EXIT_USAGE
    assert "acme/late-one, other/late-one" in capsys.readouterr().err
