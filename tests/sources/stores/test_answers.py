"""Is an answer taken for what it is: a file, a lasting refusal, or a passing one?"""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from bot.readiness.fact import Trouble
from bot.sources.stores.guard import Ask, Failure, Reply
from tests.sources.stores.loopback import ANY, PUBLIC, Internet, body, get, redirect, refused


def test_a_length_beyond_the_cap_is_enough(internet: Internet) -> None:
    internet.serve("files.example/r", body(b"x" * 1001))
    assert "has 1,001 bytes; at most 1,000" in refused(get(internet, "https://files.example/r")).reason
    internet.serve("files.example/r", body(b"x" * 1000))
    assert isinstance(get(internet, "https://files.example/r"), Reply)


def test_redirects_do_not_begin_the_deadline_anew(internet: Internet) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        redirect("https://files.example/r")(handler)

    internet.serve("files.example/r", slowly)
    assert (
        "did not answer in time"
        in refused(internet.guard(deadline=0.6).read(Ask("https://files.example/r"), ANY, 1000)).reason
    )


@pytest.mark.parametrize("coding", ["gzip", "br", "Identity, gzip"])
def test_nothing_is_unpacked(internet: Internet, coding: str) -> None:
    internet.serve("files.example/r", body(b"\x1f\x8b", Content_Encoding=coding))
    fact = refused(get(internet, "https://files.example/r"))
    assert fact.trouble is Trouble.DEFINITIVE
    assert "nothing is unpacked" in fact.reason
    internet.serve("files.example/r", body(b"x", Content_Encoding="identity"))
    assert isinstance(get(internet, "https://files.example/r"), Reply)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        *((status, Trouble.DEFINITIVE) for status in (400, 404, 405, 410, 451)),
        *((status, Trouble.PASSING) for status in (401, 403, 408, 429, 500, 502, 503, 504, 202, 204, 304, 599)),
    ],
)
def test_a_status_is_lasting_or_passing(internet: Internet, status: int, trouble: Trouble) -> None:
    internet.serve("files.example/r", body(b"", status))
    found = get(internet, "https://files.example/r")
    assert refused(found).trouble is trouble
    assert str(status) in refused(found).reason
    assert isinstance(found, Failure)
    assert found.status == status


def test_a_body_that_breaks_off_is_no_file(internet: Internet) -> None:
    internet.serve("files.example/r", body(b"half", content_length="8", connection="close"))
    internet.serve("files.example/r2", lambda handler: handler.wfile.write(b"SSH-2.0-server\r\n\r\n"))
    for path in ("r", "r2"):
        assert refused(get(internet, f"https://files.example/{path}")).trouble is Trouble.PASSING


def test_a_server_that_is_away_or_unknown_is_passing(internet: Internet) -> None:
    internet.name("away.example", ["127.0.0.2"])
    internet.ports.clear()
    for host in ("away.example", "unknown.example"):
        assert refused(get(internet, f"https://{host}/r")).trouble is Trouble.PASSING


def test_the_next_address_is_tried_when_one_is_away(internet: Internet) -> None:
    internet.serve("files.example/r", body())
    internet.name("files.example", ["127.0.0.3", PUBLIC])
    guard = internet.guard(is_public=lambda found: str(found) in ("127.0.0.3", PUBLIC))
    assert isinstance(guard.read(Ask("https://files.example/r"), ANY, 1000), Reply)
    assert [host for host, _ in internet.connected] == ["127.0.0.3", PUBLIC]


def test_a_question_is_posted_and_not_redirected(internet: Internet) -> None:
    internet.serve("api.example/q", body(b"[]"))
    ask = Ask("https://api.example/q", content=b"{}", headers={"Content-Type": "application/json"})
    assert isinstance(internet.guard().read(ask, ANY, 100), Reply)
    assert (internet.heard[0].content, internet.heard[0].headers["content-type"]) == (b"{}", "application/json")
    internet.serve("api.example/q", redirect("https://other.example/q", 307))
    assert refused(internet.guard().read(ask, ANY, 100)).trouble is Trouble.PASSING
    assert {heard.host for heard in internet.heard} == {"api.example"}


def test_requests_of_one_visit_share_a_connection_and_a_deadline(internet: Internet) -> None:
    internet.serve("files.example/r", body())
    with internet.guard().visit(ANY) as visit:
        assert all(isinstance(visit.read(Ask("https://files.example/r"), 100), Reply) for _ in range(3))
    assert (len(internet.connected), len(internet.heard)) == (1, 3)
