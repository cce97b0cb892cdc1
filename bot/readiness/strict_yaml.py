"""What does this YAML text say, and on which line? Read as hostile input: every problem at its line, all at once.

YAML 1.2's plain scalars only: `true false null` and numbers are read, dates and `yes/no` stay text, so that a typed
model can refuse them at their line. Limits (READINESS section 2): 256 KiB, depth 20, 100 aliases, no tags; and a cap on
values after aliases are followed, so that nested aliases cannot blow up.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_ALIASES = 100
MAX_VALUES = 5_000

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the form of a file: 1-based line, field path ("" for the file), sentence, what to do."""

    line: int
    at: str
    message: str
    fix: str


@dataclass(slots=True)
class Document:
    """Plain data with a line for every path ("owner.primary", "failure.modes[0].name") and the problems met."""

    data: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def child(path: str, key: str | int) -> str:
    """Extend a field path by a key or an index."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def load(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """Read YAML bytes; never raises. `data` is None when nothing can be read."""
    document = Document()
    text = _text(raw, max_bytes, document)
    if text is None:
        return document
    try:
        if _survey(text, document):
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is not None:
                _Builder(document).build(node)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.problems.append(
            Problem(line, "", "This line holds a control character.", "Remove it, or write it escaped in quotes.")
        )
    except yaml.MarkedYAMLError as error:
        document.problems.append(_syntax(error))
    except (RecursionError, ValueError):
        document.problems.append(Problem(1, "", "This YAML cannot be read.", "Compare it with the documented example."))
    return document


def _text(raw: bytes, max_bytes: int, document: Document) -> str | None:
    def refuse(line: int, message: str, fix: str) -> None:
        document.problems.append(Problem(line, "", message, fix))

    if len(raw) > max_bytes:
        refuse(
            1,
            f"The file has {len(raw):,} bytes, {max_bytes:,} is the most.",
            "Link to long texts instead of pasting them.",
        )
        return None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:64]:
        refuse(1, "The file is encoded as UTF-16 (or is binary).", "Save it as UTF-8.")
        return None
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        refuse(raw.count(b"\n", 0, error.start) + 1, "This line is not valid UTF-8.", "Save the file as UTF-8.")
        return None


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = str(error.problem or error.context or "it cannot be parsed")
    if "\\t" in problem:
        return Problem(
            line, "", "This line is indented with a tab; YAML allows blanks only.", "Replace the tab by two blanks."
        )
    return Problem(
        line, "", f"This is not valid YAML: {problem}.", "Check the indentation, the colons and the quotes here."
    )


def _survey(text: str, document: Document) -> bool:
    """Walk the events first: depth, aliases, tags and document count are judged before anything is built."""
    depth = aliases = documents = 0
    before = len(document.problems)
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                document.problems.append(
                    Problem(
                        line, "", f"Nested deeper than {MAX_DEPTH} levels.", "A proposal needs five levels at most."
                    )
                )
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if aliases > MAX_ALIASES:
                document.problems.append(
                    Problem(line, "", f"More than {MAX_ALIASES} aliases (*name).", "Write the values out.")
                )
                return False
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                document.problems.append(
                    Problem(line, "", "A second document begins here (---).", "One proposal per file.")
                )
                return False
        tag = getattr(event, "tag", None)
        if tag is not None:
            document.problems.append(
                Problem(line, "", f"The tag {tag!r} is not allowed.", "Remove it: plain values only.")
            )
    return len(document.problems) == before


class _Builder:
    """Turns composed nodes into plain data, following aliases, with a cap on the values built."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0
        self.parents: list[int] = []

    def build(self, node: yaml.Node) -> None:
        try:
            self.document.data = self._value(node, "")
        except OverflowError as error:
            self.document.data = None
            self.document.problems.append(
                Problem(
                    int(str(error)),
                    "",
                    f"More than {MAX_VALUES:,} values in one file.",
                    "Link to data instead of pasting it.",
                )
            )

    def _value(self, node: yaml.Node, path: str) -> Any:
        self.values += 1
        line = _line(node)
        if self.values > MAX_VALUES:
            raise OverflowError(line)
        self.document.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self.parents:
            self._problem(line, path, "This alias contains itself.", "Write the value out.")
            return None
        self.parents.append(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self._value(entry, child(path, index)) for index, entry in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self.parents.pop()

    def _mapping(self, node: yaml.Node, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = _line(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(line, path, "A key must be a word.", "Use plain keys.")
                continue
            key = str(key_node.value)
            here = child(path, key)
            if key in result:
                first = self.document.lines.get(here, line)
                self._problem(
                    line, here, f"The key `{_shown(key)}` stands twice (first on line {first}).", "Keep one of the two."
                )
                continue
            self.document.lines[here] = line
            result[key] = self._value(value_node, here)
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if node.style is not None:  # quoted or block text is text
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE"):
            return True
        if text in ("false", "False", "FALSE"):
            return False
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text

    def _problem(self, line: int, path: str, message: str, fix: str) -> None:
        self.document.problems.append(Problem(line, path, message, fix))


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _shown(key: str) -> str:
    """Show a key as typed, cut and without backticks: keys are hostile text too."""
    return re.sub(r"[`\s]+", " ", key)[:60]
