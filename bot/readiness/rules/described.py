"""What may a rule look at, field by field? A page written from the types that rules are held to."""

from collections.abc import Iterator

from bot.readiness.evidence import Evidence
from bot.readiness.rules.shapes import EXCUSE, Shape, members
from bot.readiness.rules.variables import Found, Unread
from bot.readiness.schema import LinkField, Proposal

_CALLED = {"string": "text", "bool": "true or false", "int": "whole number", "double": "number"}


def page() -> str:
    """Write the page: every field of a proposal, every kind of fact, what a finding holds."""
    lines = [
        "# What a rule may look at",
        "",
        "How rules are written, with recipes: [policy-rules.md](policy-rules.md). A field that is not given is `null`; `has(...)` asks.",
        "",
        "## `proposal`",
        "",
        f"A field that may also be not applicable has `{'` and `'.join(EXCUSE)}` besides; what is no group of fields then stands in `.value`.",
        "",
        "| field | type |",
        "|---|---|",
        *_rows(Proposal, "proposal"),
        "",
        "## `facts`",
        "",
        "By kind and by the field or name that led to it, as in `facts.evals['eval.baseline'].value.model`. Each has a `grade` (A to D). What could not be read",
        "is in none of them: a rule that asks for it has no answer, and is unverified. Rows, their ids and texts of files are not seen.",
    ]
    for kind, shape in members(Evidence).items():
        lines += ["", f"### `facts.{kind}[...]`", ""]
        if shape.message is None:
            lines.append("The `grade` alone.")
        else:
            lines += ["| field | type |", "|---|---|", *_rows(shape.message, "value")]
    lines += [
        "",
        "### `facts.unavailable`",
        "",
        "A list of what could not be read.",
        "",
        "| field | type |",
        "|---|---|",
    ]
    lines += _rows(Unread, "")
    lines += [
        "",
        "## `findings`",
        "",
        "A list of what the checks say; rules do not see one another.",
        "",
        "| field | type |",
        "|---|---|",
    ]
    lines += _rows(Found, "")
    lines += ["", "## `opened_on`", "", "The day on which the pull request was opened, as YYYY-MM-DD.", ""]
    return "\n".join(lines)


def _rows(kind: type, path: str) -> Iterator[str]:
    for name, shape in members(kind).items():
        at = f"{path}.{name}" if path else name
        if shape.message is LinkField:
            yield f"| `{at}` | link: `.uri`, `.sha256`, `.revision` |"
            continue
        if shape.message is None or (shape.excused and shape.many):
            yield f"| `{at}{'.value' if shape.excused else ''}` | {_type(shape)} |"
        if shape.message is not None:
            yield from _rows(
                shape.message, f"{at}{'.value' if shape.excused and shape.many else ''}{_ENTRY[shape.many]}"
            )


_ENTRY = {"": "", "list": "[...]", "map": "['...']"}


def _type(shape: Shape) -> str:
    called = _CALLED.get(shape.scalar or "", "group of fields")
    called = " ".join(f"`{word}`" for word in shape.words) or called
    return {"": called, "list": f"list of {called}", "map": f"{called} by name"}[shape.many]
