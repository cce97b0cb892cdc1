"""How does GitHub write an id, an instant, and the address of a thing?"""

import base64
from datetime import datetime
from urllib.parse import quote

Json = dict[str, object]


def node_id(kind: str, number: int | str) -> str:
    """Name a thing as GitHub's GraphQL does; nobody may count on its form."""
    return base64.b64encode(f"{len(kind):03}:{kind}{number}".encode()).decode()


def stamp(instant: datetime) -> str:
    """Write an instant."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(instant: datetime | None) -> str | None:
    """Write an instant that may not have come."""
    return None if instant is None else stamp(instant)


def quoted(path: str) -> str:
    """Write a path or a name within an address; slashes stay."""
    return quote(path, safe="/")
