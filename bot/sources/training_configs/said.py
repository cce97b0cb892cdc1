"""What values does a config hold, and on which line? YAML or JSON, read as hostile input."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.readiness import strict_yaml
from bot.readiness.strict_yaml import child
from bot.readiness.training_config import Stated
from bot.sources import strict_json
from bot.sources.trouble import Unreadable

MAX_BYTES = 1_000_000  # house: a config says how to train, it does not hold the data
_MOST = strict_yaml.MAX_VALUES
_LONGEST = 500  # house: characters of a name that are kept; nothing that names a model or a file is longer
_READ = 2_000  # house: characters of one text that are looked at
_TEMPLATE = re.compile(r"\{\{|\{%")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')
_CREDENTIALS = re.compile(r"(://)[^/@\s]*@")
_QUERY = re.compile(r"(://[^?\s]*)\?.*", re.DOTALL)
_REFERENCE = re.compile(r"\$\{([\w.]{1,100})\}")
_FIX = "Link the config as its tool reads it: one YAML or JSON file of plain values."


@dataclass(frozen=True, slots=True)
class Said:
    """The values of a config, found by path: keys joined by dots, `[]` for every entry of a list."""

    data: dict[str, Any]
    lines: dict[str, int]

    def every(self, path: str) -> Iterator[Stated[Any]]:
        """Give each value under a path, in order; lists and null are never given."""
        yield from self._below(self.data, "", path.split("."))

    def first(self, *paths: str) -> Stated[Any] | None:
        """Give the first value under the first path that has one."""
        return next((found for path in paths for found in self.every(path)), None)

    def below(self, key: str) -> Iterator["Said"]:
        """Give each mapping under a top-level key, alone or in a list, as if it were a config of its own."""
        found = self.data.get(key)
        entries = enumerate(found) if isinstance(found, list) else [(None, found)]
        lines: dict[str, dict[str, int]] = {}
        for path, line in self.lines.items():
            if path.startswith(key):
                start, dot, rest = path.partition(".")
                if dot:
                    lines.setdefault(start, {})[rest] = line
        for index, each in entries:
            if isinstance(each, dict):
                yield Said(each, lines.get(key if index is None else child(key, index), {}))

    def has(self, *paths: str) -> bool:
        """Say whether there is a value under each path."""
        return all(self.first(path) is not None for path in paths)

    def text(self, *paths: str) -> Stated[str] | None:
        """Give the first value as text, without credentials; raises Unreadable for what a template is to fill in."""
        found = self.first(*paths)
        if found is None or not isinstance(found.value, str | int | float) or not str(found.value).strip():
            return None
        return Stated(self.plain(str(found.value), found.line), found.line)

    def plain(self, text: str, line: int) -> str:
        """Follow `${key}` to the value it names and take credentials out of addresses; raises Unreadable."""
        if _TEMPLATE.search(text):
            raise template(line)
        text = _REFERENCE.sub(lambda match: self._referred(match), text[: _READ + 1])
        if len(text) > _READ:  # no address is so long, and a password may stand in it
            return f"{text.partition('://')[0][:_LONGEST]}..."
        return _QUERY.sub(r"\1", _CREDENTIALS.sub(r"\1", text)).strip()[:_LONGEST]

    def _referred(self, match: re.Match[str]) -> str:
        if _secret(match[1].rsplit(".", 1)[-1]):
            return match[0]
        found = self.first(match[1])
        return str(found.value)[:_READ] if found and isinstance(found.value, str | int | float) else match[0]

    def _below(self, value: Any, path: str, keys: list[str]) -> Iterator[Stated[Any]]:
        if not keys:
            if isinstance(value, list):
                for index, entry in enumerate(value):
                    yield from self._below(entry, child(path, index), [])
            elif value is not None:
                yield Stated(value, self.lines.get(path, 1))
            return
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield from self._below(entry, child(path, index), keys)
        elif isinstance(value, dict) and keys[0] in value:
            yield from self._below(value[keys[0]], child(path, keys[0]), keys[1:])


def template(line: int) -> Unreadable:
    """Begin the error for a config that a template is to fill in."""
    return Unreadable(
        f"Line {line} of the config is to be filled in by a template ({{{{ ... }}}} or {{% ... %}}).",
        "Commit the config as it was filled in for this run, and link that.",
    )


def read(raw: bytes) -> Said:
    """Read a config; raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"The config has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.",
            "Link the config alone; data belongs into `data.train`.",
        )
    if not raw.strip():
        raise Unreadable("The config is empty.", _FIX)
    return _json(raw) if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else _yaml(raw)


def _json(raw: bytes) -> Said:
    try:
        data = strict_json.loads(raw, max_bytes=MAX_BYTES, max_depth=strict_yaml.MAX_DEPTH)
    except strict_json.BadJson as bad:
        text = raw.decode("utf-8", "replace")
        if (filled := _TEMPLATE.search(text)) is not None:
            raise template(text.count("\n", 0, filled.start()) + 1) from bad
        raise Unreadable(f"The config {bad}.", _FIX) from bad
    lines = _lines(raw.decode("utf-8-sig"))
    if len(lines) > _MOST:
        raise Unreadable(f"The config holds more than {_MOST:,} values.", _FIX)
    return Said(data, lines)


def _lines(text: str) -> dict[str, int]:
    """Find the line of every path of sound JSON."""
    lines: dict[str, int] = {}
    open_paths: list[tuple[str, int | None]] = []  # each with the next index, None for an object
    path, line, expects_key = "", 1, False
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if piece == "\n":
            line += 1
        elif piece == ":":
            expects_key = False
        elif piece == ",":
            parent, index = open_paths[-1]
            expects_key = index is None
            if index is not None:
                open_paths[-1] = (parent, index + 1)
                path = child(parent, index + 1)
        elif piece in "}]":
            path, _ = open_paths.pop()
        elif expects_key:
            path = child(open_paths[-1][0], strict_json.loads(piece.encode("utf-8", "replace"), max_bytes=MAX_BYTES))
            lines[path] = line
        else:
            lines.setdefault(path, line)
            if piece == "{":
                open_paths.append((path, None))
                expects_key = True
            elif piece == "[":
                open_paths.append((path, 0))
                path = child(path, 0)
        if len(lines) > _MOST:
            break
    return lines


def _yaml(raw: bytes) -> Said:
    document = strict_yaml.load(raw, max_bytes=MAX_BYTES)
    if document.problems:
        problem = document.problems[0]
        text = raw.decode("utf-8", "replace")
        if (filled := _TEMPLATE.search(text)) is not None:
            raise template(text.count("\n", 0, filled.start()) + 1)
        raise Unreadable(f"Line {problem.line} of the config: {problem.message}", _FIX)
    if not isinstance(document.data, dict):
        raise Unreadable("The config holds no keys with values.", _FIX)
    return Said(document.data, document.lines)


def _secret(key: str) -> bool:
    return re.search(r"(?i)key|token|secret|passw|credential", key) is not None
