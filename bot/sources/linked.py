"""How are the links of a proposal followed? Each file is fetched once, and what was concluded of it is remembered by its pin.

A pin says that the bytes are the same ones (git's name of a file's content, a hub's commit, a digest): an unchanged file is
then neither fetched nor read again. Files are held only while a proposal is looked at, and only so many bytes of them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from bot.readiness import link
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Content, OnDisk, Spool
from bot.sources.stores import Place, Stores, large

T = TypeVar("T")

READING = (
    5  # raised whenever a reader concludes something else of the same bytes: what was remembered is then read anew
)
_AGAIN = "Nothing to correct: it is tried again."
_HELD_BYTES = 250_000_000
_REMEMBERED_BYTES = 5_000_000  # of one conclusion: larger ones are drawn anew


class Linked:
    """Follows the links of one proposal from its place."""

    def __init__(self, stores: Stores, place: Place) -> None:
        """Take where links may lead, and from where they are followed."""
        self._stores = stores
        self._place = place
        self._large: tuple[LinkField, Known[Content]] | None = None
        self._held: dict[tuple[LinkField, int], Known[bytes] | Unavailable] = {}  # by links as resolved

    def read(self, linked: LinkField, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read what a link leads to, never more than a cap of bytes; a digest that differs is told."""
        wanted = (self._resolved(linked), max_bytes)
        if wanted not in self._held:
            file = self._followed(linked, max_bytes)
            size = len(file.value) if isinstance(file, Known) else 0
            while (
                self._held
                and size + sum(len(f.value) for f in self._held.values() if isinstance(f, Known)) > _HELD_BYTES
            ):
                del self._held[next(iter(self._held))]
            self._held[wanted] = file
        return self._held[wanted]

    @property
    def proposal_path(self) -> str:
        """The path of the proposal that is looked at."""
        return self._place.proposal_path

    def target(self, linked: LinkField) -> str:
        """Name what a link leads to in one way, however it is written: a path from the root, or the address."""
        return self._resolved(linked).uri.removeprefix("/")

    def concluded(
        self,
        what: Sequence[Any],
        links: Sequence[LinkField],
        max_bytes: int,
        kind: type[T],
        conclude: Callable[[list[Known[Any]]], Fact[T]],
        beside: Callable[[bytes], Sequence[LinkField]] = lambda _: (),
        first: Callable[[LinkField], Known[Any] | Unavailable] | None = None,
    ) -> Fact[T]:
        """Conclude something of linked files, or remember what was concluded of the very same bytes.

        `what` says, in JSON, all that the conclusion depends on besides the files. The first file that cannot be read is
        the answer. `beside` names, by the first file's content, what else is looked at: another content of one of those,
        or one that comes or goes, and nothing is remembered. `first` reads the first link otherwise than `read` does.
        """
        facts = self._place.around.facts
        pins = [self._pin(linked) for linked in links]
        if facts is not None and None not in pins:
            known = facts.get(_name(what, pins))
            if known is not None and self._still_beside(known):
                return _restored(known, kind, self._source_of(links[0]))
        files: list[Known[Any]] = []
        for number, linked in enumerate(links):
            file = first(linked) if first is not None and number == 0 else self.read(linked, max_bytes)
            if isinstance(file, Unavailable):
                return file
            files.append(file)
        if facts is None:
            return conclude(files)
        # what it is may only be seen by reading it: then the conclusion may be known all the same
        name = _name(what, [pin or self._content(a, b) for pin, a, b in zip(pins, links, files, strict=True)])
        if None in pins and (known := facts.get(name)) is not None and not known.get("beside"):
            return _restored(known, kind, files[0].source)
        found = conclude(files)
        if isinstance(found, Known):
            others = {linked.uri: self._pinned(linked, max_bytes) for linked in beside(files[0].value)}
            kept = msgspec.to_builtins(found) | ({"beside": others} if others else {})
            if len(json.dumps(kept)) <= _REMEMBERED_BYTES:
                facts.put(name, kept)
        return found

    def stored(self, linked: LinkField, max_bytes: int) -> Known[Content] | Unavailable:
        """Read what a link leads to, onto disk where it is large and its store can; one such file is kept, until `close`.

        A store that only reads into memory gives at most `max_bytes`.
        """
        resolved = self._resolved(linked)
        if self._large is not None and self._large[0] == resolved:
            return self._large[1]
        opened = self._large_store(linked)
        if opened is None:
            return self.read(linked, max_bytes)
        store, parsed = opened
        self.close()
        into = Spool()
        try:
            source = store.save(linked, parsed, self._place, into)
            if isinstance(source, Unavailable):
                return source
            if differs := _digest_differs(linked, source):
                return differs
            found = Known(into.content(), source)
        except OSError as error:
            what = error.strerror or type(error).__name__
            return Unavailable(f"Our fault: the file could not be written down ({what}).", Trouble.PASSING, _AGAIN)
        finally:
            into.close()
        self._large = (resolved, found)
        return found

    def stretches(self, linked: LinkField, draw: large.Draw) -> Known[large.Stretches] | Unavailable:
        """Read stretches of a file that is too large to be read whole."""
        opened = self._large_store(linked)
        if opened is None:
            return large.without_parts("Where the training file lies")
        store, parsed = opened
        return store.stretches(linked, parsed, self._place, draw)

    def close(self) -> None:
        """Let go of a large file."""
        if self._large is not None and isinstance(self._large[1].value, OnDisk):
            self._large[1].value.close()
        self._large = None

    def _large_store(self, linked: LinkField) -> tuple[large.LargeStore, link.Link] | None:
        with suppress(link.BadLink):
            parsed = link.parse(linked.uri)
            store: object = self._stores.get(parsed.scheme)
            return (store, parsed) if isinstance(store, large.LargeStore) else None
        return None

    def _followed(self, linked: LinkField, max_bytes: int) -> Known[bytes] | Unavailable:
        try:
            parsed = link.parse(linked.uri)
        except link.BadLink as error:
            return Unavailable(f"The link cannot be followed: {error}.", Trouble.DEFINITIVE, "Correct the link.")
        store = self._stores.get(parsed.scheme)
        if store is None:
            return Unavailable(
                f"Links of {parsed.scheme}:// are not followed here.",
                Trouble.NOT_SUPPORTED,
                "Commit the file to this repository and link its path.",
            )
        file = store.read(linked, parsed, self._place, max_bytes)
        if isinstance(file, Known) and linked.sha256:
            told = replace(file.source, sha256=file.source.sha256 or hashlib.sha256(file.value).hexdigest())
            return _digest_differs(linked, told) or file
        return file

    def _resolved(self, linked: LinkField) -> LinkField:
        """Write a link to a file of the repository in one way, however it was written."""
        with suppress(link.BadLink):
            parsed = link.parse(linked.uri)
            if parsed.in_repository:
                return linked.model_copy(update={"uri": "/" + link.resolve(parsed, self._place.proposal_path)})
        return linked

    def _pin(self, linked: LinkField) -> str | None:
        try:
            parsed = link.parse(linked.uri)
        except link.BadLink:
            return None
        store = self._stores.get(parsed.scheme)
        return store.pin(linked, parsed, self._place) if store else None

    def _pinned(self, linked: LinkField, max_bytes: int) -> str | None:
        """Name the content of a file, by reading it where need be; None where there is none."""
        if (pin := self._pin(linked)) is not None:
            return pin
        file = self.read(linked, max_bytes)
        return self._content(linked, file) if isinstance(file, Known) else None

    def _still_beside(self, known: Mapping[str, Any]) -> bool:
        """Say whether the files beside the linked ones are what they were when this was concluded."""
        pins: Mapping[str, str | None] = known.get("beside") or {}
        return all(self._is_still(LinkField(uri=uri), pin) for uri, pin in pins.items())

    def _is_still(self, linked: LinkField, pin: str | None) -> bool:
        # beside a file of the repository that has a pin, one without is not there; elsewhere nobody knows
        known = pin is not None or link.parse(linked.uri).in_repository
        return known and self._pin(linked) == pin

    def _content(self, linked: LinkField, file: Known[Any]) -> str:
        """Name the content of a file that was read, as its store would have named it before if it could."""
        if link.parse(linked.uri).in_repository:
            blob = hashlib.sha1(b"blob %d\0" % len(file.value), usedforsecurity=False)
            blob.update(file.value)
            return f"git:{blob.hexdigest()}"
        return f"sha256:{file.source.sha256 or hashlib.sha256(file.value).hexdigest()}"

    def _source_of(self, linked: LinkField) -> Source | None:
        """Say where a file of the repository is found now; a remembered one was found at an older commit."""
        parsed = link.parse(linked.uri)
        if not parsed.in_repository:
            return None
        return Source(link.resolve(parsed, self._place.proposal_path), Grade.C, revision=self._place.around.commit)


def _digest_differs(linked: LinkField, source: Source) -> Unavailable | None:
    """Hold what was read to the digest beside its link."""
    if not linked.sha256 or source.sha256 is None or source.sha256 == linked.sha256:
        return None
    return Unavailable(
        f"The digest of `{source.uri}` differs: the link says {linked.sha256[:12]}…, the file has {source.sha256[:12]}….",
        Trouble.DEFINITIVE,
        "Link the file that was meant, or correct `sha256`.",
    )


def graded(source: Source, worst: Grade, *, proven: bool, claims_only: bool = False) -> Source:
    """Grade a fact: what is pinned and computed anew from its rows is B, merely pinned C, what somebody wrote down D."""
    if claims_only:
        return replace(source, grade=Grade.D)
    return replace(source, grade=Grade.B if proven and worst is Grade.C else worst)


def _name(what: Sequence[Any], pins: Sequence[str | None]) -> str:
    text = json.dumps([READING, *what, *pins], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _restored(kept: Any, kind: type[T], now: Source | None) -> Fact[T]:
    source = msgspec.convert(kept["source"], Source)
    if now is not None:
        source = replace(source, uri=now.uri, revision=now.revision)
    return Known(msgspec.convert(kept["value"], kind), source)
