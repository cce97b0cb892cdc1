"""Can these rules be asked? Every expression is held to the declared types before any proposal meets it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from bot.readiness.finding import Outcome
from bot.readiness.policy import Enforcement, Rule
from bot.readiness.rules.language import Refusal, refusals
from bot.readiness.strict_yaml import Problem
from bot.readiness.wording import meant

OF_FILES = ("proposal", "policy")  # stand for the checks that the form of a proposal and of a policy are


def problems(rules: Mapping[str, Rule], checks: Collection[str], line: Callable[[str], int]) -> Iterator[Problem]:
    """Say what is wrong with rules; `checks` are the ids that are taken, `line` finds a field of the policy's file."""
    for name, rule in rules.items():
        at = f"rules.{name}"
        if name in checks or name in OF_FILES:
            yield Problem(line(at), at, f"`{name}` is a check already.", "Give the rule another name.")
        if rule.at is not None:
            yield from _field(rule.at, f"{at}.at", line)
        for part, expression in (("when", rule.when), ("require", rule.require)):
            if expression is not None:
                yield from _expression(expression, f"{at}.{part}", checks, line)


def _expression(expression: str, at: str, checks: Collection[str], line: Callable[[str], int]) -> Iterator[Problem]:
    first = line(at) + ("\n" in expression)  # an expression in a block of its own begins on the next line
    for refusal in [*refusals(expression), *_words(expression, checks)]:
        place = f", column {refusal.column}" if refusal.column > 1 else ""
        yield Problem(first + refusal.line - 1, at, f"`{at}`{place}: {refusal.message}.", refusal.fix)


_COMPARED = re.compile(
    r"""(?P<of>(?:\bproposal|\b[a-z]\w*)(?:\.\w+)+)\s*(?:[=!]=\s*(?P<one>'[^']*'|"[^"]*")|in\s*\[(?P<many>[^\]]*)\])"""
)
_QUOTED = re.compile(r"""'([^'\\]*)'|"([^"\\]*)\"""")


def _words(expression: str, checks: Collection[str]) -> Iterator[Refusal]:
    """Tell words that a field can never be: a rule with one would hold for all proposals, or for none."""
    for compared in _COMPARED.finditer(expression):
        can_be = _can_be(compared["of"], checks)
        for quoted in _QUOTED.finditer(compared["one"] or compared["many"]) if can_be else ():
            word = quoted[1] if quoted[1] is not None else quoted[2]
            if word in can_be:
                continue
            before = expression[: compared.start()]
            message = f"`{compared['of'][:80]}` is never `{word[:60].replace('`', ' ')}`"
            fix = meant(word, can_be) or f"It is one of: {', '.join(sorted(can_be)[:20])}."
            yield Refusal(before.count("\n") + 1, compared.start() - before.rfind("\n"), message, fix)


def _can_be(named: str, checks: Collection[str]) -> Collection[str]:
    """List the words that a field is one of; empty where it may be any text. Of a finding the last part of the name tells."""
    from bot.readiness.rules.variables import fields

    first, _, rest = named.partition(".")
    if first == "proposal":
        shape = fields().get(rest) or fields().get(rest.removesuffix(".value"))
        return shape.words if shape is not None else ()
    return {"check": {*checks, *OF_FILES}, "outcome": {*Outcome}, "enforcement": {*Enforcement}}.get(rest, ())


def _field(named: str, at: str, line: Callable[[str], int]) -> Iterator[Problem]:
    from bot.readiness.rules.variables import fields

    if re.sub(r"\[\d+\]", "", named) in fields():
        return
    fix = meant(named, fields()) or "Name a field of the proposal, like `eval.threshold`."
    yield Problem(line(at), at, f"`{at}`: a proposal has no such field.", fix)
