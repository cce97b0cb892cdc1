"""Where are servers started in YAML and JSON? Containers of Kubernetes and Compose, values of a chart, an engine's own config.

A file may hold several documents; each is read by itself, and within the same limits as a proposal.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.readiness import strict_yaml
from bot.readiness.serving_config import Server
from bot.readiness.strict_yaml import child
from bot.sources.serving_configs import hosted
from bot.sources.serving_configs.engines import VLLM, by_options, servers
from bot.sources.serving_configs.start import Options, Start
from bot.sources.serving_configs.words import Budget, Names, Word, as_words, commands, filled
from bot.sources.training_configs import said
from bot.sources.training_configs.said import Said, template
from bot.sources.trouble import Unreadable

MAX_DOCUMENTS = 30  # house: of one file
_BETWEEN = re.compile(rb"^---(?=\s|$)", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{|\{%")
_FIX = "Link the config as it is deployed: YAML or JSON of plain values, or the script that starts the server."
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")
_OF_CHART = {"modelURL": "model", "enableLoRA": "enable-lora", "maxModelLen": "max-model-len", "maxLoras": "max-loras"}
_AHEAD = 40  # lines in which a word of a folded text is looked for
_SHELLS = re.compile(r"(?:/[\w./-]*/)?(?:ba|da|z)?sh")


def read(raw: bytes) -> Iterator[Server]:
    """Walk the servers of a file; raises Unreadable."""
    lines = raw.decode("utf-8", "replace").splitlines()
    budget = Budget()
    for document in _documents(raw):
        if (server := hosted.read(document)) is not None:
            yield server
        else:
            yield from _Walk(document, lines, budget).servers()


def _documents(raw: bytes) -> Iterator[Said]:
    if raw.lstrip()[:1] == b"{":
        yield said.read(raw)
        return
    starts = [0, *(found.start() for found in _BETWEEN.finditer(raw))]
    if len(starts) > MAX_DOCUMENTS:
        raise Unreadable(f"The config holds more than {MAX_DOCUMENTS} documents (---).", _FIX)
    for start, end in zip(starts, [*starts[1:], len(raw)], strict=True):
        before = raw[:start].count(b"\n")
        piece = b"\n" * before + raw[start:end].removeprefix(b"---")
        if piece.strip():
            yield _yaml(piece)


def _yaml(piece: bytes) -> Said:
    document = strict_yaml.load(piece, max_bytes=said.MAX_BYTES)
    if document.problems:
        problem = document.problems[0]
        text = piece.decode("utf-8", "replace")
        if (found := _TEMPLATE.search(text)) is not None:
            raise template(text.count("\n", 0, found.start()) + 1)
        raise Unreadable(f"Line {problem.line} of the config: {problem.message}", _FIX)
    return Said(document.data if isinstance(document.data, dict) else {"": document.data}, document.lines)


@dataclass(slots=True)
class _Walk:
    """One document on the way through its mappings."""

    said: Said
    lines: list[str]  # of the whole file
    budget: Budget

    def servers(self) -> Iterator[Server]:
        """Walk the servers of a document: its own options, or its containers, from the outside in."""
        own = Options.of_keys(self.said.data, self.said.lines, 1)
        line = next((self.line(key) for key in self.said.data), 1)
        if (server := by_options(own, line)) is not None:
            yield server
            return
        yield from self._below(self.said.data, "")

    def line(self, path: str) -> int:
        return self.said.lines.get(path, 1)

    def _below(self, value: Any, path: str) -> Iterator[Server]:
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield from self._below(entry, child(path, index))
        elif isinstance(value, dict):
            found = self._of_chart(value, path) or next(self._containers(value, path), None)
            if found is not None:
                yield found
                return
            for key, entry in value.items():
                if key not in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"):
                    yield from self._below(entry, child(path, key))

    def _of_chart(self, value: Mapping[str, Any], path: str) -> Server | None:
        """Read a model of vLLM's own chart or operator (production-stack): `modelURL`, and `vllmConfig` in or beside it."""
        place, model = (path, value) if "modelURL" in value else (child(path, "model"), value.get("model"))
        if not isinstance(model, dict) or not isinstance(model.get("modelURL"), str):
            return None
        config, at = value.get("vllmConfig"), child(path, "vllmConfig")
        config = config if isinstance(config, dict) else {}
        extra = config.get("extraArgs")
        options = Options.of(self._listed(extra, child(at, "extraArgs")) if isinstance(extra, list) else ())
        for where, below in ((model, place), (config, at)):
            for key, name in _OF_CHART.items():
                if isinstance(where.get(key), str | int):
                    read = Options.of_keys({name: where[key]}, {name: self.line(child(below, key))}, 1)
                    options.given = read.given | options.given
        return VLLM.of_options(options, self.line(child(place, "modelURL")))

    def _containers(self, value: Mapping[str, Any], path: str) -> Iterator[Server]:
        """Read a mapping as a container: its image, entry point, command, arguments and variables."""
        if not any(key in value for key in ("image", "command", "args", "entrypoint")):
            return
        variables = {**self._listed_variables(value, path), **self._mapped_variables(value, path)}
        words: list[Word] = []
        for key in ("entrypoint", "command", "args"):
            words += self._words(value.get(key), child(path, key), Names(dict(variables), budget=self.budget))
        words = [filled(word, variables) for word in words]
        image = value.get("image")
        line = words[0].line if words else self.line(child(path, "image"))
        # of Compose the command is what the image's program is given, of Kubernetes it is a program
        program = "entrypoint" if path.startswith("services.") else "command"
        own = bool(value.get(program)) and bool(words) and not words[0].text.startswith("-")
        start = Start(line, tuple(words), image if isinstance(image, str) else None, variables, own)
        yield from self._started(start, path, value)

    def _started(self, start: Start, path: str, value: Mapping[str, Any]) -> Iterator[Server]:
        script = _script(start.words)
        if script is not None:
            names, place = Names(dict(start.variables), budget=self.budget), self._place_of(script)
            for command in commands(script.text, names, first_line=place):
                placed = tuple(self._placed(command, script))
                yield from servers(Start(placed[0].line, placed, start.image, {**start.variables, **names.variables}))
            return
        yield from servers(start)

    def _words(self, value: Any, path: str, names: Names) -> list[Word]:
        if isinstance(value, list):
            return self._listed(value, path)
        if isinstance(value, str):
            return list(self._placed(as_words(value, self.line(path), names), Word(value, self.line(path))))
        return []

    def _listed(self, value: list[Any], path: str) -> list[Word]:
        return [
            Word(str(entry).lower() if isinstance(entry, bool) else str(entry), self.line(child(path, index)))
            for index, entry in enumerate(value)
            if isinstance(entry, str | int | float)
        ]

    def _listed_variables(self, value: Mapping[str, Any], path: str) -> dict[str, Word]:
        """Read variables given as a list: of `name` and `value`, or of `NAME=value`."""
        found: dict[str, Word] = {}
        for key in ("env", "environment"):
            for index, entry in enumerate(value[key] if isinstance(value.get(key), list) else ()):
                at = child(child(path, key), index)
                if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                    text = entry.get("value")
                    line = self.line(child(at, "value")) if text is not None else self.line(at)
                    found[entry["name"]] = Word("" if text is None else str(text), line, text is not None)
                elif isinstance(entry, str):
                    name, equals, text = entry.partition("=")
                    found[name] = Word(text, self.line(at), bool(equals) and "$" not in text)
        return found

    def _mapped_variables(self, value: Mapping[str, Any], path: str) -> dict[str, Word]:
        found: dict[str, Word] = {}
        for key in ("env", "environment"):
            entries = value.get(key)
            for name, text in entries.items() if isinstance(entries, dict) else ():
                if isinstance(text, str | int | float):
                    shown = str(text).lower() if isinstance(text, bool) else str(text)
                    found[name] = Word(shown, self.line(child(child(path, key), name)), "$" not in shown)
        return found

    def _place_of(self, script: Word) -> int:
        """Find the first line of a text: that of its key, or the next one where a block of lines begins there."""
        here = self.lines[script.line - 1] if script.line <= len(self.lines) else ""
        return script.line + 1 if _BLOCK.search(here) else script.line

    def _placed(self, words: list[Word], script: Word) -> Iterator[Word]:
        """Put each word on its line: a folded or quoted text does not keep its line ends."""
        here = self.lines[script.line - 1] if script.line <= len(self.lines) else ""
        if "\n" in script.text.rstrip("\n") and re.search(r"\|[-+0-9]*\s*(?:#.*)?$", here):
            yield from words
            return
        at = script.line
        for word in words:
            ahead = range(at, min(at + _AHEAD, len(self.lines) + 1))
            at = next((n for n in ahead if word.text and word.text in self.lines[n - 1]), at)
            yield Word(word.text, at, word.known)


def _script(words: tuple[Word, ...]) -> Word | None:
    """Find the script of `sh -c SCRIPT`."""
    for index, word in enumerate(words[:-1]):
        if index and re.fullmatch(r"-\w*c", word.text) and _SHELLS.fullmatch(words[0].text):
            return words[index + 1]
    return None
