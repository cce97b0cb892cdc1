"""Is a manifest read strictly, whatever it holds, and graded by where it lies?"""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml

from bot.readiness import proposal
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.manifest import Manifest, as_profile
from bot.sources import manifest
from bot.sources.gather import Gatherer
from bot.sources.reading_process import ReadingProcesses
from bot.sources.stores import REPOSITORY_ALONE
from bot.sources.stores.actions import ActionsStore
from bot.sources.trouble import Unreadable
from tests.sources.stores.loopback import Attachments
from tests.sources.test_gather import around, repository

LEAST: dict[str, Any] = {
    "files": [{"path": "a.jsonl", "sha256": "a" * 64, "rows": 700}, {"path": "b.jsonl.gz", "sha256": "B" * 64, "rows": 300}],
    "effective": 900,
    "faults": {"json": 7},
    "run_id": None,
}  # fmt: skip
WHOLE = LEAST | {
    "format": "tunegate-manifest/1", "data_format": "openai-chat", "method": "sft", "rows": 1000, "valid": 993,
    "unique": 950, "duplicates": 43, "near_duplicates": 40, "effective": 908, "tokens": 90_000, "faults_first": [],
    "holdout_sha256": "c" * 64, "held_out": 200, "leaked": 2, "leaked_items": ["d" * 64], "secrets": {"GitHub token": 1},
    "personal": {}, "run_id": "81", "tools": {"tunegate": "0.1.0"},
}  # fmt: skip


def read(said: Any) -> Manifest:
    return manifest.read(json.dumps(said).encode())


def wrong(raw: bytes) -> Unavailable:
    with pytest.raises(Unreadable) as caught:
        manifest.read(raw)
    return caught.value.fact


def test_the_least_manifest_says_the_least() -> None:
    said = read(LEAST)
    assert (said.rows, said.valid, said.effective, said.faults) == (1000, 993, 900, {"json": 7})
    assert [file.sha256[0] for file in said.files] == ["a", "b"]
    assert (said.unique, said.leaked, said.secrets, said.tokens, said.holdout_sha256) == (None,) * 5


def test_the_waterfall_of_a_manifest_ends_at_what_it_counts_as_effective() -> None:
    found = as_profile(read(WHOLE))
    assert found.lost == {"fault": 7, "duplicate": 43, "near_duplicate": 40, "leak": 2}
    assert found.rows - sum(found.lost.values()) == found.effective == 908
    assert [(each.kind, each.rows) for each in found.secrets] == [("GitHub token", 1)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"format": "tunegate-manifest/2"}, "`tunegate-manifest/2`, which is not known"),
        ({"format": ["<script>"]}, "which is not known"),
        ({"files": []}, "`files` names no file"),
        ({"files": {"a": 1}}, "`files` names no file"),
        ({"files": ["a.jsonl"]}, "`files[0]` is no object"),
        ({"files": [{"path": "a", "sha256": "a" * 63, "rows": 1000}]}, "`files[0].sha256` is no SHA-256"),
        ({"files": [{"path": "a", "sha256": "a" * 64}]}, "`files[0].rows` is missing"),
        ({"files": [{"path": "a\nb", "sha256": "a" * 64, "rows": 1}]}, "`files[0].path` is no path"),
        ({"files": [LEAST["files"][0]] * 2}, "names `a.jsonl` twice"),
        ({"files": [{"path": str(n), "sha256": "a" * 64, "rows": 1} for n in range(5001)]}, "5,001 files"),
        ({"effective": None}, "`effective` is missing"),
        ({"effective": -1}, "`effective` is `-1`"),
        ({"effective": True}, "`effective` is `True`"),
        ({"effective": 908.0}, "`effective` is `908.0`"),
        ({"effective": "many"}, "`effective` is `many`"),
        ({"effective": 10**16}, "`effective` is `10000000000000000`"),
        ({"faults": None}, "`faults` is missing"),
        ({"faults": {"json": -7}}, "`faults.json` is `-7`"),
        ({"faults": ["json"]}, "`faults` is no table"),
        ({"faults": {"](http://x)": 7}}, "`faults` is no table"),
        ({"faults": {"json": 1001}, "rows": None, "valid": None}, "1,001 faulty rows"),
        ({"rows": 1200}, "`rows: 1,200`, and its files have 1,000"),
        ({"valid": 1000}, "`valid: 1,000`, and its rows less its faulty ones are 993"),
        ({"duplicates": 0}, "`duplicates: 0`, and valid less unique is 43"),
        ({"unique": 994, "duplicates": None}, "`unique: 994`"),
        ({"near_duplicates": 43}, "at most 907 rows can be"),
        ({"effective": 911}, "at most 910 rows can be"),
        ({"leaked": 994}, "`leaked: 994`"),
        ({"leaked_items": []}, "`leaked: 2`, and names 0"),
        ({"leaked": 0}, "`leaked: 0`, and names 1"),
        ({"leaked_items": [{}]}, "`leaked_items` is no list"),
        ({"holdout_sha256": None}, "`holdout_sha256`"),
        ({"held_out": 0}, "`held_out`"),
        ({"run_id": {}}, "`run_id` is no run's id"),
        ({"method": "<b>"}, "`method` is no name"),
    ],
)
def test_what_is_wrong_is_told_in_its_place(changed: dict[str, Any], told: str) -> None:
    fact = wrong(json.dumps(WHOLE | changed).encode())
    assert told in fact.reason
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.fix


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "is empty"),
        (b"[]", "no object"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"effective": NaN}', "NaN"),
        (b'{"effective": 900, "effective": 90000}', "`effective` twice"),
        (b'{"files": "' + b"a" * 5_000_000 + b'"}', "at most 2,000,000 are read"),
        (b"\xff\xfe{}", "UTF-8"),
    ],
)
def test_what_is_no_manifest_is_told(raw: bytes, told: str) -> None:
    assert told in wrong(raw).reason


class Run(Attachments):
    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        raw = json.dumps(WHOLE).encode()
        return Known(
            raw, Source(f"actions://{run_id}/{name}/{path}", Grade.A, hashlib.sha256(raw).hexdigest(), "5" * 40)
        )


def gathered(linked: str, **files: bytes | Unavailable) -> Evidence:
    claims = {"data": {"manifest": linked}, "eval": {"holdout": {"path": "data/holdout.jsonl"}}}
    text = yaml.safe_dump({"version": 1, "adapter": "ticket-router"} | claims).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    here = replace(around(repository(**files)), attachments=Run())
    stores = {**REPOSITORY_ALONE, "actions": ActionsStore()}
    return Gatherer(stores=stores).gather(reading.proposal, "tickets/finetune-proposal.yaml", here)


def known(fact: Fact[Any]) -> Known[Any]:
    assert isinstance(fact, Known), fact
    return fact


def test_what_a_run_of_this_repository_left_is_attested() -> None:
    found = known(gathered("actions://81/scan/manifest.json").manifests["data.manifest"])
    assert (found.source.grade, found.source.note, found.value.effective) == (Grade.A, None, 908)


def test_what_another_run_left_than_it_says_is_a_claim() -> None:
    found = known(gathered("actions://82/scan/manifest.json").manifests["data.manifest"])
    assert found.source.grade is Grade.D
    assert found.source.note == "it says that run 81 wrote it, and run 82 left it"


def test_what_somebody_committed_is_pinned_and_not_attested() -> None:
    raw, holdout = json.dumps(WHOLE).encode(), b'{"input": "a", "target": "b"}\n'
    found = gathered("manifest.json", tickets__manifest_dot_json=raw, tickets__data__holdout_dot_jsonl=holdout)
    assert known(found.manifests["data.manifest"]).source.grade is Grade.C
    assert known(found.digests["eval.holdout.path"]).value == hashlib.sha256(holdout).hexdigest()
    assert found.data == {}


def test_a_manifest_comes_back_from_the_reading_process_as_it_is_read_here() -> None:
    processes = ReadingProcesses(1)
    try:
        assert processes.small("manifest", json.dumps(WHOLE).encode()) == read(WHOLE)
        told = processes.small("manifest", b"{}")
        assert isinstance(told, Unavailable)
        assert "`files` names no file" in told.reason
    finally:
        processes.close()
