"""What does a YAML file of the operator's say? Typed, with all that is wrong at its line, and secrets shown nowhere.

`${NAME}` inside a value is the environment's: so the file itself holds no secret.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from bot.readiness import strict_yaml
from bot.readiness.strict_yaml import Document, child

Keys = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class BadFile(ValueError):
    """The file says something that cannot be used; the message names the line, the key and what to do."""


def read(raw: bytes, model: type[M], environment: Mapping[str, str]) -> tuple[M, Document]:
    """Read a file, with the lines of its keys; raises BadFile with all that is wrong, a line each."""
    document = strict_yaml.load(raw)
    wrong = [f"line {problem.line}: {problem.message} {problem.fix}" for problem in document.problems]
    filled = _filled(document.data, (), environment, document, wrong)
    if wrong:
        raise BadFile("\n".join(wrong))
    try:
        return model.model_validate({} if filled is None else filled), document
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise BadFile("\n".join(_said(detail, document) for detail in found)) from None


def where(keys: Keys, document: Document) -> str:
    """Name a key and its line; where a key is missing, the line of what lacks it."""
    at, line = "", document.lines.get("", 1)
    for key in keys:
        at = child(at, key)
        line = document.lines.get(at, line)
    return f"line {line}: `{at or 'the file'}`"


def secret(given: SecretStr) -> SecretStr:
    """Check that a login is one line of plain ASCII; raises ValueError."""
    text = given.get_secret_value()
    if not text:
        raise ValueError("this is empty")
    if not (text.isascii() and text.isprintable()) or text != text.strip():
        raise ValueError("a login is one line of plain ASCII")
    return given


def _filled(data: Any, keys: Keys, environment: Mapping[str, str], document: Document, wrong: list[str]) -> Any:
    """Put the environment's values where ${NAME} stands, after the file was read: a value never becomes a key."""
    if isinstance(data, dict):
        return {key: _filled(value, (*keys, key), environment, document, wrong) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, (*keys, n), environment, document, wrong) for n, value in enumerate(data)]
    if not isinstance(data, str):
        return data
    for name in _VARIABLE.findall(data):
        if not environment.get(name):
            wrong.append(f"{where(keys, document)}: the environment variable {name[:60] or '${}'} is not set.")
    return _VARIABLE.sub(lambda match: environment.get(match[1], ""), data)


def _said(detail: ErrorDetails, document: Document) -> str:
    messages = {"extra_forbidden": "this key is not known here", "missing": "this key is required"}
    cause = detail.get("ctx", {}).get("error")
    what = messages.get(detail["type"]) or (str(cause) if isinstance(cause, ValueError) else detail["msg"])
    return f"{where(detail['loc'], document)}: {what}."
