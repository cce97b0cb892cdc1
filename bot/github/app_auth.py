"""Who is the App, and may it in? A JWT of its own, and from it a token for one installation, kept until it nears its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.github.trouble import InstallationGone, Refused, from_answer
from bot.ports import Clock, ForgeTrouble

USER_AGENT = "tunegate"
TIMEOUT = 10  # seconds, to connect and between two reads
_BACKDATED = timedelta(seconds=60)  # docs "generating a JWT": against clocks that differ
_JWT_LIFE = timedelta(minutes=8)  # from now; GitHub takes ten minutes at most
_RENEW_BEFORE = timedelta(minutes=5)
_TOKEN_LIFE = timedelta(hours=1)
_MAX_PAGES = 100  # of the repositories of one installation


@dataclass(frozen=True, slots=True)
class _Grant:
    """A token and what GitHub said with it: the names of the repositories that it opens."""

    token: str = field(repr=False)
    renew_at: datetime
    names: Mapping[int, str]


class AppAuth:
    """The App's identity: its id, its key, and the tokens of its installations. Safe to share between threads."""

    def __init__(self, app_id: int, private_key_pem: str, api_url: str, clock: Clock) -> None:
        """Take the App's id and RSA key; raises ValueError (without the key) when the key cannot be read."""
        self.app_id = app_id
        self.api_url = api_url.rstrip("/")
        self._key = _key(private_key_pem)
        self._clock = clock
        self._grants: dict[tuple[int, int | None], _Grant] = {}
        self._turns: dict[tuple[int, int | None], Lock] = {}
        self._lock = Lock()
        self._slug: str | None = None

    def __repr__(self) -> str:
        return f"AppAuth(app_id={self.app_id}, api_url={self.api_url!r})"

    def jwt(self) -> str:
        """Sign who we are: RS256, issued a minute ago, nine minutes in all."""
        now = self._clock.now()
        claims = {"iss": str(self.app_id), "iat": _epoch(now - _BACKDATED), "exp": _epoch(now + _JWT_LIFE)}
        return jwt.encode(claims, self._key, algorithm="RS256")

    def installation_token(self, installation_id: int, repository_id: int | None = None) -> str:
        """Get a token, for one repository only where it is given; raises ForgeTrouble, InstallationGone."""
        return self._grant(installation_id, repository_id).token

    def repository_name(self, installation_id: int, repository_id: int) -> str:
        """Name a repository (`owner/name`) as it was when its token was made; raises ForgeTrouble, InstallationGone.

        The answer that brings a token for one repository names it, so knowing the name costs no call of its own.
        """
        names = self._grant(installation_id, repository_id).names
        if repository_id not in names:
            raise InstallationGone("the App's token does not open this repository")
        return names[repository_id]

    def installation_of(self, repository: str) -> int:
        """Find the installation on a repository (`owner/name`); raises ForgeTrouble, InstallationGone."""
        try:
            found = self._ask("GET", f"/repos/{repository}/installation").get("id")
        except Refused as refused:
            if refused.status == 404:
                raise InstallationGone("the App is not installed there") from refused
            raise
        if not isinstance(found, int):
            raise ForgeTrouble("GitHub named no installation")
        return found

    def forget(self, installation_id: int, repository_id: int | None, token: str) -> None:
        """Drop a token that GitHub refused; one that has been renewed since stays."""
        key = (installation_id, repository_id)
        with self._lock:
            held = self._grants.get(key)
            if held is not None and held.token == token:
                del self._grants[key]

    def slug(self) -> str:
        """Name the App as it stands in its login (`SLUG[bot]`); raises ForgeTrouble. Asked of GitHub once."""
        if self._slug is None:
            said = self._ask("GET", "/app").get("slug")
            if not isinstance(said, str) or not said:
                raise ForgeTrouble("GitHub did not name the App")
            self._slug = said
        return self._slug

    def _grant(self, installation_id: int, repository_id: int | None) -> _Grant:
        key = (installation_id, repository_id)
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        with turn:  # one fetch at a time: the others wait for it and share what it brought
            with self._lock:
                held = self._grants.get(key)
            if held is not None and self._clock.now() < held.renew_at:
                return held
            fresh = self._fetch(installation_id, repository_id)
            with self._lock:
                self._grants[key] = fresh
            return fresh

    def _fetch(self, installation_id: int, repository_id: int | None) -> _Grant:
        # permissions are left out on purpose: that means all that were granted, an empty object none
        wanted = None if repository_id is None else {"repository_ids": [repository_id]}
        try:
            data = self._ask("POST", f"/app/installations/{installation_id}/access_tokens", wanted)
        except Refused as refused:
            if refused.status in (404, 410) or (refused.status == 403 and "suspended" in refused.said.lower()):
                raise InstallationGone("the App is not installed there, or is suspended") from refused
            if refused.status == 422 and repository_id is not None:
                raise InstallationGone("the App is not installed on this repository") from refused
            raise
        token = data.get("token")
        if not isinstance(token, str) or not token:
            raise ForgeTrouble("GitHub gave no token")
        names = _names(data.get("repositories"))
        if repository_id is not None and repository_id not in names:
            names = self._names_seen_by(token, repository_id)
        return _Grant(token, self._end(data.get("expires_at")) - _RENEW_BEFORE, names)

    def _names_seen_by(self, token: str, repository_id: int) -> dict[int, str]:
        """List what a token opens, until a repository is found: the schema lets the token's answer leave it out."""
        names: dict[int, str] = {}
        for page in range(1, _MAX_PAGES + 1):
            data = self._ask("GET", f"/installation/repositories?per_page=100&page={page}", bearer=token)
            names |= _names(data.get("repositories"))
            total = data.get("total_count")
            if repository_id in names or not isinstance(total, int) or page * 100 >= total:
                break
        return names

    def _end(self, said: object) -> datetime:
        try:
            end = datetime.fromisoformat(said) if isinstance(said, str) else None
        except ValueError:
            end = None
        if end is None:
            return self._clock.now() + _TOKEN_LIFE
        return end if end.tzinfo else end.replace(tzinfo=UTC)

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, bearer: str | None = None
    ) -> Mapping[str, Any]:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {bearer or self.jwt()}",
            "User-Agent": USER_AGENT,
        }
        return asked(self._clock, method, self.api_url + path, headers, json=body)


def asked(clock: Clock, method: str, url: str, headers: Mapping[str, str], **more: Any) -> Mapping[str, Any]:
    """Ask GitHub once, with no token but the one given, for an object; raises ForgeTrouble."""
    try:
        with requests.Session() as session:
            session.auth = unchanged
            answer = session.request(method, url, headers=dict(headers), timeout=TIMEOUT, allow_redirects=False, **more)
            try:
                data = answer.json()
            except ValueError:
                data = None
    except requests.RequestException as error:
        raise ForgeTrouble(f"GitHub could not be reached ({type(error).__name__})") from error
    if answer.status_code >= 400:
        lowered = {name.lower(): value for name, value in answer.headers.items()}
        raise from_answer(answer.status_code, lowered, data, clock.now())
    if not isinstance(data, dict):
        raise ForgeTrouble(f"GitHub answered {answer.status_code} with no object")
    return data


def unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is: without an auth of its own, requests would put a .netrc file's in the token's place."""
    return request


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the App's private key is no RSA key in PEM form without a password")
    return key


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def _names(said: object) -> dict[int, str]:
    entries = said if isinstance(said, list) else ()
    return {
        entry["id"]: entry["full_name"]
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get("full_name"), str)
    }
