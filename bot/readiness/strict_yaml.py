"""What does this YAML text say, and on which line? Read as hostile input: every problem at its line, all at once.

YAML 1.2's plain scalars only: `true false null` and numbers are read, dates and `yes/no` stay text, so that a typed
model can refuse them at their line. Limits (READINESS section 2): 256 KiB, depth 20, 100 aliases, no tags; and a cap on
values, before anything is built and again after aliases are followed, so that neither size nor nested aliases blow up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_ALIASES = 100
MAX_VALUES = 5_000
MAX_KEY = 200  # characters; every value's path repeats the keys that lead to it

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_BREAK = re.compile(
    "\r(?!\n)|[\x85\u2028\u2029]"
)  # YAML ends a line here, GitHub does not: every later line would be off


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
    """Extend a field path by a key or an index; a key that looks like a path is quoted, and is none of ours."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = f'"{key}"' if not key or re.search(r'[.\[\]"]', key) else key
    return f"{path}.{name}" if path else name


def load(raw: bytes, *, max_bytes: int = MAX_BYTES, ours: bool = False) -> Document:
    """Read YAML bytes; never raises. `data` is None when nothing can be read.

    `ours`: a file that we ship, held by tests, is parsed by libyaml where PyYAML has it, which takes a twentieth of the
    time. It reads a few texts otherwise than PyYAML does, so that nobody else's file is given to it.
    """
    document = Document()
    text = _text(raw, max_bytes, document)
    if text is None:
        return document
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if ours else yaml.SafeLoader
    try:
        events = _survey(text, document, loader)
        node = _Composer(events).get_single_node() if events else None
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
        text = raw.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        refuse(raw.count(b"\n", 0, error.start) + 1, "This line is not valid UTF-8.", "Save the file as UTF-8.")
        return None
    if odd := _BREAK.search(text):
        refuse(
            text.count("\n", 0, odd.start()) + 1,
            f"This line holds a line break of another kind (U+{ord(odd.group()[0]):04X}).",
            "Save the file with Unix or Windows line ends.",
        )
        return None
    return text


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = _shown(str(error.problem or error.context or "it cannot be parsed"), 120)
    if "\\t" in problem:
        return Problem(
            line, "", "This line is indented with a tab; YAML allows blanks only.", "Replace the tab by two blanks."
        )
    return Problem(
        line, "", f"This is not valid YAML: {problem}.", "Check the indentation, the colons and the quotes here."
    )


def _survey(text: str, document: Document, loader: Any) -> list[yaml.Event]:
    """Walk the events first: size, depth, aliases, tags and document count are judged before anything is built.

    Returns none of them when there is a problem.
    """
    before = len(document.problems)
    depth = nodes = aliases = documents = 0
    events: list[yaml.Event] = []
    for event in yaml.parse(text, Loader=loader):
        events.append(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        for message, fix in _beyond(depth, nodes, aliases, documents):
            document.problems.append(Problem(line, "", message, fix))
            return []
        tag = getattr(event, "tag", None)
        if tag is not None:
            message = f"The tag `{_shown(tag)}` is not allowed."
            document.problems.append(Problem(line, "", message, "Remove it: plain values only."))
    return events if len(document.problems) == before else []


class _Composer(yaml.composer.Composer):
    """Composes nodes of events that were walked already, so that a text is parsed once; tags are nobody's business."""

    def __init__(self, events: Sequence[yaml.Event]) -> None:
        super().__init__()
        self._events = events
        self._next = 0

    def check_event(self, *choices: type[yaml.Event]) -> bool:
        return isinstance(self._events[self._next], choices)

    def peek_event(self) -> yaml.Event:
        return self._events[self._next]

    def get_event(self) -> yaml.Event:
        self._next += 1
        return self._events[self._next - 1]

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, *_: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def _beyond(depth: int, nodes: int, aliases: int, documents: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        yield f"Nested deeper than {MAX_DEPTH} levels.", "A proposal needs five levels at most."
    if aliases > MAX_ALIASES:
        yield f"More than {MAX_ALIASES} aliases (*name).", "Write the values out."
    if documents > 1:
        yield "A second document begins here (---).", "One proposal per file."
    if nodes > 2 * MAX_VALUES:  # at most every second node is a key
        yield _TOO_MANY


_TOO_MANY = (f"More than {MAX_VALUES:,} values in one file.", "Link to data instead of pasting it.")


class _TooManyValues(Exception):
    """Aliases, followed, hold too many values; `line` is that of the one too many."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Builder:
    """Turns composed nodes into plain data, following aliases, with a cap on the values built."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0
        self.parents: list[int] = []

    def build(self, node: yaml.Node) -> None:
        try:
            self.document.data = self._value(node, "")
        except _TooManyValues as error:
            self.document.data = None
            self._problem(error.line, "", *_TOO_MANY)

    def _value(self, node: yaml.Node, path: str) -> Any:
        self.values += 1
        line = _line(node)
        if self.values > MAX_VALUES:
            raise _TooManyValues(line)
        self.document.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self.parents:
            self._problem(self.document.lines[path], path, "This alias contains itself.", "Write the value out.")
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
            if len(key) > MAX_KEY:
                self._problem(line, path, f"A key has at most {MAX_KEY} characters.", "Use the documented keys.")
                continue
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
        if node.style:  # quoted or block text is text; plain text has no style, or an empty one
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


def _shown(text: str, limit: int = 60) -> str:
    """Show a text as typed, cut and without backticks: keys, tags and names are hostile text too."""
    return re.sub(r"[`\s]+", " ", text)[:limit]
