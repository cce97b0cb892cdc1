"""Does an expression hold? Compiled against the declared types by CEL's own library, and evaluated within its bounds.

The library refuses what does not fit the types, more than 10,000 steps of loops and nesting beyond 32. It bounds neither
time nor memory: the service asks in a process apart (docs/decisions/0024-rules-in-cel.md).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.readiness.policy import MAX_EXPRESSION
from bot.readiness.wording import meant

# texts that grow by doubling are the cheapest way to fill a machine's memory
_CONFIG = """
stdlib:
  exclude_functions:
    - name: "_+_"
      overloads: [{id: add_string}, {id: add_bytes}]
"""
_PLACE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an expression is refused: the 1-based line and column within it, a sentence, what to do."""

    line: int
    column: int
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What an expression says: `holds`, or None with the `trouble` why it says nothing."""

    holds: bool | None
    trouble: str = ""
    lacking: str = ""  # the key that it looked for in vain
    absent: bool = False  # it looked at what is not there, which the proposal may add
    ours: bool = False  # the trouble is our own, and asking again may help


Ask = Callable[[str, bytes], Truth]
"""Evaluates an expression over the variables as bytes. Never raises."""


def refusals(expression: str) -> Iterator[Refusal]:
    """Say what is wrong with an expression; nothing for one that can be asked."""
    if len(expression) > MAX_EXPRESSION:
        message = f"the expression is longer than {MAX_EXPRESSION:,} characters"
        yield Refusal(1, 1, message, "Make two rules of it.")
        return
    if not expression.isprintable() and re.search("[\x00-\x08\ud800-\udfff]", expression):
        yield Refusal(1, 1, "the expression holds a sign that is no text", "Write it anew.")
        return
    try:
        kind = _compiled(expression).return_type().name()
    except RuntimeError as error:
        yield from _refused(str(error))
        return
    if kind != "BOOL":
        yield Refusal(
            1,
            1,
            f"the expression gives {_CALLED.get(kind, kind.lower())}, not yes or no",
            "Compare it, as in `... == ...`.",
        )


def holds(expression: str, given: bytes) -> Truth:
    """Evaluate an expression; never raises for what it says."""
    try:
        value = _compiled(expression).eval(_given(given))
    except RuntimeError as error:
        return _no_answer(str(error))
    if value.type().name() == "BOOL":
        return Truth(bool(value.value()))
    return _no_answer(str(value.value()))


@lru_cache(maxsize=1)
def _environment() -> Any:
    from cel_expr_python import cel  # a start that asks no rule does not pay for it

    from bot.readiness.rules import messages

    days = cel.Overload(
        id="days_string_string",
        return_type=cel.Type.INT,
        parameters=[cel.Type.STRING, cel.Type.STRING],
        is_member=False,
        impl=_days,
    )
    own = {
        name: cel.Type(f"{messages.PACKAGE}.{kind}")
        for name, kind in (("proposal", "Proposal"), ("facts", "EvidenceSeen"))
    }
    finding = cel.Type(f"{messages.PACKAGE}.FoundSeen")
    return cel.NewEnv(
        descriptor_pool=messages.pool(),
        config=cel.NewEnvConfigFromYaml(_CONFIG),
        variables={**own, "findings": cel.Type.List(finding), "opened_on": cel.Type.STRING},
        functions=[cel.FunctionDecl("days", [days])],
    )


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    """Compile an expression; raises RuntimeError with the library's words."""
    return _environment().compile(expression)


@lru_cache(maxsize=4)
def _given(given: bytes) -> Any:
    from bot.readiness.rules import messages

    return _environment().Activation(messages.decode(given))


def _days(earlier: str, later: str) -> int:
    """Count the days from one date to another, both YYYY-MM-DD."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


_CALLED = {
    "INT": "a whole number",
    "DOUBLE": "a number",
    "STRING": "a text",
    "NULL": "nothing",
    "DYN": "anything at all",
}
_OPERANDS = re.compile(r"found no matching overload for '([^']*)' applied to '(.*)'")
_UNKNOWN_FIELD = re.compile(r"undefined field '([^']*)' not found in struct 'tunegate\.(\w+)'")
_UNKNOWN_NAME = re.compile(r"undeclared reference to '([^']*)'")


def _refused(said: str) -> Iterator[Refusal]:
    found = list(dict.fromkeys(_PLACE.findall(said)))
    for line, column, words in found[:5]:
        message, fix = _in_words(words)
        yield Refusal(max(int(line), 1), max(int(column), 1), message, fix)
    if not found:
        yield Refusal(1, 1, *_in_words(said.splitlines()[0] if said else "it cannot be read"))


def _in_words(words: str) -> tuple[str, str]:
    if field := _UNKNOWN_FIELD.search(words):
        return _no_field(*field.groups())
    if name := _UNKNOWN_NAME.search(words):
        return (
            f"`{_short(name[1])}` is not known here",
            "A rule looks at `proposal`, `facts`, `findings` and `opened_on`, and may call CEL's own functions and `days`.",
        )
    if operands := _OPERANDS.search(words):
        return _no_overload(*operands.groups())
    if "recursion" in words:
        return "the expression is nested too deeply", "Make two rules of it."
    if "Syntax error" in words:
        return (
            f"this is no expression: {_short(words.removeprefix('Syntax error: ').split(' expecting ')[0])}",
            "Look at the brackets and quotes.",
        )
    return _short(words), "See docs/policy-rules.md."


def _no_field(name: str, kind: str) -> tuple[str, str]:
    from bot.readiness.rules import messages

    valid = [field.name for field in messages.pool().FindMessageTypeByName(f"{messages.PACKAGE}.{kind}").fields]
    fix = meant(name, valid) or f"Known here: {', '.join(f'`{field}`' for field in valid[:20])}."
    return f"the field `{_short(name)}` is not known here", fix


def _no_overload(function: str, operands: str) -> tuple[str, str]:
    called = function.strip("_").replace("_", "") if function.startswith("_") else function
    shown = _short(re.sub(r"wrapper\((\w+)\)", r"\1", operands).replace("tunegate.", "").strip("()"))
    if "double" in operands and re.search(r"\bint\b", operands):
        return (
            f"`{called}` does not go with ({shown})",
            "Amounts and shares are numbers with a point: write 500.0, not 500.",
        )
    if called == "+" and "string" in operands:
        return "texts cannot be joined in a rule", "Compare each of them by itself."
    return (
        f"`{called}` does not go with ({shown})",
        "Compare values of one type; see docs/policy-rules.md for the types.",
    )


_NO_KEY = re.compile(r'Key not found in map : "?(.*?)"?$')


def _no_answer(said: str) -> Truth:
    """Say in words for the team why a rule has no answer."""
    words = said.splitlines()[0] if said else ""
    if key := _NO_KEY.search(words):
        return Truth(
            None, f"it looks at `{_short(key[1])}`, which is not given or could not be read", key[1], absent=True
        )
    if "null_type" in words:
        return Truth(None, "it looks at a value that is not given or could not be read", absent=True)
    if "Iteration budget" in words:
        return Truth(None, "it takes more than 10,000 steps")
    return Truth(None, f"it stopped with: {_short(words)}")


def _short(text: str, limit: int = 120) -> str:
    return re.sub(r"[`\s]+", " ", text)[:limit].strip()
