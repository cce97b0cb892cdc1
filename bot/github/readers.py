"""May a visitor read a repository? GitHub is asked, as the installation, and its answer holds for a quarter of an hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote

from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.trouble import InstallationGone, Refused
from bot.ports import Clock, Visitor

_YES, _NO = timedelta(minutes=15), timedelta(minutes=1)  # house: whoever was let in just now shall not wait
_MAX_KEPT = 20_000
_READS = frozenset({"read", "write", "admin"})  # docs "get repository permissions for a user": else `none`


class ReadersOfRepositories:
    """Who may read which repository, as GitHub says. Safe to share between threads."""

    def __init__(self, auth: AppAuth, api_url: str, clock: Clock, installation_of: Callable[[int], int | None]) -> None:
        """Take the App's identity, where it asks, and who knows by which installation it sees a repository."""
        self._auth = auth
        self._api_url = api_url.rstrip("/")
        self._clock = clock
        self._installation_of = installation_of
        self._lock = Lock()
        self._kept: dict[tuple[int, int], tuple[datetime, bool]] = {}

    def may_read(self, repo_id: int, visitor: Visitor) -> bool:
        """Say whether a visitor may read a repository, by its id; raises ForgeTrouble while GitHub cannot say."""
        key, now = (repo_id, visitor.id), self._clock.now()
        with self._lock:
            until, known = self._kept.get(key, (now, False))
        if now < until:
            return known
        may = self._asked(repo_id, visitor)
        with self._lock:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            self._kept[key] = (now + (_YES if may else _NO), may)
        return may

    def _asked(self, repo_id: int, visitor: Visitor) -> bool:
        installation_id = self._installation_of(repo_id)
        if installation_id is None:
            return False
        client = Client(self._auth, self._api_url, installation_id, repo_id, self._clock)
        try:
            if not _is_named_so(client):  # another may have its former name by now
                client.forget()
            said = _permission(client, visitor.login)
            if _number(said) != visitor.id:  # the login is another's by now, or nobody's: the number is the account
                account = _get(client, f"/user/{visitor.id}")
                login = account.get("login") if account else None
                said = _permission(client, login) if isinstance(login, str) else None
        except InstallationGone:
            return False
        return said is not None and _number(said) == visitor.id and said.get("permission") in _READS


def _is_named_so(client: Client) -> bool:
    said = _get(client, f"/repos/{client.repository()}")
    return said is not None and said.get("id") == client.repository_id


def _permission(client: Client, login: str) -> dict[str, Any] | None:
    return _get(client, f"/repos/{client.repository()}/collaborators/{quote(login, safe='')}/permission")


def _get(client: Client, path: str) -> dict[str, Any] | None:
    try:
        said = client.get(path)
    except Refused as refused:
        if refused.status in (403, 404):
            return None
        raise
    return said if isinstance(said, dict) else None


def _number(said: dict[str, Any] | None) -> object:
    user = said.get("user") if said else None
    return user.get("id") if isinstance(user, dict) else None
