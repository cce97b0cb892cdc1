"""Is a download bounded in bytes, in time and in where it leads?"""

import gzip
import hashlib
from collections.abc import Iterator

import pytest

from bot.github.download import Download
from bot.readiness.evidence import Trouble
from tests.github.shop import known, unavailable
from tests.github.stores import Store, store

LOCAL = "http://127.0.0.1"


@pytest.fixture
def kept() -> Iterator[Store]:
    with store() as state:
        # the recorder of requests takes what is under this path for no call of the API
        yield state


def test_a_file_is_fetched_with_its_digest_and_without_a_credential(kept: Store) -> None:
    found = known(Download(LOCAL)(kept.says("/-/stored/x", b"abc"), 3))
    assert (found.value, found.source.sha256) == (b"abc", hashlib.sha256(b"abc").hexdigest())
    assert "authorization" not in kept.requests[0][1]


def test_an_empty_file_is_a_file(kept: Store) -> None:
    assert known(Download(LOCAL)(kept.says("/-/stored/x", b""), 3)).value == b""


def test_more_than_is_asked_for_is_not_read(kept: Store) -> None:
    found = unavailable(Download(LOCAL)(kept.says("/-/stored/x", b"x" * 1_000_000), 1_000))
    assert (found.trouble, "1,000 bytes" in found.reason) == (Trouble.DEFINITIVE, True)


def test_what_is_packed_on_its_way_is_bounded_as_unpacked(kept: Store) -> None:
    address = kept.says("/-/stored/x", gzip.compress(bytes(50_000_000)), content_encoding="gzip")
    assert unavailable(Download(LOCAL)(address, 1_000)).trouble is Trouble.DEFINITIVE
    small = kept.says("/-/stored/y", gzip.compress(b"abc"), content_encoding="gzip")
    assert known(Download(LOCAL)(small, 3)).value == b"abc"


def test_a_file_that_comes_by_drips_is_left(kept: Store) -> None:
    found = unavailable(Download(LOCAL, seconds=0.2)(kept.drips("/-/stored/x"), 1_000_000))
    assert (found.trouble, "too slowly" in found.reason) == (Trouble.PASSING, True)


def test_a_file_that_breaks_off_is_none(kept: Store) -> None:
    address = kept.says("/-/stored/x", b"abc", content_length="10")
    assert unavailable(Download(LOCAL)(address, 100)).trouble is Trouble.PASSING


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (404, Trouble.DEFINITIVE),
        (410, Trouble.DEFINITIVE),
        (403, Trouble.PASSING),
        (429, Trouble.PASSING),
        (500, Trouble.PASSING),
        (206, Trouble.PASSING),
        (204, Trouble.PASSING),
    ],
)
def test_an_answer_that_is_no_file_is_trouble(kept: Store, status: int, trouble: Trouble) -> None:
    address = kept.says("/-/stored/x", b"" if status == 204 else b"x", status)
    assert unavailable(Download(LOCAL)(address, 100)).trouble is trouble


def test_a_server_that_is_not_there_is_passing_trouble(kept: Store) -> None:
    address = kept.says("/-/stored/x", b"x")
    kept.closing.set()
    with store() as gone:
        there = gone.url
    for url in (f"{there}/-/stored/x", "http://[", "http:///x"):
        assert unavailable(Download(LOCAL)(url, 100)).trouble is Trouble.PASSING
    assert known(Download(LOCAL)(address, 100)).value == b"x"


@pytest.mark.parametrize("api", ["https://api.github.com", "https://github.example/api/v3"])
def test_only_https_is_fetched_where_the_api_is_asked_so(kept: Store, api: str) -> None:
    for url in (kept.says("/-/stored/x", b"x"), "file:///etc/hostname", "ftp://127.0.0.1/x", "//127.0.0.1/x"):
        found = unavailable(Download(api)(url, 100))
        assert (found.trouble, "https" in found.reason) == (Trouble.PASSING, True)
    assert not kept.requests


def test_headers_are_for_the_first_server_alone(kept: Store) -> None:
    with store() as other:
        there = other.says("/-/stored/y", b"there")
        near = kept.says("/-/stored/x", b"", 302, location="/-/stored/z")
        kept.says("/-/stored/z", b"", 307, location=there)
        assert known(Download(LOCAL)(near, 100, {"X-Proof": "secret"})).value == b"there"
        assert [headers.get("x-proof") for _, headers in kept.requests] == ["secret", "secret"]
        assert "x-proof" not in other.requests[0][1]


def test_a_redirect_is_followed_without_its_body(kept: Store) -> None:
    # whoever waited for the body would wait for ever
    first = kept.drips("/-/stored/x", 302, location="/-/stored/y")
    kept.says("/-/stored/y", b"there")
    assert known(Download(LOCAL)(first, 100)).value == b"there"


def test_a_way_that_is_none_is_passing_trouble(kept: Store) -> None:
    address = kept.says("/-/stored/x", b"", 302, location="http://[")
    assert unavailable(Download(LOCAL)(address, 100)).trouble is Trouble.PASSING


def test_a_way_in_circles_is_left(kept: Store) -> None:
    address = kept.says("/-/stored/x", b"", 302, location="/-/stored/x")
    found = unavailable(Download(LOCAL)(address, 100))
    assert (found.trouble, len(kept.requests)) == (Trouble.PASSING, 4)


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X-A": "\u2603"}])
def test_headers_that_are_none_are_not_sent(kept: Store, headers: dict[str, str]) -> None:
    found = unavailable(Download(LOCAL)(kept.says("/-/stored/x", b"x"), 100, headers))
    assert (found.trouble, kept.requests) == (Trouble.PASSING, [])
