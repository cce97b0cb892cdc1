"""Whose commits does a pull request bring? Authors, committers and co-authors, as far as GitHub knows their accounts."""

import re
from collections.abc import Mapping
from typing import Any

from bot.github.client import Client
from bot.ports import Committers, PullRequest

_MOST = 250  # docs "list commits on a pull request": GitHub lists no more
# the address that GitHub gives to an account; who has another one in a trailer cannot be told
_CO_AUTHOR = re.compile(
    r"^co-authored-by:.{0,200}<(?:(\d{1,15})\+)?([A-Za-z0-9_-]{1,100})@users\.noreply\.github\.com>",
    re.IGNORECASE | re.MULTILINE,
)


def committers(client: Client, pull: PullRequest) -> Committers:
    """List whose commits a pull request brings; raises ForgeTrouble."""
    listed = client.pages(f"/repos/{pull.repository}/pulls/{pull.number}/commits")
    logins: set[str] = set()
    ids: set[int] = set()
    unknown: str | None = None
    for commit in listed:
        said: Mapping[str, Any] = commit if isinstance(commit, Mapping) else {}
        for role in ("author", "committer"):
            account = said.get(role)
            if isinstance(account, Mapping) and isinstance(account.get("id"), int):
                ids.add(account["id"])
                logins.add(str(account.get("login")).lower())
            else:
                unknown = unknown or str(said.get("sha") or "")[:12] or "?"
        body = said.get("commit")
        message = str(body.get("message") or "") if isinstance(body, Mapping) else ""
        for number, login in _CO_AUTHOR.findall(message[:65_536]):
            logins.add(login.lower())
            ids |= {int(number)} if number else set()
    return Committers(frozenset(logins), frozenset(ids), unknown, cut=len(listed) >= _MOST)
