"""How is a server started? Its image, its words and its variables, wherever they stand; and what its options say."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.readiness.training_config import Stated
from bot.sources import strict_json
from bot.sources.serving_configs.words import Word
from bot.sources.training_configs.said import Said

_OPTION = re.compile(r"--?([A-Za-z][\w.-]{0,99})(?:=(.*))?", re.DOTALL)
_NUMBER = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)([kKmMgG]?)")
_SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "K": 2**10, "M": 2**20, "G": 2**30}
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_NOTHING = Said({}, {})


@dataclass(frozen=True, slots=True)
class Start:
    """One container or command that may start a server: the line where it stands, and all that decides what it does.

    `own_program` says that its words begin with a program, in place of the one that the image would start.
    """

    line: int
    words: tuple[Word, ...] = ()
    image: str | None = None
    variables: Mapping[str, Word] = field(default_factory=dict)
    own_program: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An option as it was given: its line and its values; none where it stands alone."""

    line: int
    values: tuple[Word, ...] = ()


@dataclass(slots=True)
class Options:
    """The options of a server by name, without dashes before them: `max-lora-rank`. The last of a name wins."""

    given: dict[str, Given] = field(default_factory=dict)
    first: Word | None = None  # a word that stands before every option

    @classmethod
    def of(cls, words: Iterable[Word]) -> "Options":
        """Read the options of a command line."""
        options, name = cls(), None
        for word in words:
            found = _OPTION.fullmatch(word.text)
            if found is not None:
                name = _name(found[1])
                values = () if found[2] is None else (Word(found[2], word.line, word.known),)
                options.given[name] = Given(word.line, values)
            elif name is None:
                options.first = options.first or word
            else:
                before = options.given[name]
                options.given[name] = Given(before.line, (*before.values, word))
        return options

    @classmethod
    def of_keys(cls, keys: Mapping[str, object], lines: Mapping[str, int], line: int) -> "Options":
        """Read options from the keys of a YAML file, each on its line."""
        options = cls()
        for key, value in keys.items():
            at = lines.get(key, line)
            options.given[_name(key)] = Given(at, tuple(Word(text, at) for text in _texts(value)))
        return options

    def beside(self, variables: Mapping[str, Word], names: Iterable[str]) -> None:
        """Add what variables say of options that are not given: `MODEL_ID` is `model-id`."""
        for name in names:
            found = variables.get(name.upper().replace("-", "_"))
            if found is not None and name not in self.given:
                self.given[name] = Given(found.line, (found,))

    def has(self, names: Iterable[str]) -> bool:
        """Say whether one of the options is given."""
        return any(name in self.given for name in names)

    def at(self, names: Sequence[str]) -> Given | None:
        """Give the first of these options that is given."""
        return next((self.given[name] for name in names if name in self.given), None)

    def text(self, names: Sequence[str]) -> Stated[str] | None:
        """Give a text without credentials; None where it is not known. Raises Unreadable for what a template is to fill in."""
        found = self.at(names)
        return said(found.values[0]) if found is not None and found.values else None

    def number(self, names: Sequence[str]) -> Stated[int] | None:
        """Give a whole number, also as `32k` (thousands) or `32K` (of 1,024)."""
        found = self.at(names)
        if found is None or not found.values or not found.values[0].known:
            return None
        match = _NUMBER.fullmatch(found.values[0].text.strip())
        if match is None:
            return None
        return Stated(int(float(match[1]) * _SIZES[match[2]]), found.values[0].line)

    def flag(self, names: Sequence[str]) -> Stated[bool] | None:
        """Give yes or no: an option that stands alone says yes, `no-` before its name says no."""
        for name in names:
            if f"no-{name}" in self.given:
                return Stated(value=False, line=self.given[f"no-{name}"].line)
        found = self.at(names)
        if found is None:
            return None
        word = found.values[0] if found.values else None
        if word is not None and not word.known:
            return None
        if word is not None and word.text.lower() in _NO:
            return Stated(value=False, line=found.line)
        return Stated(value=True, line=found.line)

    def adapters(self, names: Sequence[str]) -> tuple[Stated[str], ...]:
        """Name the adapters: of `name=path` and of JSON the name, else the place; several also by comma."""
        found = [word for name in names if name in self.given for word in self.given[name].values]
        named = (_adapter(part) for word in found if word.known for part in _parts(word))
        return tuple({each.value: each for each in named if each is not None}.values())

    def is_open(self, names: Iterable[str]) -> bool:
        """Say whether an option is given with a value that is only known when the command runs."""
        return any(not word.known for name in names if name in self.given for word in self.given[name].values)


def said(word: Word) -> Stated[str] | None:
    """Give a word as it may be kept: known, not empty, without credentials; raises Unreadable."""
    text = _NOTHING.plain(word.text, word.line) if word.known else ""
    return Stated(text, word.line) if text else None


def _name(text: str) -> str:
    return text.replace("_", "-")


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, dict):
        yield json.dumps(value)
    elif value is not None:
        yield str(value)


def _parts(word: Word) -> Iterable[Word]:
    if word.text.lstrip().startswith(("{", "[")):
        return (word,)
    return (Word(part.strip(), word.line) for part in word.text.split(",") if part.strip())


def _adapter(word: Word) -> Stated[str] | None:
    text = word.text
    if text.lstrip().startswith("{"):
        try:
            entry = strict_json.loads(text.encode("utf-8", "replace"), max_bytes=10_000, max_depth=3)
        except strict_json.BadJson:
            return None
        keys = ("name", "lora_name", "path", "lora_path")
        text = next((entry[key] for key in keys if isinstance(entry.get(key), str)), "") if entry else ""
    else:
        text = text.partition("=")[0]
    return said(Word(text, word.line))
