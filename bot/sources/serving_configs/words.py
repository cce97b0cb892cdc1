"""Of which words does a shell script consist, and on which line? Read, never run: what only a shell could tell is unknown.

Quotes, comments, continued lines, variables that the file itself sets (`A=b`, `${A:-c}`), and arrays of them are followed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.sources.training_configs.said import template
from bot.sources.trouble import Unreadable

MAX_WORDS = 5_000  # house: of one file; a command that starts a server has fewer than a hundred
_LONGEST = 10_000  # house: characters of a word that are kept: variables that hold one another grow without end
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w{0,99})(\+?)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:(\w{1,100})|\{(\w{1,100})(?:(\[[@*]\])|:?-([^${}]{0,500}))?\})")
_ENDS = frozenset("\n;&|()<>")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command with its 1-based line; `known` False where a part of it is only known when the command runs."""

    text: str
    line: int
    known: bool = True


@dataclass(slots=True)
class Budget:
    """How many words of one file were read so far."""

    words: int = 0

    def counted(self, word: Word) -> Word:
        """Count a word; raises Unreadable when it is one too many."""
        self.words += 1
        if self.words > MAX_WORDS:
            raise Unreadable(
                f"The config holds more than {MAX_WORDS:,} words.",
                "Link the file that starts the server, and nothing else.",
            )
        return word


@dataclass(slots=True)
class Names:
    """What a file sets: variables, and arrays of words; and how much of it may still be read."""

    variables: dict[str, Word] = field(default_factory=dict)
    arrays: dict[str, list[Word]] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)


def commands(text: str, names: Names, *, first_line: int = 1) -> Iterator[list[Word]]:
    """Walk the commands of a script, assignments before them taken as set; raises Unreadable.

    Assignments of `names` are followed, and those of the script added to it.
    """
    reader = _Reader(text, names, first_line)
    while not reader.at_end:
        command: list[Word] = []
        for word in reader.command():
            found = _ASSIGNMENT.fullmatch(word.text)
            if found and all(each.text in ("export", "ENV", "env") for each in command):
                names.variables[found[1]] = Word(found[3], word.line, word.known)
            else:
                command.append(word)
        if command:
            yield command


def as_words(text: str, line: int, names: Names) -> list[Word]:
    """Split one text into words, as `command: --model a --port 1` of a Compose file is; raises Unreadable."""
    reader = _Reader(text.replace("\n", " "), names, line)
    return [word for part in iter(lambda: list(reader.command()), []) for word in part]


def filled(word: Word, variables: Mapping[str, Word]) -> Word:
    """Fill `$(NAME)` in from a container's own variables, as Kubernetes does."""
    known = word.known

    def value(found: re.Match[str]) -> str:
        nonlocal known
        one = variables.get(found[1])
        known = known and one is not None and one.known
        return one.text if one is not None else found[0]

    text = re.sub(r"\$\(([A-Za-z_]\w{0,99})\)", value, word.text)
    return Word(text[:_LONGEST], word.line, known and len(text) <= _LONGEST)


class _Reader:
    def __init__(self, text: str, names: Names, line: int) -> None:
        self.text, self.names = text, names
        self.at, self.line = 0, line

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def command(self) -> Iterator[Word]:
        """Walk the words up to the end of a command, and step over what ends it."""
        while not self.at_end:
            char = self.text[self.at]
            if self._stepped_over():
                continue
            if char in _ENDS:
                self.at += 1
                self.line += char == "\n"
                return
            yield from self._word()

    def _stepped_over(self) -> bool:
        """Step over blanks, a continued line or a comment, where one stands here."""
        char = self.text[self.at]
        if char in " \t\r":
            self.at += 1
        elif self.text.startswith(("\\\n", "\\\r\n"), self.at):
            self.at = self.text.index("\n", self.at) + 1
            self.line += 1
        elif char == "#":
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
        else:
            return False
        return True

    def _word(self) -> Iterator[Word]:
        if (array := _ARRAY.match(self.text, self.at)) is not None:
            self.at = array.end()
            listed = list(self._listed())
            self.names.arrays[array[1]] = [*(self.names.arrays.get(array[1], ()) if array[2] else ()), *listed]
            return
        if (spread := _SPREAD.match(self.text, self.at)) is not None:
            self.at = spread.end()
            for word in self.names.arrays.get(spread[1], [Word("", self.line, known=False)]):
                yield self.names.budget.counted(word)
            return
        line, parts, size, known = self.line, list[str](), 0, True
        while not self.at_end and (char := self.text[self.at]) not in " \t\r" and char not in _ENDS:
            if self.text.startswith(("\\\n", "\\\r\n"), self.at):
                break
            if char == "'":
                part, sure = self._quoted(), True
            elif char == '"':
                self.at += 1
                part, sure = self._until('"')
            else:
                part, sure = self._piece()
            parts.append(part[: max(_LONGEST - size, 0)])
            size += len(part)
            known = known and sure and size <= _LONGEST
        yield self.names.budget.counted(Word("".join(parts), line, known))

    def _listed(self) -> Iterator[Word]:
        """Read the words of an array, over as many lines as it has."""
        while not self.at_end and self.text[self.at] != ")":
            if self._stepped_over():
                continue
            if self.text[self.at] in _ENDS:
                self.line += self.text[self.at] == "\n"
                self.at += 1
            else:
                yield from self._word()
        self.at += 1

    def _quoted(self) -> str:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        part = self.text[self.at + 1 : end]
        self.at = end + 1
        self.line += part.count("\n")
        return part

    def _until(self, quote: str) -> tuple[str, bool]:
        parts, size, known = list[str](), 0, True
        while not self.at_end and self.text[self.at] != quote:
            part, sure = self._piece()
            parts.append(part[: max(_LONGEST + 1 - size, 0)])
            size += len(part)
            known = known and sure
        self.at += 1
        return "".join(parts), known

    def _piece(self) -> tuple[str, bool]:
        """Read one character, or what stands for several; say whether it is known."""
        char = self.text[self.at]
        if self.text.startswith(("{{", "{%"), self.at):
            raise template(self.line)
        if char == "\\" and self.at + 1 < len(self.text):
            self.at += 2
            self.line += self.text[self.at - 1] == "\n"
            return self.text[self.at - 1], True
        if char == "`" or self.text.startswith("$(", self.at):
            end = self.text.find("`" if char == "`" else ")", self.at + 1)
            end = len(self.text) if end < 0 else end
            self.line += self.text.count("\n", self.at, end)
            self.at = end + 1
            return "", False
        if char == "$" and (found := _VARIABLE.match(self.text, self.at)) is not None:
            self.at = found.end()
            known = self.names.variables.get(found[1] or found[2])
            if known is not None:
                return known.text, known.known
            return (found[4], True) if found[4] is not None else ("", False)
        self.at += 1
        self.line += char == "\n"
        return char, char != "$"


_ARRAY = re.compile(r"([A-Za-z_]\w{0,99})(\+?)=\(")
_SPREAD = re.compile(r'"?\$\{(\w{1,100})\[[@*]\]\}"?')
