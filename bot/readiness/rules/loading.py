"""Can these rules be asked? Every expression is held to the declared types before any proposal meets it."""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping

from bot.readiness.policy import Rule
from bot.readiness.strict_yaml import Problem

FORM = "proposal"  # stands for the check that a file's form is


def problems(rules: Mapping[str, Rule], checks: Collection[str], line: Callable[[str], int]) -> Iterator[Problem]:
    """Say what is wrong with rules; `checks` are the ids that are taken, `line` finds a field of the policy's file."""
    for name, rule in rules.items():
        at = f"rules.{name}"
        if name in checks or name == FORM:
            yield Problem(line(at), at, f"`{name}` is a check already.", "Give the rule another name.")
        if rule.at is not None:
            yield from _field(rule.at, f"{at}.at", line)
        for part, expression in (("when", rule.when), ("require", rule.require)):
            if expression is not None:
                yield from _expression(expression, f"{at}.{part}", line)


def _expression(expression: str, at: str, line: Callable[[str], int]) -> Iterator[Problem]:
    from bot.readiness.rules.language import refusals  # a policy without rules does not pay for the library

    first = line(at) + ("\n" in expression)  # an expression in a block of its own begins on the next line
    for refusal in refusals(expression):
        place = f", column {refusal.column}" if refusal.column > 1 else ""
        yield Problem(first + refusal.line - 1, at, f"`{at}`{place}: {refusal.message}.", refusal.fix)


def _field(named: str, at: str, line: Callable[[str], int]) -> Iterator[Problem]:
    from bot.readiness.rules.variables import fields

    if re.sub(r"\[\d+\]", "", named) in fields():
        return
    near = difflib.get_close_matches(named, fields(), n=1, cutoff=0.6)
    fix = f"Did you mean `{near[0]}`?" if near else "Name a field of the proposal, like `eval.threshold`."
    yield Problem(line(at), at, f"`{at}`: a proposal has no such field.", fix)
