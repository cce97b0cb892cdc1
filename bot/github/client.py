"""How is GitHub asked on behalf of one repository? One PyGithub client per thread, every trouble put in our words.

PyGithub is not safe between threads, and its own retries and pauses would hold a worker up: they are off, and whoever
runs the job decides when to try again.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from github import Auth, Github
from github.GithubException import BadAttributeException, GithubException

from bot.github.app_auth import TIMEOUT, USER_AGENT, AppAuth, unchanged
from bot.github.call_log import CallLog
from bot.github.trouble import Refused, from_answer
from bot.ports import Clock, ForgeTrouble

T = TypeVar("T")

_PER_PAGE = 100
_MAX_PAGES = 30  # GitHub lists 3,000 changed files at most; nothing else that we list is as long
_MAX_MOVES = 3  # a renamed repository
_ERROR_BYTES = 64 * 1024  # of an error's body: as much as its message may need
# what PyGithub makes of an answer that it did not expect (a list for an object, another host, half a JSON text)
_STRANGE = (BadAttributeException, AssertionError, AttributeError, RuntimeError, TypeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer; `beyond` when there were more than asked for, and then `content` is empty."""

    content: bytes
    beyond: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An answer that leads to another server: its address, which is good for about a minute and needs no token of ours."""

    url: str


class Client:
    """GitHub through the eyes of one installation on one repository."""

    def __init__(
        self, auth: AppAuth, api_url: str, installation_id: int, repository_id: int | None, clock: Clock
    ) -> None:
        """Take the App's identity and say where it asks; without a repository, wherever the installation may."""
        self._auth = auth
        self._api_url = api_url
        self._installation_id = installation_id
        self._repository_id = repository_id
        self._clock = clock
        self._of_thread = local()
        self.log = CallLog(clock)

    @property
    def api_url(self) -> str:
        """The root of the API."""
        return self._api_url

    @property
    def repository_id(self) -> int | None:
        """The repository's number, which a new name does not change; None for the whole installation."""
        return self._repository_id

    def repository(self) -> str:
        """Name the repository, `owner/name`; raises ForgeTrouble, InstallationGone."""
        if self._repository_id is None:
            raise ValueError("a client of a whole installation has no one repository")
        return self._auth.repository_name(self._installation_id, self._repository_id)

    def forget(self) -> None:
        """Forget the token and with it the repository's name, which may have changed."""
        self._auth.forget(self._installation_id, self._repository_id, self._token())

    def ask(self, question: Callable[[Github], T], *, before: Callable[[], None] | None = None) -> T:
        """Put one question to GitHub, after `before`; raises ForgeTrouble, of which `Refused` is GitHub's own no."""
        return self._with_token(lambda token: self._asked(question, token, before))

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> Any:
        """Read JSON from a path below the API's address; raises ForgeTrouble."""
        return self.ask(lambda gh: gh.requester.requestJsonAndCheck("GET", path, dict(parameters or {}))[1])

    def pages(self, path: str, parameters: Mapping[str, str | int] | None = None, key: str | None = None) -> list[Any]:
        """Read a list page by page; `key` names it where GitHub wraps it in an object. Raises ForgeTrouble."""
        found: list[Any] = []
        for page in range(1, _MAX_PAGES + 1):
            data = self.get(path, {**(parameters or {}), "per_page": _PER_PAGE, "page": page})
            part = data.get(key) if key and isinstance(data, dict) else data
            if not isinstance(part, list):
                raise ForgeTrouble("GitHub answered with something other than a list")
            found += part
            if len(part) < _PER_PAGE:
                break
        return found

    def stream(self, path: str, parameters: Mapping[str, str], *, accept: str, max_bytes: int) -> Body:
        """Read bytes and stop beyond `max_bytes`, which PyGithub cannot; raises ForgeTrouble."""
        return self._with_token(lambda token: self._streamed(path, parameters, accept, max_bytes, token))

    def download(self, path: str, *, accept: str, max_bytes: int) -> Body | Elsewhere:
        """Ask for a file that may be kept on another server: its bytes, or where they are. Raises ForgeTrouble."""
        return self._with_token(lambda token: self._downloaded(path, accept, max_bytes, token))

    def post_to_git(self, path: str, body: Mapping[str, Any], *, media: str, max_bytes: int) -> Body:
        """Post JSON to a path below the address of pages and of git, as git does it; raises ForgeTrouble."""
        return self._with_token(lambda token: self._posted_to_git(path, body, media, max_bytes, token))

    def status_of(self, path: str) -> int:
        """Ask a question that GitHub answers by its status alone (204, 302, 404); raises ForgeTrouble for other noes."""
        try:
            return int(self.ask(lambda gh: _status(gh, path)))
        except Refused as refused:
            if refused.status == 404:
                return 404
            raise

    def _with_token(self, question: Callable[[str], T]) -> T:
        token = self._token()
        try:
            return question(token)
        except Refused as refused:
            if refused.status != 401:
                raise
        # revoked, or our clock is slow: nothing was done, so ask once more with a new token
        self._auth.forget(self._installation_id, self._repository_id, token)
        return question(self._token())

    def _token(self) -> str:
        return self._auth.installation_token(self._installation_id, self._repository_id)

    def _asked(self, question: Callable[[Github], T], token: str, before: Callable[[], None] | None) -> T:
        client = self._github(token)
        if before is not None:
            before()
        try:
            return question(client)
        except GithubException as error:
            headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
            raise from_answer(error.status, headers, error.data, self._clock.now()) from error
        except requests.RequestException as error:
            raise ForgeTrouble(f"GitHub could not be reached ({type(error).__name__})") from error
        except _STRANGE as error:
            raise ForgeTrouble(f"GitHub's answer could not be understood ({type(error).__name__})") from error

    def _streamed(self, path: str, parameters: Mapping[str, str], accept: str, max_bytes: int, token: str) -> Body:
        with self._sent("GET", self._api_url + path, _headers(accept, token), params=dict(parameters)) as answer:
            return _read(answer, max_bytes)

    def _downloaded(self, path: str, accept: str, max_bytes: int, token: str) -> Body | Elsewhere:
        url = self._api_url + path
        for _ in range(_MAX_MOVES + 1):
            with self._sent("GET", url, _headers(accept, token), allow_redirects=False) as answer:
                if not answer.is_redirect:
                    return _whole(answer, max_bytes)
                url = _led_to(url, answer.headers["Location"])
            if not url.startswith(f"{self._api_url}/"):
                return Elsewhere(url)  # whoever goes there goes without the token
        raise ForgeTrouble("GitHub leads from address to address without an end")

    def _posted_to_git(self, path: str, body: Mapping[str, Any], media: str, max_bytes: int, token: str) -> Body:
        password = b64encode(f"x-access-token:{token}".encode()).decode()  # docs "authenticating as an installation"
        headers = {"Accept": media, "Content-Type": media, "Authorization": f"Basic {password}"}
        url = web_url(self._api_url) + path
        with self._sent("POST", url, headers, data=json.dumps(body), allow_redirects=False) as answer:
            return _whole(answer, max_bytes)

    @contextmanager
    def _sent(self, method: str, url: str, headers: Mapping[str, str], **more: Any) -> Iterator[requests.Response]:
        """Send a request whose answer is read bit by bit; raises ForgeTrouble, also for what goes wrong while reading."""
        sent = {**headers, "User-Agent": USER_AGENT}
        how: dict[str, Any] = {"headers": sent, "timeout": TIMEOUT, "stream": True, **more}
        try:
            with (
                self.log.noting(method, url) as answered,
                self._session().request(method, url, **how) as answer,
            ):
                answered(answer.status_code, answer.headers.get("X-GitHub-Request-Id"))
                if answer.status_code >= 400:
                    lowered = {name.lower(): value for name, value in answer.headers.items()}
                    raise from_answer(answer.status_code, lowered, _json(answer), self._clock.now())
                yield answer
        except (requests.RequestException, ValueError) as error:  # ValueError: a Location that is no address
            raise ForgeTrouble(f"GitHub could not be reached ({type(error).__name__})") from error

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = requests.Session()
            session.auth = unchanged
            session.max_redirects = _MAX_MOVES  # requests takes the token off for another host
        return session

    def _github(self, token: str) -> Github:
        held: tuple[str, Github] | None = getattr(self._of_thread, "held", None)
        if held is not None and held[0] == token:
            return held[1]
        if held is not None:
            held[1].close()
        client = Github(
            auth=Auth.Token(token),
            base_url=self._api_url,
            lazy=True,
            per_page=_PER_PAGE,
            retry=None,
            timeout=TIMEOUT,
            seconds_between_requests=0,
            seconds_between_writes=0,
            user_agent=USER_AGENT,
        )
        self.log.listen(client)
        self._of_thread.held = (token, client)
        return client


def web_url(api_url: str) -> str:
    """Find the address of pages and of git that belongs to an API's: of github.com, of a company's part of it, of a server."""
    parts = urlsplit(api_url)
    if parts.path == "/api/v3":
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"


def _headers(accept: str, token: str) -> dict[str, str]:
    return {"Accept": accept, "Authorization": f"Bearer {token}"}


def _status(gh: Github, path: str) -> int:
    status, headers, text = gh.requester.requestJson("GET", path)
    if status >= 400:
        raise GithubException(status, _parsed(text), headers)
    return status


def _led_to(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise ForgeTrouble("GitHub leads to an address that is none") from error


def _whole(answer: requests.Response, max_bytes: int) -> Body:
    if answer.status_code != 200:
        raise ForgeTrouble(f"GitHub answered {answer.status_code}")
    return _read(answer, max_bytes)


def _read(answer: requests.Response, max_bytes: int) -> Body:
    said = answer.headers.get("Content-Length", "")
    packed = answer.headers.get("Content-Encoding", "identity") != "identity"  # then the length says little
    if not packed and said.isdecimal() and int(said) > max_bytes:
        return Body(b"", beyond=True)
    content = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        content += chunk
        if len(content) > max_bytes:
            return Body(b"", beyond=True)
    return Body(bytes(content), beyond=False)


def _json(answer: requests.Response) -> Any:
    return _parsed(_read(answer, _ERROR_BYTES).content)


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
