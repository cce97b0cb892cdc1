"""What is an endpoint given, and what does it give back?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from bot.sandbox.api.callers import Caller
from bot.sandbox.api.fields import Fields, whole
from bot.sandbox.representations.notation import Json, quoted
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

T = TypeVar("T")

_PER_PAGE, _MOST_PER_PAGE = 30, 100  # docs: using pagination


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `data` is JSON, or bytes of the media type `kind`, or None for no body at all."""

    status: int
    data: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and not yet carried out. `path` follows `/api/v3`; `accept` is GitHub's own part of that header."""

    world: World
    caller: Caller
    method: str
    path: str
    query: Mapping[str, str]
    accept: str
    body: Fields
    parameters: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Take a part of the path that is a text."""
        return str(self.parameters[name])

    def number(self, name: str) -> int:
        """Take a part of the path that is a number."""
        return int(self.parameters[name])

    def page(self, entries: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
        """Cut the page that is asked for; with it comes the `Link` header that leads to the others."""
        size = min(_positive(self.query.get("per_page"), _PER_PAGE), _MOST_PER_PAGE)
        number, last = _positive(self.query.get("page"), 1), max(1, -(-len(entries) // size))
        links = [] if number == 1 else [("prev", min(number - 1, last)), ("first", 1)]
        if number < last:
            links += [("next", number + 1), ("last", last)]
        said = ", ".join(f'<{self._here({"page": str(to)})}>; rel="{name}"' for name, to in links)
        return entries[(number - 1) * size : number * size], {"Link": said} if said else {}

    def listed(self, entries: Sequence[T], describe: Callable[[T], Json], key: str | None = None) -> Answer:
        """Answer with a page of a list; with a `key` it stands in an object beside its `total_count`."""
        part, headers = self.page(entries)
        found = [describe(entry) for entry in part]
        return Answer(200, found if key is None else {"total_count": len(entries), key: found}, headers)

    def after(self, entries: Sequence[T], number_of: Callable[[T], int]) -> tuple[Sequence[T], dict[str, str]]:
        """Cut the page that begins where a `cursor` says; entries come with the highest number first."""
        size = min(_positive(self.query.get("per_page"), _PER_PAGE), _MOST_PER_PAGE)
        cursor = self.query.get("cursor")
        start = whole(cursor)
        if cursor is not None and start is None:
            raise Refused(400, "Invalid cursor")
        rest = [each for each in entries if start is None or number_of(each) < start]
        part = rest[:size]
        more = len(rest) > size
        return part, {"Link": f'<{self._here({"cursor": str(number_of(part[-1]))})}>; rel="next"'} if more else {}

    def _here(self, changed: Mapping[str, str]) -> str:
        return f"{self.world.api_url}{quoted(self.path)}?{urlencode({**self.query, **changed})}"


def ok(data: object) -> Answer:
    """Answer with what was asked for."""
    return Answer(200, data)


def created(data: object) -> Answer:
    """Answer with what is new."""
    return Answer(201, data)


def done() -> Answer:
    """Answer that there is nothing to say."""
    return Answer(204)


def raw(content: bytes, call: Call) -> Answer:
    """Answer with bytes as they are."""
    return Answer(200, content, kind=f"application/vnd.github.{call.accept or 'raw'}; charset=utf-8")


def found(entries: Iterable[T], wanted: Callable[[T], bool]) -> T:
    """Find the one that is wanted; raises Refused 404."""
    for entry in entries:
        if wanted(entry):
            return entry
    raise not_found()


def _positive(text: str | None, otherwise: int) -> int:
    return whole(text) or otherwise
