"""What does a request's body say? Each field is read with its type; what does not fit is refused in GitHub's words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from bot.sandbox.state import Refused

C = TypeVar("C", bound=str)
T = TypeVar("T")

_MOST_DIGITS = 19


def whole(text: str | None) -> int | None:
    """Read a whole number; None for anything else, and for one that nothing here can have."""
    return int(text) if text is not None and text.isdecimal() and len(text) < _MOST_DIGITS else None


class Fields:
    """The fields of an object; `where` is its place in the body. A field that is null counts as not given."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values = values
        self._where = where

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def names(self) -> list[str]:
        """List the fields that are given."""
        return [name for name in self._values if name in self]

    def text(self, name: str, longest: int | None = None) -> str:
        """Take a text that has to be there; raises Refused 422."""
        return self._required(name, self.text_or_none(name, longest))

    def text_or_none(self, name: str, longest: int | None = None) -> str | None:
        """Take a text that may be absent; raises Refused 422."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong(name, value, "is not a string")
        if longest is not None and len(value) > longest:
            raise self.refused(
                f"Only {longest} characters are allowed for {self._path(name)}; {len(value)} were supplied."
            )
        return value

    def one_of(self, name: str, choices: Sequence[C]) -> C:
        """Take one of some words that has to be there; raises Refused 422."""
        return self._required(name, self.one_of_or_none(name, choices))

    def one_of_or_none(self, name: str, choices: Sequence[C]) -> C | None:
        """Take one of some words; raises Refused 422."""
        value = self.text_or_none(name)
        if value is None:
            return None
        for choice in choices:
            if choice == value:
                return choice
        raise self._wrong(name, value, f"is not a possible value. Must be one of the following: {', '.join(choices)}")

    def number(self, name: str) -> int:
        """Take a whole number that has to be there; raises Refused 422."""
        return self._required(name, self.number_or_none(name))

    def number_or_none(self, name: str) -> int | None:
        """Take a whole number; raises Refused 422."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self._wrong(name, value, "is not an integer")
        return value

    def flag(self, name: str) -> bool:
        """Take a yes or no, no if absent; raises Refused 422."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, value, "is not a boolean")
        return bool(value)

    def instant(self, name: str) -> datetime | None:
        """Take an instant with its zone; raises Refused 422."""
        said = self.text_or_none(name)
        if said is None:
            return None
        try:
            instant = datetime.fromisoformat(said)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise self._wrong(name, said, "is not a valid date-time")
        return instant

    def object_or_none(self, name: str) -> "Fields | None":
        """Take an object; raises Refused 422."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._wrong(name, value, "is not an object")
        return None if value is None else Fields(value, self._path(name))

    def objects(self, name: str, most: int | None = None) -> "list[Fields]":
        """Take a list of objects, empty if absent; raises Refused 422."""
        found = []
        for index, value in enumerate(self.values(name, most)):
            if not isinstance(value, dict):
                raise self._wrong(f"{name}/{index}", value, "is not an object")
            found.append(Fields(value, f"{self._path(name)}/{index}"))
        return found

    def values(self, name: str, most: int | None = None) -> list[object]:
        """Take a list, empty if absent; raises Refused 422."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, value, "is not an array")
        if most is not None and len(value) > most:
            raise self.refused(f"No more than {most} items are allowed; {len(value)} were supplied.")
        return value

    def texts(self, name: str) -> list[str]:
        """Take a list of texts, empty if absent; raises Refused 422."""
        return [each if isinstance(each, str) else self._no_text(name, each) for each in self.values(name)]

    def _no_text(self, name: str, value: object) -> str:
        raise self._wrong(name, value, "is not a string")

    def refused(self, reason: str) -> Refused:
        """Make the answer to a body that does not fit."""
        return Refused(422, f"Invalid request.\n\n{reason}")

    def _required(self, name: str, value: T | None) -> T:
        if value is None:
            raise self.refused(f'"{name}" wasn\'t supplied.')
        return value

    def _wrong(self, name: str, value: object, what: str) -> Refused:
        shown = repr(value)[:100] if not isinstance(value, str) else f'"{value[:100]}"'
        return self.refused(f"For '{self._path(name)}', {shown} {what}.")

    def _path(self, name: str) -> str:
        return f"{self._where}/{name}" if self._where else name
