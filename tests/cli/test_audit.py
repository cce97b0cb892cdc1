"""Does `tunegate audit` find an edited row and a cut end, and export what no spreadsheet runs?"""

import csv
import io
import json
from collections.abc import Iterator

import psycopg
import pytest

from bot.cli import main
from bot.ports import AuditEntry
from bot.storage.audit import AuditLog
from bot.storage.database import Database
from tests.database import plain


@pytest.fixture
def log(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditLog]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    database = Database(database_url, connections=2)
    kept = AuditLog(database)
    for number in range(3):
        kept.append(AuditEntry("waiver.requested", "ada", 7, 11, 3, f"=W{number}", {"reason": 'a, b\n"c"'}))
    yield kept
    database.close()


def tamper(database_url: str, statement: str) -> None:
    with psycopg.connect(plain(database_url)) as link:
        link.execute("SET session_replication_role = replica")
        link.execute(statement)


def test_a_log_that_holds_says_so_with_its_newest_hash(log: AuditLog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 0
    newest = list(log.entries())[-1].hash
    assert f"3 entries, the chain holds. Newest hash: {newest}" in capsys.readouterr().out
    assert main(["audit", "verify", "--head", newest, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 3, "head": newest, "holds": True, "breaks": []}


def test_an_edited_row_is_named(log: AuditLog, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(database_url, "UPDATE audit SET actor = 'eve' WHERE id = 2")
    assert main(["audit", "verify"]) == 1
    assert "entry 2: its words are not those that were written\n" in capsys.readouterr().out


def test_a_cut_end_is_found_by_a_hash_of_before(
    log: AuditLog, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = list(log.entries())[-1].hash
    tamper(database_url, "DELETE FROM audit WHERE id = 3")
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--head", newest]) == 1
    assert "the end was cut off" in capsys.readouterr().out


def test_the_export_holds_every_entry(log: AuditLog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export"]) == 0
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["id"], row["subject"], row["detail"]) for row in rows] == [
        (number, f"=W{number - 1}", {"reason": 'a, b\n"c"'}) for number in (1, 2, 3)
    ]
    assert err == f"newest hash: {rows[-1]['hash']}\n"
    assert main(["audit", "export", "--since", "2000-01-01", "--until", "2000-01-02"]) == 0
    assert capsys.readouterr().out == ""


def test_no_cell_of_the_csv_is_a_formula(log: AuditLog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["subject"] for row in rows] == ["'=W0", "'=W1", "'=W2"]
    assert json.loads(rows[0]["detail"]) == {"reason": 'a, b\n"c"'}


def test_a_hash_that_is_none_is_a_question_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["audit", "verify", "--head", "abc"])
    assert end.value.code == 2
    assert "is no hash" in capsys.readouterr().err
