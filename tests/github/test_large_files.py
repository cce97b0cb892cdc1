"""Is a Git LFS pointer followed to its file, held to the digest that it names, and told where it leads to nothing?"""

import base64
import hashlib
import json
from typing import Any

import pytest
import requests

from bot.github.client import web_url
from bot.github.large_files import is_pointer
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from tests.github.shop import Shop, known, unavailable

PATH = "evals/samples.jsonl"
ROWS = b'{"id": 1}\n' * 200_000  # 2 MB: as a file of git it would come raw
OID = hashlib.sha256(ROWS).hexdigest()
CAP = 5_000_000
BATCH = "/info/lfs/objects/batch$"


def _commit(shop: Shop, pointer: bytes | None = None) -> str:
    return shop.push({PATH: shop.world.store_large(shop.models, ROWS) if pointer is None else pointer})


def _read(shop: Shop, cap: int = CAP) -> Known[bytes] | Unavailable:
    return shop.forge().files().read(PATH, max_bytes=cap)


def test_a_pointer_is_followed_to_its_file_which_it_pins(shop: Shop) -> None:
    commit = _commit(shop)
    found = known(_read(shop))
    assert found.value == ROWS
    assert found.source == Source(PATH, Grade.C, OID, commit, len(ROWS))
    assert [(each.method, each.status) for each in shop.stored()] == [("POST", 200), ("GET", 200)]


def test_the_token_goes_to_git_s_side_of_github_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _commit(shop)
    sent: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def kept(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        sent.append(request)
        return send(self, request, **more)

    monkeypatch.setattr(requests.Session, "send", kept)
    known(_read(shop))
    (batch,) = [each for each in sent if "/api/v3/" not in str(each.url)]
    token = shop.auth.installation_token(shop.town.installation.id, shop.models.id)
    assert batch.url == f"{shop.world.url}/acme/models.git/info/lfs/objects/batch"
    password = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    assert batch.headers["Authorization"] == f"Basic {password}"
    assert json.loads(batch.body or "") == {
        "operation": "download",
        "transfers": ["basic"],
        "objects": [{"oid": OID, "size": len(ROWS)}],
        "hash_algo": "sha256",
    }
    # the sandbox's store refuses whoever brings a credential, as object stores do
    assert [(each.method, each.status) for each in shop.stored()] == [("POST", 200), ("GET", 200)]


def test_the_history_follows_pointers_too(shop: Shop) -> None:
    then = _commit(shop)
    shop.push({PATH: b"now\n"})
    assert known(shop.forge().history().read(PATH, then, max_bytes=CAP)).value == ROWS


def test_a_fork_s_file_is_found_through_the_repository_that_it_is_a_fork_of(shop: Shop) -> None:
    fork = shop.world.fork(shop.models, shop.town.ada, "models-fork")
    pointer = shop.world.store_large(fork, ROWS)
    shop.world.commit(fork, "from-fork", {PATH: pointer}, "Fork", shop.town.ada)
    shop.pull = shop.world.open_pull(shop.models, "From a fork", "from-fork", shop.town.ada, head_repo=fork)
    assert known(_read(shop)).value == ROWS


def test_a_file_that_was_never_pushed_is_definitive(shop: Shop) -> None:
    _commit(shop)
    shop.world.large_files.clear()
    found = unavailable(_read(shop))
    assert (found.trouble, "never pushed" in found.reason) == (Trouble.DEFINITIVE, True)
    assert found.fix is not None
    assert "git lfs push" in found.fix


def test_a_file_beyond_the_cap_is_not_asked_for(shop: Shop) -> None:
    _commit(shop)
    found = unavailable(_read(shop, cap=1_999_999))
    assert (found.trouble, "2,000,000 bytes" in found.reason, shop.stored()) == (Trouble.DEFINITIVE, True, [])


def test_a_pointer_that_lies_about_the_size_is_refused(shop: Shop) -> None:
    pointer = shop.world.store_large(shop.models, ROWS).replace(b"size 2000000", b"size 200")
    _commit(shop, pointer)
    assert unavailable(_read(shop)).trouble is Trouble.DEFINITIVE


@pytest.mark.parametrize(("stored", "word"), [(ROWS[:-1] + b"!", "another digest"), (ROWS + b"!", "2,000,001 bytes")])
def test_bytes_that_the_pointer_does_not_name_are_not_believed(shop: Shop, stored: bytes, word: str) -> None:
    _commit(shop)
    address = shop.world.lend(stored)
    shop.fail(BATCH, 200, _answer({"href": address}))
    found = unavailable(_read(shop))
    assert (found.trouble, word in found.reason) == (Trouble.DEFINITIVE, True), found.reason


def test_a_file_that_comes_short_is_not_believed(shop: Shop) -> None:
    _commit(shop)
    shop.fail(BATCH, 200, _answer({"href": shop.world.lend(ROWS[:10])}))
    assert unavailable(_read(shop)).trouble is Trouble.DEFINITIVE


def _answer(download: object, **more: object) -> dict[str, Any]:
    return {"objects": [{"oid": OID, "size": len(ROWS), "actions": {"download": download}, **more}]}


@pytest.mark.parametrize(
    ("path", "status", "trouble"),
    [
        (BATCH, 404, Trouble.DEFINITIVE),
        (BATCH, 401, Trouble.PASSING),
        (BATCH, 403, Trouble.PASSING),
        (BATCH, 429, Trouble.PASSING),
        (BATCH, 500, Trouble.PASSING),
        (BATCH, 509, Trouble.PASSING),
        ("/-/stored/", 404, Trouble.DEFINITIVE),
        ("/-/stored/", 403, Trouble.PASSING),
        ("/-/stored/", 503, Trouble.PASSING),
    ],
)
def test_what_is_gone_is_definitive_and_what_fails_is_passing(
    shop: Shop, path: str, status: int, trouble: Trouble
) -> None:
    _commit(shop)
    for _ in range(2 if status == 401 else 1):  # a token that was refused is renewed once
        shop.fail(path, status, {"message": "No"})
    found = unavailable(_read(shop))
    assert (found.trouble, "Git LFS pointer" in found.reason) == (trouble, True)
    assert known(_read(shop)).value == ROWS


def test_a_token_that_was_revoked_is_renewed(shop: Shop) -> None:
    _commit(shop)
    shop.fail(BATCH, 401, {"message": "Bad credentials"})
    assert known(_read(shop)).value == ROWS


@pytest.mark.parametrize(
    ("code", "trouble"),
    [(404, Trouble.DEFINITIVE), (410, Trouble.DEFINITIVE), (422, Trouble.DEFINITIVE), (500, Trouble.PASSING)],
)
def test_an_error_about_the_file_alone_is_told_likewise(shop: Shop, code: int, trouble: Trouble) -> None:
    _commit(shop)
    error = {"oid": OID, "size": len(ROWS), "error": {"code": code, "message": "No"}}
    shop.fail(BATCH, 200, {"objects": [error]})
    assert unavailable(_read(shop)).trouble is trouble


@pytest.mark.parametrize(
    "answer",
    [
        b"{half",
        b"[" * 50_000,
        b" " * 70_000,
        [],
        {"objects": []},
        {"objects": [{"oid": "0" * 64, "size": 1}]},
        {"objects": [{"oid": OID, "size": 2_000_000}]},
        {"objects": [{"error": None}]},
        _answer(None),
        _answer({"href": "https://127.0.0.1:1/x", "header": ["X"]}),
        _answer({"href": "https://127.0.0.1:1/x", "header": {f"X-{n}": "x" for n in range(21)}}),
        _answer({"href": "ftp://127.0.0.1/x"}),
        _answer({"href": "http://127.0.0.1:1/x", "header": {"X-A": "a\r\nX-B: b"}}),
        _answer({"href": 7}),
    ],
)
def test_an_answer_that_is_none_is_passing(shop: Shop, answer: Any) -> None:
    _commit(shop)
    shop.fail(BATCH, 200, answer)
    assert unavailable(_read(shop)).trouble is Trouble.PASSING


def test_a_way_to_another_repository_is_not_gone_with_the_token(shop: Shop) -> None:
    _commit(shop)
    shop.fail(BATCH, 307, b"", Location=f"{shop.world.url}/evil/x.git/info/lfs/objects/batch")
    assert unavailable(_read(shop)).trouble is Trouble.PASSING
    assert [each.status for each in shop.stored()] == [307]


VERSION = b"version https://git-lfs.github.com/spec/v1\n"
LONG = b"oid sha256:" + b"a" * 64 + b"\n"


@pytest.mark.parametrize(
    "pointer",
    [
        VERSION,
        VERSION + b"oid sha256:0\nsize 5\n",
        VERSION + LONG,
        VERSION + LONG + b"size -5\n",
        VERSION + LONG + b"size 5\nsize 6\n",
        VERSION + LONG + LONG + b"size 5\n",
        VERSION + b"oid sha1:" + b"a" * 40 + b"\nsize 5\n",
        VERSION + b"\xff\xfe",
        VERSION + LONG + b"size " + b"9" * 400 + b"\n",
    ],
)
def test_a_damaged_pointer_is_told_without_a_question(shop: Shop, pointer: bytes) -> None:
    _commit(shop, pointer)
    found = unavailable(_read(shop))
    assert (found.trouble, "names no file" in found.reason, shop.stored()) == (Trouble.DEFINITIVE, True, [])


def test_a_file_that_only_begins_like_a_pointer_is_a_file(shop: Shop) -> None:
    text = VERSION + b"and so on, as a text about pointers may begin\n" * 100
    assert not is_pointer(text)
    _commit(shop, text)
    assert known(_read(shop)).value == text


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.octocorp.ghe.com", "https://octocorp.ghe.com"),
        ("https://github.example/api/v3", "https://github.example"),
        ("https://api.example/api/v3", "https://api.example"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080"),
    ],
)
def test_the_address_of_git_is_found_by_that_of_the_api(api: str, web: str) -> None:
    assert web_url(api) == web
