"""To where does a connection really go? To an address that was checked, or to none; and never beyond its deadline.

A name is looked up once, every answer is judged, and the connection goes to the very address that was judged: a name that
answers otherwise a second time gains nothing. TLS comes after, and still asks the server for the name in the link.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2
from httpcore2 import NetworkBackend, NetworkStream

from bot.sources.stores.address import Address, Resolve

MOST_ADDRESSES = 4
"""Addresses of one host that are tried in turn (house)."""


class Blocked(httpcore2.ConnectError):
    """The link leads where no link may lead; the message is a sentence for the team."""


class Deadline:
    """The end of a visit, however many answers it takes: a server that drips cannot hold it open."""

    def __init__(self, seconds: float) -> None:
        """Begin to count."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def within(self, timeout: float | None, error: type[Exception]) -> float:
        """Cut a time-out to what is left; raises the error when nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise error(f"not done within {self.seconds:g} s")
        return left if timeout is None else min(left, timeout)


class CheckedNetwork(NetworkBackend):
    """Connections to checked addresses only, of one visit."""

    def __init__(
        self,
        inner: NetworkBackend,
        resolve: Resolve,
        may_connect: Callable[[str, int, Address], bool],
        deadline: Deadline,
    ) -> None:
        """Take what connects, what looks names up, and who decides about an address of a host and port."""
        self._inner = inner
        self._resolve = resolve
        self._may_connect = may_connect
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connect to a host; raises Blocked when any of its addresses is not one to go to."""
        addresses = self._look_up(host, port, self._deadline.within(timeout, httpcore2.ConnectTimeout))
        if not all(self._may_connect(host, port, address) for address in addresses):
            raise Blocked(f"`{host}` leads to an address that is not public; such addresses are never asked.")
        failure: Exception | None = None
        for address in addresses[:MOST_ADDRESSES]:
            left = self._deadline.within(timeout, httpcore2.ConnectTimeout)
            try:
                return _Timed(self._inner.connect_tcp(str(address), port, left, local_address), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("the name has no address")

    def _look_up(self, host: str, port: int, seconds: float) -> list[Address]:
        try:
            return list(self._resolve(host, port, seconds))
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            raise httpcore2.ConnectError(error) from error

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> NetworkStream:
        """Refuse: a file is nothing that a link leads to."""
        raise Blocked("A link never leads to a socket of this machine.")


class _Timed(NetworkStream):
    """A connection that ends with its deadline."""

    def __init__(self, inner: NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.within(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.within(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        left = self._deadline.within(timeout, httpcore2.ConnectTimeout)
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
