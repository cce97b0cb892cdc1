"""Does the client refuse what a hostile link, name or server tries, and read what an honest one says?"""

import hashlib
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpcore2
import pytest

from bot.readiness.fact import Trouble
from bot.sources.stores import address, network
from bot.sources.stores.guard import Ask, Guard, Reply
from bot.sources.stores.reach import Reach
from tests.sources.stores.loopback import ANY, INTERNAL, PUBLIC, Internet, body, get, redirect, refused

SECRET = {"Authorization": "Bearer secret"}


def test_a_public_file_is_read_over_tls_under_its_own_name(internet: Internet) -> None:
    internet.serve("files.example/a/r%C3%A9sults.json", body(b'{"a": 1}'))
    found = get(internet, "https://files.example/a/résults.json?x=1&y=%2F#part")
    assert isinstance(found, Reply)
    assert (found.content, found.sha256) == (b'{"a": 1}', hashlib.sha256(b'{"a": 1}').hexdigest())
    assert internet.connected == [(PUBLIC, 443)]
    assert internet.sni == ["files.example"]
    heard = internet.heard[0]
    assert (heard.host, heard.path) == ("files.example", "/a/r%C3%A9sults.json?x=1&y=%2F")
    assert heard.headers["accept-encoding"] == "identity"


def test_a_certificate_of_another_name_is_not_trusted(internet: Internet) -> None:
    internet.serve("files.elsewhere/r", body())
    fact = refused(get(internet, "https://files.elsewhere/r"))
    assert fact.trouble is Trouble.PASSING
    assert "no TLS certificate that can be trusted" in fact.reason
    assert not internet.heard


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(internet: Internet) -> None:
    internet.serve("files.example/r", body())
    fact = refused(internet.guard(ca_file=None).read(Ask("https://files.example/r"), ANY, 1000))
    assert "no TLS certificate that can be trusted" in fact.reason


@pytest.mark.parametrize("answers", [[INTERNAL], [PUBLIC, INTERNAL], [INTERNAL, PUBLIC]])
def test_one_address_inside_blocks_a_name(internet: Internet, answers: list[str]) -> None:
    internet.serve("inside.example/r", body())
    internet.name("inside.example", answers)
    fact = refused(get(internet, "https://inside.example/r"))
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "`inside.example` leads to an address that is not public; such addresses are never asked."
    assert not internet.connected


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(internet: Internet) -> None:
    internet.serve("rebinding.example/r", body(b"public"))
    internet.name("rebinding.example", [PUBLIC], [INTERNAL])
    found = get(internet, "https://rebinding.example/r")
    assert isinstance(found, Reply)
    assert (internet.looked_up, internet.connected) == (["rebinding.example"], [(PUBLIC, 443)])
    assert refused(get(internet, "https://rebinding.example/r")).trouble is Trouble.DEFINITIVE
    assert internet.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("https://inside.example/r", "leads to an address that is not public"),
        ("https://127.0.0.1/r", "leads to an address that is not public"),
        ("//inside.example/r", "leads to an address that is not public"),
        ("file:///etc/passwd", "no address of https"),
        ("http://files.example/r", "from one scheme to another"),
        ("https://files.example:22/r", "at port 443 only"),
        ("https://user:word@files.example/r", "never holds a user name"),
        ("https://[::1/r", "redirected to no valid address"),
    ],
)
def test_a_redirect_is_judged_like_a_link(internet: Internet, to: str, said: str) -> None:
    internet.serve("files.example/r", redirect(to))
    internet.name("inside.example", [INTERNAL])
    internet.name("127.0.0.1", [INTERNAL])
    fact = refused(get(internet, "https://files.example/r"))
    assert fact.trouble is Trouble.DEFINITIVE
    assert said in fact.reason
    assert internet.connected == [(PUBLIC, 443)]


def test_three_redirects_are_followed_and_no_fourth(internet: Internet) -> None:
    for step in range(4):
        internet.serve(f"files.example/{step}", redirect(f"{step + 1}", 301 + step % 2))
    internet.serve("files.example/4", body(b"end"))
    found = get(internet, "https://files.example/1")
    assert isinstance(found, Reply)
    assert (found.content, len(found.hops)) == (b"end", 4)
    fact = refused(get(internet, "https://files.example/0"))
    assert (fact.trouble, fact.reason) == (Trouble.DEFINITIVE, "The link is redirected more than 3 times.")


def test_a_login_stays_with_its_origin(internet: Internet) -> None:
    internet.serve("hub.example/r", redirect("https://hub.example/s"))
    internet.serve("hub.example/s", redirect("https://cdn.example/t"))
    internet.serve("cdn.example/t", redirect("https://hub.example/u"))
    internet.serve("hub.example/u", body())
    found = internet.guard().read(Ask("https://hub.example/r", credentials=SECRET), ANY, 100)
    assert isinstance(found, Reply)
    assert [heard.headers.get("authorization") for heard in internet.heard] == ["Bearer secret"] * 2 + [None] * 2


def test_a_redirect_leads_only_where_the_reach_goes_on(internet: Internet) -> None:
    internet.serve("hub.example/r", redirect("https://a.cdn.example/r"))
    internet.serve("a.cdn.example/r", body(b"x"))
    fact = refused(get(internet, "https://hub.example/r", Reach(hosts=("hub.example",), advice="Ask.")))
    assert fact.reason == "The link is redirected to `a.cdn.example`, a host from which evidence is not read."
    assert (fact.trouble, fact.fix) == (Trouble.DEFINITIVE, "Ask.")
    onward = Reach(hosts=("hub.example",), onward=("b.example", "*.example"))
    assert refused(get(internet, "https://a.cdn.example/r", onward)).trouble is Trouble.DEFINITIVE
    assert "TLS" in refused(get(internet, "https://hub.example/r", onward)).reason  # the test's names have one label


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0",
        "127.0.0.1",
        "127.1",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::808:808]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fec0::1]",
    ],
)
def test_an_address_inside_is_refused_however_it_is_written(internet: Internet, host: str) -> None:
    guard = internet.guard(resolve=address.resolve, is_public=address.is_public)
    fact = refused(guard.read(Ask(f"https://{host}/r"), ANY, 100))
    assert fact.trouble is Trouble.DEFINITIVE
    assert "leads to an address that is not public" in fact.reason
    assert not internet.connected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://files.example:22/r", "at port 443 only"),
        ("https://files.example:0/r", "at port 443 only"),
        ("http://files.example/r", "by https only"),
        ("ftp://files.example/r", "no address of https"),
        ("https://files.example\\@evil.example/r", "never holds a user name"),
        ("https://files.example\\.evil.example/r", "no name of a host"),
        ("https://näme.example/r", "xn-- form"),
        ("https:///r", "no name of a host"),
    ],
)
def test_only_https_at_its_own_port_is_asked(internet: Internet, url: str, said: str) -> None:
    fact = refused(get(internet, url))
    assert fact.trouble is Trouble.DEFINITIVE
    assert said in fact.reason
    assert not internet.looked_up


def test_the_operator_opens_an_origin_and_nothing_beside_it(internet: Internet) -> None:
    for url in ("inside.example/r", "inside.example:80/r", "other.example/r"):
        internet.serve(url, body(b"inside"))
    internet.serve("inside.example/on", redirect("https://other.example/r"))
    for name in ("inside.example", "other.example"):
        internet.name(name, [INTERNAL])
    opened = Reach(hosts=("*",), private=frozenset({"http://inside.example:80"}))
    assert isinstance(get(internet, "http://inside.example/r", opened), Reply)
    assert internet.connected == [(INTERNAL, 80)]
    assert refused(get(internet, "https://inside.example/r", opened)).trouble is Trouble.DEFINITIVE
    opened = Reach(hosts=("*",), private=frozenset({"https://inside.example:443"}))
    assert isinstance(get(internet, "https://inside.example/r", opened), Reply)
    assert "not public" in refused(get(internet, "https://inside.example/on", opened)).reason


def test_no_link_leads_to_a_socket_of_the_machine() -> None:
    checked = network.CheckedNetwork(httpcore2.SyncBackend(), address.resolve, lambda *_: True, network.Deadline(1))
    with pytest.raises(network.Blocked):
        checked.connect_unix_socket("/run/anything.sock")


def test_an_endless_body_is_left_at_the_cap(internet: Internet) -> None:
    sent = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 100_000)
            sent.append(1)

    internet.serve("files.example/r", endless)
    fact = refused(get(internet, "https://files.example/r", max_bytes=200_000))
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "The file has more bytes than are read; at most 200,000 bytes are read."
    assert len(sent) < 1000


def test_a_server_that_drips_is_left_at_the_deadline(internet: Internet) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "200")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    internet.serve("files.example/r", drip)
    fact = refused(internet.guard(deadline=0.6).read(Ask("https://files.example/r"), ANY, 1000))
    assert (fact.trouble, fact.reason) == (
        Trouble.PASSING,
        "`files.example` did not answer in time; at most 0.6 s are waited.",
    )


def test_proxies_of_the_environment_are_not_used(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    internet.serve("files.example/r", body())
    assert isinstance(get(internet, "https://files.example/r"), Reply)


def test_a_file_without_certificates_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(OSError, match=r"."):
        Guard(ca_file=str(tmp_path / "empty.pem"))


def test_a_secret_is_not_shown() -> None:
    assert "secret" not in repr(Ask("https://files.example", credentials=SECRET))
