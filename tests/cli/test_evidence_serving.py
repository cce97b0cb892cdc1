"""Does `tunegate evidence serving` say what the bot sees in a serving config, to people and to programs?"""

import json
from pathlib import Path

import pytest

from bot.cli import main

CONFIG = "export HF_TOKEN=hunter2\nvllm serve acme/base-8b --enable-lora \\\n  --lora-modules router=/adapters/router\n"


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["evidence", "serving", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_people_see_each_value_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "serve.sh"
    config.write_text(CONFIG)
    code, out, err = said(capsys, config)
    assert (code, err) == (0, "")
    assert out.startswith("vLLM (line 2)\n  model          acme/base-8b (line 2)\n")
    assert "  adapters       router (line 3)\n" in out
    assert "  max rank       16 (line 2, the engine's default)\n" in out
    assert "quantization" in out.splitlines()[-1]
    assert "hunter2" not in out


def test_programs_get_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "serve.sh"
    config.write_text(CONFIG)
    code, out, _ = said(capsys, config, "--json")
    document = json.loads(out)
    assert code == 0
    (server,) = document["servers"]
    assert server["engine"] == "vLLM"
    assert server["lora"] == {"value": True, "line": 2}
    assert server["adapters"] == [{"value": "router", "line": 3}]
    assert server["quantization"] is None
    assert server["by_default"] == ["max_rank", "max_adapters", "max_loaded"]
    assert len(document["digest"]) == 64


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "other.yaml"
    config.write_text("steps: 3\n")
    code, out, err = said(capsys, config)
    assert (code, out) == (1, "")
    assert "starts no model server that is known here" in err
    assert "SGLang" in err
    assert said(capsys, tmp_path / "none.yaml")[0] == 2
