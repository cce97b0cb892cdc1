"""Where may a message be posted to, and what of an answer that never comes?"""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from bot.ports import NotDelivered
from bot.sources.stores.posting import MAX_ANSWER, Posting
from tests.sources.stores.loopback import INTERNAL, PUBLIC, Internet, body, redirect

HOOK = "https://hub.example/hook?key=hidden-key-1"


def trouble(posting: Posting, url: str = HOOK) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        posting(url, {"x-own": "1"}, b"{}")
    assert "hidden-key-1" not in caught.value.reason
    return caught.value


def test_a_post_arrives_whole_and_whatever_is_answered_comes_back(internet: Internet) -> None:
    internet.serve("hub.example/hook", body(b'{"no":1}', 418, Retry_After="7"))
    posted = Posting(internet.guard())(HOOK, {"X-Own": "1", "content-type": "application/json"}, b'{"a":1}')
    assert (posted.status, posted.body, posted.headers["retry-after"]) == (418, b'{"no":1}', "7")
    (heard,) = internet.heard
    assert (heard.content, heard.path, heard.headers["x-own"]) == (b'{"a":1}', "/hook?key=hidden-key-1", "1")


def test_an_address_of_the_operators_may_be_private_whatever_its_scheme(internet: Internet) -> None:
    internet.name("inside.example", (INTERNAL,))
    internet.answers["inside.example/hook"] = body()
    for url in ("https://inside.example/hook", "http://inside.example/hook"):
        assert Posting(internet.guard(), [url])(url, {}, b"").status == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/hook",
        "https://127.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "http://hub.example/hook",
        "https://hub.example:8443/hook",
        "https://user:word@hub.example/hook",
        "file:///etc/passwd",
        "https://rebinding.example/hook",
        "gopher://hub.example/",
        "hub.example/hook",
        "",
    ],
)
def test_an_address_that_a_user_typed_leads_nowhere_private(internet: Internet, url: str) -> None:
    internet.name("inside.example", (INTERNAL,))
    internet.name("rebinding.example", (PUBLIC, INTERNAL))
    internet.answers["inside.example/hook"] = internet.answers["hub.example/hook"] = body()
    for address in ("127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"):
        internet.name(address, (address,))
    internet.name("hub.example")
    told = trouble(Posting(internet.guard(), ["https://other.example/"]), url)
    assert told.lasting
    assert internet.heard == []
    assert internet.connected == []


def test_another_port_of_a_private_host_stays_closed(internet: Internet) -> None:
    internet.name("inside.example", (INTERNAL,))
    internet.answers["inside.example/hook"] = body()
    assert trouble(Posting(internet.guard(), ["http://inside.example/hook"]), "https://inside.example/hook").lasting


def test_a_redirect_is_an_answer_and_is_not_followed(internet: Internet) -> None:
    internet.serve("hub.example/hook", redirect("https://other.example/steal", 307))
    internet.serve("other.example/steal", body())
    assert Posting(internet.guard())(HOOK, {"authorization": "Bearer x"}, b"{}").status == 307
    assert [heard.path for heard in internet.heard] == ["/hook?key=hidden-key-1"]


def test_a_server_that_is_not_there_has_taken_nothing(internet: Internet) -> None:
    told = trouble(Posting(internet.guard()))
    assert (told.lasting, told.uncertain) == (False, False)
    assert "leads to no address" in told.reason


def test_an_answer_that_never_comes_leaves_it_open_whether_it_arrived(internet: Internet) -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(1.0)

    internet.serve("hub.example/hook", silent)
    told = trouble(Posting(internet.guard(deadline=0.4)))
    assert (told.lasting, told.uncertain) == (False, True)
    assert "did not answer in time" in told.reason
    assert len(internet.heard) == 1


def test_a_connection_that_breaks_off_leaves_it_open_too(internet: Internet) -> None:
    internet.serve("hub.example/hook", lambda handler: handler.connection.close())
    told = trouble(Posting(internet.guard()))
    assert (told.lasting, told.uncertain) == (False, True)


def test_of_an_answer_without_an_end_only_the_beginning_is_read(internet: Internet) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True

    internet.serve("hub.example/hook", endless)
    assert len(Posting(internet.guard())(HOOK, {}, b"").body) == MAX_ANSWER
