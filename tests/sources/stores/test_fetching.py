"""Is what the forge leads to fetched with what it asked to be sent, to that server alone, and never from the inside?"""

import hashlib

import pytest

from bot.readiness.evidence import Trouble
from bot.sources.stores.fetching import Fetching
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, redirect, trouble

PROOF = {"X-Proof": "secret", "Authorization": "Basic lfs", "Host": "evil.example", "accept-encoding": "gzip"}


def test_a_file_is_fetched_from_any_public_server_with_its_digest(internet: Internet) -> None:
    internet.serve("files.example/x", body(b"abc"))
    content, source = known(Fetching(internet.guard())("https://files.example/x?sig=1", 3))
    assert (content, source.sha256, source.size) == (b"abc", hashlib.sha256(b"abc").hexdigest(), 3)


def test_what_is_to_be_sent_goes_to_the_first_server_alone_and_replaces_nothing(internet: Internet) -> None:
    internet.serve("files.example/x", redirect("https://cdn.example/x"))
    internet.serve("cdn.example/x", body(b"abc"))
    known(Fetching(internet.guard())("https://files.example/x", 3, PROOF))
    assert [heard.headers.get("x-proof") for heard in internet.heard] == ["secret", None]
    assert [heard.headers.get("authorization") for heard in internet.heard] == ["Basic lfs", None]
    assert [(heard.host, heard.headers["accept-encoding"]) for heard in internet.heard] == [
        ("files.example", "identity"),
        ("cdn.example", "identity"),
    ]


def test_a_server_inside_is_asked_only_where_the_operator_names_it(internet: Internet) -> None:
    internet.serve("inside.example/x", body(b"abc"))
    internet.name("inside.example", [INTERNAL])
    fact = trouble(Fetching(internet.guard())("https://inside.example/x", 3))
    assert (fact.trouble, "not public" in fact.reason) == (Trouble.DEFINITIVE, True)
    assert "`github.storage`" in (fact.fix or "")
    opened = Fetching(internet.guard(), ["https://git.example/api/v3", "https://inside.example/storage"])
    assert known(opened("https://inside.example/x", 3))[0] == b"abc"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, Trouble.DEFINITIVE) for status in (404, 410)),
        *((status, Trouble.PASSING) for status in (204, 206, 400, 401, 403, 429, 500, 503)),
    ],
)
def test_what_is_gone_is_definitive_and_any_other_answer_passing(
    internet: Internet, status: int, expected: Trouble
) -> None:
    internet.serve("files.example/x", body(b"", status))
    assert trouble(Fetching(internet.guard())("https://files.example/x", 3)).trouble is expected


def test_more_than_is_asked_for_is_not_read(internet: Internet) -> None:
    internet.serve("files.example/x", body(b"abcd"))
    fact = trouble(Fetching(internet.guard())("https://files.example/x", 3))
    assert (fact.trouble, "at most 3 bytes" in fact.reason) == (Trouble.DEFINITIVE, True)


@pytest.mark.parametrize("url", ["http://[", "file:///etc/hostname", "ftp://files.example/x", "//files.example/x", ""])
def test_an_address_that_is_none_is_the_forges_trouble_and_passing(internet: Internet, url: str) -> None:
    assert trouble(Fetching(internet.guard())(url, 3)).trouble is Trouble.PASSING


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X-A": "\u2603"}, {"X\nA": "a"}, {"": "a"}])
def test_headers_that_are_none_are_not_sent(internet: Internet, headers: dict[str, str]) -> None:
    internet.serve("files.example/x", body(b"abc"))
    fact = trouble(Fetching(internet.guard())("https://files.example/x", 3, headers))
    assert (fact.trouble, internet.heard) == (Trouble.PASSING, [])
