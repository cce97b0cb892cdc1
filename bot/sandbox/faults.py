"""How does a test make this GitHub misbehave, and see what was asked of it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

RequestKind = Literal["token", "file", "person", "other"]


@dataclass(slots=True, eq=False)
class Fault:
    """A rule for requests to the REST API; the first that matches is used, `times` times (-1: for ever).

    `path` is a regular expression, searched in the path after `/api/v3`, or in the whole path of what `storage` serves,
    which knows "status" alone. Actions: "status" answers with `status`,
    `headers` and `body`, as something that stands before GitHub would; "drop" closes the connection without an answer;
    "delay" waits `seconds`, then goes on.
    With `after` the request is carried out first, so that its effect stays although the caller never hears of it.
    """

    method: str = "*"
    path: str = ""
    times: int = 1
    action: Literal["status", "drop", "delay"] = "status"
    status: int = 502
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    seconds: float = 0.0
    after: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Say whether the rule is for a request, and still has force."""
        return self.times != 0 and self.method in ("*", method) and re.search(self.path, path) is not None


@dataclass(slots=True, eq=False)
class DeliveryFault:
    """A rule for webhooks: "drop" loses the delivery (it is never sent nor logged), "duplicate" sends it twice."""

    event: str = "*"
    action: str | None = None
    times: int = 1
    kind: Literal["drop", "duplicate"] = "drop"

    def matches(self, event: str, action: str | None) -> bool:
        """Say whether the rule is for an event, and still has force."""
        return self.times != 0 and self.event in ("*", event) and self.action in (None, action)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as answered. `status` 0: the connection was dropped; `actor` is a login, `app/SLUG` or empty."""

    method: str
    path: str
    query: str
    status: int
    bytes: int
    actor: str
    kind: RequestKind


_KINDS: tuple[tuple[RequestKind, re.Pattern[str]], ...] = (
    ("token", re.compile(r"^/app/installations/\d+/access_tokens$")),
    ("file", re.compile(r"^/repos/[^/]+/[^/]+/(contents(/|$)|git/)")),
    (
        "person",
        re.compile(
            r"^/(users?/[^/]+$|orgs/[^/]+/(members|public_members|memberships|teams)|repos/[^/]+/[^/]+/collaborators/)"
        ),
    ),
)


def kind_of(path: str) -> RequestKind:
    """Sort a path after `/api/v3`: tokens, files read, people looked up, everything else."""
    return next((kind for kind, pattern in _KINDS if pattern.search(path)), "other")
