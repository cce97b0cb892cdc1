"""Is an address that GitHub leads to followed by the guarded client, and without more than what belongs there?"""

import pytest

from bot.readiness.fact import Known, Trouble, Unavailable
from bot.sources.stores import open_led_to
from bot.sources.stores.led_to import LedTo
from bot.sources.stores.operator import Operator
from tests.sources.stores.loopback import INTERNAL, Internet, body, known, redirect

API = "https://api.example"


def _fetched(internet: Internet, url: str, api: str = API, **headers: str) -> Known[bytes] | Unavailable:
    return LedTo(internet.guard(), api)(url, 1_000, {name.replace("_", "-"): value for name, value in headers.items()})


def _not(fact: Known[bytes] | Unavailable) -> Unavailable:
    assert isinstance(fact, Unavailable)
    assert fact.fix
    return fact


def test_any_public_host_is_asked_by_https_with_what_github_said_to_send(internet: Internet) -> None:
    internet.serve("files.example/x", body(b"there"))
    content, source = known(_fetched(internet, "https://files.example/x?sig=1", X_Proof="secret"))
    assert (content, source.size) == (b"there", 5)
    assert internet.heard[0].headers["x-proof"] == "secret"


def test_what_is_sent_to_the_first_server_is_not_sent_to_the_next(internet: Internet) -> None:
    internet.serve("files.example/x", redirect("https://other.example/y"))
    internet.serve("other.example/y", body(b"there"))
    known(_fetched(internet, "https://files.example/x", X_Proof="secret"))
    assert ["x-proof" in each.headers for each in internet.heard] == [True, False]


def test_what_is_to_be_sent_replaces_nothing_of_the_client_s_own(internet: Internet) -> None:
    internet.serve("files.example/x", body(b"there"))
    known(_fetched(internet, "https://files.example/x", HOST="evil.example", accept_encoding="gzip"))
    [heard] = internet.heard
    assert (heard.host, heard.headers["accept-encoding"]) == ("files.example", "identity")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_no_longer_kept_is_told_so(internet: Internet, status: int) -> None:
    internet.serve("files.example/x", body(b"", status))
    fact = _not(_fetched(internet, "https://files.example/x"))
    assert (fact.trouble, fact.reason) == (Trouble.DEFINITIVE, "It is no longer kept where GitHub says.")


@pytest.mark.parametrize(
    "url", ["ftp://files.example/x", "7", "https://", "https://[", "//files.example/x", "file:///etc/hostname"]
)
def test_what_is_no_address_is_github_s_trouble(internet: Internet, url: str) -> None:
    assert _not(_fetched(internet, url)).trouble is Trouble.PASSING
    assert not internet.looked_up


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 405, 429, 500])
def test_an_address_that_has_run_out_is_tried_again_and_not_the_team_s_business(
    internet: Internet, status: int
) -> None:
    internet.serve("files.example/x", body(b"", status))
    fact = _not(_fetched(internet, "https://files.example/x"))
    assert (fact.trouble, fact.fix) == (Trouble.PASSING, "Nothing to correct: it is tried again.")


def test_an_address_inside_the_network_is_for_the_operator_to_open(internet: Internet) -> None:
    internet.serve("inside.example/x", body(b"there"))
    internet.name("inside.example", [INTERNAL])
    fact = _not(_fetched(internet, "https://inside.example/x"))
    assert (fact.trouble, "`https.private_hosts`" in fact.fix) == (Trouble.DEFINITIVE, True)
    assert not internet.heard
    operator = Operator.model_validate({"https": {"private_hosts": ["inside.example"]}})
    assert isinstance(open_led_to(operator, internet.guard(), API)("https://inside.example/x", 10), Known)


def test_the_api_s_own_origin_is_asked_as_the_api_is(internet: Internet) -> None:
    internet.serve("inside.example/x", body(b"there"))
    internet.name("inside.example", [INTERNAL])
    known(_fetched(internet, "http://inside.example/x", api="http://inside.example"))
    assert _not(_fetched(internet, "http://inside.example/x", api=API)).trouble is Trouble.DEFINITIVE


@pytest.mark.parametrize("value", ["a\r\nX-B: b", "\u2603"])
def test_a_header_that_is_none_is_not_sent(internet: Internet, value: str) -> None:
    internet.serve("files.example/x", body(b"there"))
    assert _not(_fetched(internet, "https://files.example/x", X_A=value)).trouble is Trouble.PASSING
    assert not internet.heard
