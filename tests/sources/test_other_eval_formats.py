"""What is said of an artifact that is not read: a tool that we know, or a file that we do not?"""

import json
from typing import Any

import pytest

from bot.readiness.fact import Trouble, Unavailable
from bot.sources import evals


def answer(artifact: bytes) -> Unavailable:
    fact = evals.read(artifact, None, None)
    assert isinstance(fact, Unavailable), fact
    return fact


@pytest.mark.parametrize(
    ("artifact", "tool"),
    [
        (b"\x1f\x8b\x08", "compressed"),
        ({"object": "eval.run", "result_counts": {}}, "OpenAI"),
        (b'{"spec": {"eval_name": "x"}}\n{"type": "match"}\n', "openai/evals"),
    ],
)
def test_a_known_tool_is_named_and_its_result_not_held_against_the_team(artifact: Any, tool: str) -> None:
    fact = answer(artifact if isinstance(artifact, bytes) else json.dumps(artifact).encode())
    assert fact.trouble is Trouble.NOT_SUPPORTED
    assert tool in fact.reason
    assert "not read yet" in fact.reason


def test_an_unknown_file_is_answered_with_its_keys_and_the_formats_that_are_read() -> None:
    fact = answer(b'{"accuracy": 0.9, "notes": "good", "x`<script>": 1}')
    assert fact.trouble is Trouble.DEFINITIVE
    assert "`accuracy`, `notes`, `x??script?`" in fact.reason
    assert fact.fix is not None
    assert "lm-eval" in fact.fix
    assert "tunegate-eval/1" in fact.fix


def test_many_long_keys_are_cut() -> None:
    fact = answer(json.dumps({f"{n:03}" + "k" * 500: n for n in range(500)}).encode())
    assert len(fact.reason) < 700


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (b"", "The artifact is empty."),
        (b"accuracy: 0.9\n", "The artifact is no JSON"),
        (b"\x00\x01\x02", "The artifact is no JSON"),
        (b"[1, 2]", "The artifact is of no format that is known here: the file is no JSON object."),
        (b'"text"', "The artifact is of no format that is known here"),
        (b'{"results": {}, "results": {}}', "The artifact has the key `results` twice in one object."),
        (b"[" * 100_000, "The artifact is nested deeper than 64 levels."),
        (b'{"format": 1}', "The artifact is of no format that is known here: its keys are `format`."),
    ],
)
def test_what_is_no_artifact_at_all_is_said_plainly(artifact: bytes, reason: str) -> None:
    fact = answer(artifact)
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason.startswith(reason)


def test_an_artifact_beyond_its_size_is_not_read() -> None:
    fact = answer(b'{"a": "' + b"x" * 100_000_000 + b'"}')
    assert fact.trouble is Trouble.DEFINITIVE
    assert "at most 100,000,000 are read" in fact.reason
