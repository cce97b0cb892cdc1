"""Where may one store go, and where does an address lead? Read once, so that no two readers of an address disagree."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.sources.strict_json import printable

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252})|[0-9a-f:.]{2,45}")
_PORTS = {"https": 443, "http": 80}
_AS_WRITTEN = "/%:@!$&'()*+,;=~"


class NoTarget(ValueError):
    """An address that cannot be asked; the message is a sentence for the team."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts: the host in lower case without brackets, what to ask it for as it goes over the wire."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, like `https://example.org:443`."""
        return f"{self.scheme}://{self.authority}:{self.port}"

    @property
    def authority(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def host_header(self) -> str:
        """The host, with its port where that is not the scheme's own."""
        return self.authority if self.port == _PORTS[self.scheme] else f"{self.authority}:{self.port}"


def target(url: str) -> Target:
    """Take an address apart; raises NoTarget."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NoTarget(f"`{printable(url)}` is no valid address.") from error
    if parts.scheme not in _PORTS:
        raise NoTarget(f"`{printable(url)}` is no address of https, and no other is followed.")
    if parts.username is not None or parts.password is not None:
        raise NoTarget("An address never holds a user name or a password.")
    if not _HOST.fullmatch(host):
        raise NoTarget(f"`{printable(host)}` is no name of a host; write a foreign name in its xn-- form.")
    query = f"?{quote(parts.query, _AS_WRITTEN + '?')}" if parts.query else ""
    # `port or` would read a written port 0 as none
    known = _PORTS[parts.scheme] if port is None else port
    return Target(parts.scheme, host, known, (quote(parts.path, _AS_WRITTEN) or "/") + query)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one store may go.

    `hosts` are names, `*.example.org` or `*`; `onward` those to which only a redirect may lead. `private` are origins that
    the operator has opened whatever their address, port and scheme. `advice` says what to do about a host that is closed.
    """

    hosts: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    advice: str = "Commit the file to this repository and link its path."

    def refusal(self, to: Target, *, redirected: bool) -> str | None:
        """Say why an address may not be asked; None when it may, should its host turn out to be a public one."""
        if to.origin in self.private:
            return None
        if to.scheme != "https":
            return f"`{to.host}` is asked by https only."
        if to.port != 443:
            return f"`{to.host}` is asked at port 443 only, not at port {to.port}."
        if not any(_names(pattern, to.host) for pattern in (*self.hosts, *(self.onward if redirected else ()))):
            how = "The link is redirected to" if redirected else "Evidence is not read from"
            return f"{how} `{to.host}`{', a host from which evidence is not read' if redirected else ''}."
        return None

    def is_private(self, host: str, port: int) -> bool:
        """Say whether the operator has opened a host and port whatever its address."""
        name = f"[{host}]" if ":" in host else host
        return any(f"{scheme}://{name}:{port}" in self.private for scheme in _PORTS)


def _names(pattern: str, host: str) -> bool:
    return pattern == "*" or pattern == host or (pattern.startswith("*.") and host.endswith(pattern[1:]))
