"""Which addresses may a stranger's link lead to? Public ones only: nothing inside the operator's network."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int, float], Sequence[Address]]
"""Looks up all addresses of a host for a port, within seconds; raises OSError (TimeoutError when it takes longer)."""

_UNICAST = ip_network("2000::/3")  # all that IANA has given out of IPv6 for the public
# What `is_global` lets through in one release of Python or another, and what carries an IPv4 address inside
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a site
        "2001::/23",  # IETF protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet, and hides no other address inside."""
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _UNICAST):
        return False
    closed = any(address in network for network in _CLOSED if network.version == address.version)
    return address.is_global and not address.is_multicast and not address.is_reserved and not closed


def resolve(host: str, port: int, seconds: float) -> tuple[Address, ...]:
    """Look up all addresses of a host, once. The system's own look-up knows no time limit, so a thread is left behind."""
    answers: queue.SimpleQueue[tuple[Address, ...] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(tuple(dict.fromkeys(ip_address(str(entry[4][0])) for entry in found)))
        except OSError as error:
            answers.put(error)
        except ValueError as error:  # a name that cannot be written in DNS, an address that cannot be read
            answers.put(OSError(str(error)))

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
