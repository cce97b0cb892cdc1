"""Does `tunegate evidence training` say what the bot sees in a training config, to people and to programs?"""

import json
from pathlib import Path

import pytest

from bot.cli import main

CONFIG = "base_model: acme/base-8b\nadapter: lora\nlora_r: 16\ndatasets:\n  - {path: data/train.jsonl, type: alpaca}\napi_key: hunter2\n"


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["evidence", "training", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_people_see_each_value_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "axolotl.yaml"
    config.write_text(CONFIG)
    code, out, err = said(capsys, config)
    assert (code, err) == (0, "")
    assert out.startswith("Axolotl\n  base model     acme/base-8b (line 1)\n")
    assert "  rank           16 (line 3)\n" in out
    assert "seed" in out.splitlines()[-1]
    assert "hunter2" not in out


def test_programs_get_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "axolotl.yaml"
    config.write_text(CONFIG)
    code, out, _ = said(capsys, config, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["tool"] == "Axolotl"
    assert document["technique"] == {"value": "lora", "line": 2}
    assert document["data_files"] == [{"value": "data/train.jsonl", "line": 5}]
    assert document["seed"] is None
    assert len(document["digest"]) == 64


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "other.yaml"
    config.write_text("steps: 3\n")
    code, out, err = said(capsys, config)
    assert (code, out) == (1, "")
    assert "of no tool that is read here" in err
    assert "Axolotl" in err
    assert said(capsys, tmp_path / "none.yaml")[0] == 2
