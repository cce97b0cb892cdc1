"""Where are servers started in plain text? Shell scripts, Dockerfiles, files of variables and units of systemd."""

import json
import re
from collections.abc import Iterator

from bot.readiness.serving_config import Server
from bot.sources.serving_configs.engines import servers
from bot.sources.serving_configs.start import Start
from bot.sources.serving_configs.words import Names, Word, commands

_DOCKERFILE = re.compile(r"^[ \t]*FROM[ \t]+\S", re.MULTILINE | re.IGNORECASE)
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_UNIT = re.compile(r"^([ \t]*)(?:ExecStart|ExecStartPre|ExecStartPost)=[-@:+!]*", re.MULTILINE)
_UNIT_VARIABLE = re.compile(r"^[ \t]*Environment=(.*)$", re.MULTILINE)
_SET_BY_DOCKER = ("-e", "--env")


def read(text: str) -> Iterator[Server]:
    """Walk the servers of a text; raises Unreadable."""
    if _DOCKERFILE.search(text) and not text.startswith("#!"):
        yield from _dockerfile(text)
        return
    names = Names()
    text = _UNIT_VARIABLE.sub(lambda found: f"export {found[1].strip().strip(chr(34))}", text)
    found = False
    for command in commands(_UNIT.sub(r"\1", text), names):
        start = Start(command[0].line, tuple(command), None, {**names.variables, **_of_docker(command)})
        for server in servers(start):
            found = True
            yield server
    if not found and names.variables:  # a file of variables alone, as an engine's container reads it
        line = min(word.line for word in names.variables.values())
        yield from servers(Start(line, (), None, names.variables), by_variables=True)


def _of_docker(command: list[Word]) -> dict[str, Word]:
    """Read the variables that `docker run -e NAME=value` sets."""
    found: dict[str, Word] = {}
    for word, after in zip(command, command[1:], strict=False):
        text = after.text if word.text in _SET_BY_DOCKER else word.text.removeprefix("--env=")
        name, equals, value = text.partition("=")
        if equals and (word.text in _SET_BY_DOCKER or word.text.startswith("--env=")):
            found[name] = Word(value, after.line, after.known)
    return found


def _dockerfile(text: str) -> Iterator[Server]:
    """Read what the last stage of a Dockerfile starts."""
    image, names, parts = None, Names(), dict[str, list[Word]]()
    for line, instruction in _instructions(text):
        match = _INSTRUCTION.match(instruction)
        if match is None:
            continue
        name, rest = match[1].upper(), match[2]
        if name == "FROM":
            image, parts = rest.split()[0], {}
        elif name in ("ENV", "ARG"):
            first, _, value = rest.partition(" ")
            rest = f'{first}="{value.strip()}"' if name == "ENV" and "=" not in first else rest
            for _ in commands(rest, names, first_line=line):
                pass
        elif name in ("ENTRYPOINT", "CMD"):
            parts[name] = _command(rest, line, names)
    words = (*parts.get("ENTRYPOINT", ()), *parts.get("CMD", ()))
    line = words[0].line if words else 1
    yield from servers(Start(line, words, image, names.variables, "ENTRYPOINT" in parts))


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """Walk the instructions with their first lines; continued lines are one, comments are none."""
    begun, number = list[str](), 0
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        number = number if begun else at
        begun.append(line)
        if not line.rstrip().endswith("\\"):
            yield number, "\n".join(begun)
            begun = []
    if begun:
        yield number, "\n".join(begun)


def _command(text: str, line: int, names: Names) -> list[Word]:
    """Read the words of a command: a JSON list, or as a shell would."""
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(re.sub(r"\\\r?\n", "\n", text))
        except (ValueError, RecursionError):
            return []
        rest, words, at = text, [], line
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, str):
                shown = json.dumps(entry, ensure_ascii=False)
                before, there, after = rest.partition(shown)
                at, rest = (at + before.count("\n"), after) if there else (at, rest)
                words.append(Word(entry, at))
        return words
    return next(commands(text, names, first_line=line), [])
