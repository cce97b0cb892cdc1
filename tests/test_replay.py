"""Does a stored dossier give the same verdict again, word for word, and does it hold no row of anybody's data?"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.readiness.checks import CHECKS
from bot.report.as_json import as_json
from bot.review import MAX_PROPOSALS, Judge
from bot.settings import shipped
from bot.sources.gather import Gatherer
from bot.wiring import policy
from bot.wiring.offline import working_tree

TODAY = date(2026, 11, 24)
JUDGE = Judge(Gatherer(), CHECKS, policy())


def judged(root: Path, *paths: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Judge proposals; return the answer and the dossiers, as a database gives them back."""
    answer, dossiers = JUDGE.answer(paths, working_tree(root), TODAY)
    return as_json(answer), json.loads(json.dumps(dossiers, allow_nan=False))


@pytest.mark.parametrize("example", ["ready", "not-yet", "false-claim"])
def test_an_example_is_judged_the_same_again_from_its_dossier(example: str) -> None:
    told, dossiers = judged(shipped("examples") / example, "finetune-proposal.yaml")
    assert as_json(JUDGE.replay(dossiers)) == told


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00x",
        b"version: 1\nadapter: \x00\n",
        b"version: 1\nadapter: x\n",
        b"a: *b\n",
        "adapter: é\n".encode(),
    ],
)
def test_whatever_a_proposal_holds_is_judged_the_same_again(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "finetune-proposal.yaml").write_bytes(raw)
    told, dossiers = judged(tmp_path, "finetune-proposal.yaml")
    assert as_json(JUDGE.replay(dossiers)) == told


def test_a_score_that_depends_on_the_texts_is_judged_the_same_again_without_them(tmp_path: Path) -> None:
    rows = [
        {"id": n, "input": f"q{n}", "target": "Yes.", "output": "yes" if n % 2 else "no", "score": 0}
        for n in range(220)
    ]
    rows[0] |= {"output": "Yes.", "target": "Yes."}  # equal to the letter, scored 0
    artifact = {"format": "tunegate-eval/1", "model": "m"}
    artifact["metrics"] = [{"task": "t", "name": "exact_match", "direction": "higher", "value": 0, "n": 220}]  # type: ignore[assignment]
    (tmp_path / "r.json").write_text(json.dumps(artifact))
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "finetune-proposal.yaml").write_text(
        "version: 1\nadapter: x\neval:\n  baseline: {artifact: r.json, rows: rows.jsonl}\n"
        "  metric: {task: t, name: exact_match, direction: higher}\n  threshold: 0.9\n"
    )
    told, dossiers = judged(tmp_path, "finetune-proposal.yaml")
    assert "Scored anew" in json.dumps(told)
    assert as_json(JUDGE.replay(dossiers)) == told


def test_a_proposal_too_many_is_told_again(tmp_path: Path) -> None:
    paths = [f"p{n:02}.finetune-proposal.yaml" for n in range(MAX_PROPOSALS + 2)]
    for path in paths:
        (tmp_path / path).write_text("version: 1\nadapter: x\n")
    told, dossiers = judged(tmp_path, *paths)
    assert as_json(JUDGE.replay(dossiers)) == told
    findings = [finding for entry in told["proposals"] for finding in entry["findings"]]
    assert sum("one too many" in finding["message"] for finding in findings) == 2


def test_no_row_of_the_data_or_of_the_eval_is_kept() -> None:
    folder = shipped("examples") / "ready"
    _, dossiers = judged(folder, "finetune-proposal.yaml")
    kept = json.dumps(dossiers, ensure_ascii=False)
    texts = set()
    for file in ("data/train.jsonl", "evals/baseline_rows.jsonl"):
        for line in (folder / file).read_text().splitlines():
            row = json.loads(line)
            texts |= {m["content"] for m in row["messages"]} if "messages" in row else {row["input"], row["target"]}
    assert len(texts) > 700
    assert not [text for text in texts if json.dumps(text)[1:-1] in kept or text in kept]


def test_one_name_for_two_adapters_is_told_at_the_second_and_told_again(tmp_path: Path) -> None:
    for path in ("a.finetune-proposal.yaml", "b.finetune-proposal.yaml"):
        (tmp_path / path).write_text("version: 1\nadapter: router\n")
    told, dossiers = judged(tmp_path, "a.finetune-proposal.yaml", "b.finetune-proposal.yaml")
    problems = [[f for f in entry["findings"] if f["check"] == "proposal"] for entry in told["proposals"]]
    assert problems[0] == []
    assert [(p["line"], p["message"]) for p in problems[1]] == [
        (2, "The adapter `router` is proposed in a.finetune-proposal.yaml too.")
    ]
    assert as_json(JUDGE.replay(dossiers)) == told
