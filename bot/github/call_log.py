"""What was GitHub asked in one job, and what came back? The calls with GitHub's own ids, by which its support finds them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from github import Github

from bot.ports import Call, Clock

_MAX_CALLS = 300  # house: of one job; a page of more helps nobody
_LONGEST = 300  # characters of a path


class CallLog:
    """The calls of one job, in their order. Safe to share between its threads."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock
        self._lock = Lock()
        self._calls: list[Call] = []

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls so far; of very many the first."""
        with self._lock:
            return tuple(self._calls)

    @contextmanager
    def noting(self, method: str, url: str) -> Iterator[Callable[[int, str | None], None]]:
        """Note one call, also when nothing comes back; what is yielded takes its status and GitHub's id of the request."""
        at, began = self._clock.now().astimezone(UTC), monotonic()
        answer: tuple[int, str | None] = (0, None)

        def answered(status: int, request_id: str | None) -> None:
            nonlocal answer
            answer = (status, request_id)

        try:
            yield answered
        finally:
            path = urlsplit(url).path.removeprefix("/api/v3")[
                :_LONGEST
            ]  # without the query, which may hold what was searched for
            took = round(1000 * (monotonic() - began))
            with self._lock:
                if len(self._calls) < _MAX_CALLS:
                    self._calls.append(Call(at.isoformat(timespec="seconds"), method, path, *answer, took))

    def listen(self, client: Github) -> None:
        """Note every call of a PyGithub client, which offers no hook: all of its calls go through this one method."""
        ask = client.requester.requestJson

        def noted(verb: str, url: str, *args: Any, **more: Any) -> tuple[int, dict[str, Any], str]:
            with self.noting(verb, url) as answered:
                status, headers, text = ask(verb, url, *args, **more)
                answered(status, headers.get("x-github-request-id"))
            return status, headers, text

        setattr(client.requester, "requestJson", noted)  # noqa: B010  # mypy takes no assignment to a method
