"""Is an address of the open internet told from every other, and taken apart in one way?"""

import socket
import threading
from ipaddress import ip_address

import pytest

from bot.readiness.fact import Trouble
from bot.sources.stores import address
from bot.sources.stores.guard import Ask, Guard
from bot.sources.stores.reach import NoTarget, target
from tests.sources.stores.loopback import ANY, refused


@pytest.mark.parametrize("text", ["8.8.8.8", "140.82.121.3", "2606:4700::1", "2a00:1450:4001::1"])
def test_an_address_of_the_open_internet_is_public(text: str) -> None:
    assert address.is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.2", "169.254.169.254", "172.16.0.1", "192.168.1.1"),
        *("192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2001::1", "2001:db8::1"),
        *("2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1"),
    ],
)
def test_an_address_that_is_inside_or_hides_another_is_not(text: str) -> None:
    assert not address.is_public(ip_address(text))


def test_a_name_that_is_never_looked_up_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def never(*args: object, **more: object) -> list[object]:
        stop.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    fact = refused(Guard(deadline=0.1).read(Ask("https://files.example/r"), ANY, 1000))
    stop.set()
    assert fact.trouble is Trouble.PASSING
    assert "did not answer in time" in fact.reason


def test_an_address_is_taken_apart_once_for_all() -> None:
    found = target("HTTPS://Files.Example.:443/a b")
    assert (found.origin, found.host_header, found.path) == ("https://files.example:443", "files.example", "/a%20b")
    assert target("http://[2606:4700::1]:8080").host_header == "[2606:4700::1]:8080"
    with pytest.raises(NoTarget):
        target("https://files.example:99999/")
