"""What is wrong with a policy file? Every problem at its line, all at once, before it judges anything."""

import difflib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from bot.readiness import form
from bot.readiness.policy import CheckPolicy, Policy, Rule, merge, plain
from bot.readiness.rules import loading
from bot.readiness.strict_yaml import Document, Problem, child, load

_OF_A_CHECK = ("enforcement", "least_grade")


def problems(raw: bytes, base: bytes) -> tuple[Problem, ...]:
    """Hold a policy file to the schema, to the checks and settings of `base` (the layer below it), and its rules to their types.

    Returns problems in the order of their lines; empty for a file that can be used.
    """
    document = load(raw)
    if document.data is None or document.problems:
        return tuple(document.problems) or (
            Problem(1, "", "The file is empty.", "Write `version: 1` and what to change."),
        )
    if not isinstance(document.data, dict):
        return (Problem(1, "", "A policy is a mapping of fields, like `version: 1`.", "See docs/policy-rules.md."),)
    below = load(base).data
    told = [*_checks(document, below), *_of_form(document, below), *_rules(document, below)]
    unique = {(problem.line, problem.at, problem.message): problem for problem in told}
    return tuple(unique[key] for key in sorted(unique))


def _line(document: Document, at: str) -> int:
    while at:
        if at in document.lines:
            return document.lines[at]
        at = at[: max(at.rfind("."), at.rfind("["), 0)]
    return 1


def _checks(document: Document, below: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell checks and settings that nobody reads: a number under a misspelt name would ask nothing."""
    own, known = document.data.get("checks"), below["checks"]
    for name, entry in own.items() if isinstance(own, dict) else ():
        at = child("checks", name)
        if name not in known:
            yield _unknown(document, at, "check", name, list(known))
            continue
        for key in entry if isinstance(entry, dict) else ():
            if key not in known[name] and key not in _OF_A_CHECK:
                yield _unknown(document, child(at, key), "setting", key, [*_OF_A_CHECK, *known[name]])


def _unknown(document: Document, at: str, what: str, name: str, valid: list[str]) -> Problem:
    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.6)
    shown = name.replace("`", " ")[:60]
    listed = f"Known here: {', '.join(f'`{each}`' for each in dict.fromkeys(valid))}." if len(valid) < 20 else None
    fix = f"Did you mean `{near[0]}`?" if near else listed or "The checks are listed in docs/checks/README.md."
    return Problem(_line(document, at), at, f"The {what} `{shown}` is not known here.", fix)


def _of_form(document: Document, below: Mapping[str, Any]) -> Iterator[Problem]:
    data = _without_unknown(document.data, below)
    merged = plain(merge([below, data]))
    try:
        Policy.model_validate(merged)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problem, _ = form.problem(detail, merged, lambda at: _line(document, _as_written(at)), model=Policy)
            yield Problem(problem.line, _as_written(problem.at), _as_written(problem.message), problem.fix)


def _as_written(at: str) -> str:
    """Undo what `plain` adds: in the file a check's numbers stand beside its enforcement."""
    return at.replace(".settings.", ".")


def _without_unknown(data: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    own = data.get("checks")
    if not isinstance(own, dict):
        return dict(data)
    kept = {
        name: {
            key: value
            for key, value in entry.items()
            if key in below["checks"][name] or key in CheckPolicy.model_fields
        }
        if isinstance(entry, dict)
        else entry
        for name, entry in own.items()
        if name in below["checks"]
    }
    return {**data, "checks": kept}


def _rules(document: Document, below: Mapping[str, Any]) -> Iterator[Problem]:
    """Compile the rules that this file writes, as far as they are well formed; it may also change a part of one below it."""
    written = document.data.get("rules")
    own = {}
    for name in written if isinstance(written, dict) else ():
        with suppress(ValidationError):  # told already
            own[name] = Rule.model_validate(merge([below.get("rules", {}), written])[name])
    yield from loading.problems(own, below["checks"], lambda at: _line(document, at))
