"""What may stand at a key of a policy? The same kind of value as the built-in policy has there, within what makes sense."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from bot.readiness.fact import Grade
from bot.readiness.policy import (
    APPROVERS,
    NOBODY,
    OWN,
    AcceptedCode,
    CheckPolicy,
    Enforcement,
    Path,
    Policy,
    Setting,
    Waivers,
)
from bot.readiness.schema import NotApplicable, Proposal

EITHER = ("either", "both")  # the words of a setting that asks for one of two things, or for both
OF_WAIVERS = ("max_days", "most_at_once")  # the numbers of a policy's waivers
MOST_OF_WAIVERS = {"max_days": 366, "most_at_once": 1_000}  # house: an exception for longer is a policy
ROLE = re.compile(r"[a-z][a-z0-9-]{0,38}")
_MOST = 10**12  # of any number
_MOST_WORDS = 1_000  # in one list
_LONGEST = 200  # characters of a word
_ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}")
_CERTAIN = 0.9999  # a confidence or power beyond it asks for what no number of rows can show


class BadValue(ValueError):
    """A value cannot stand at its key; the message ends a sentence that begins with the key."""


def flat(policy: Policy) -> dict[Path, Any]:
    """List every value of a policy under the keys that lead to it; a table of numbers has a value for each of its keys."""
    found: dict[Path, Any] = {
        ("name",): policy.name,
        ("time_zone",): policy.time_zone,
        ("shadow",): policy.shadow,
        ("leads",): policy.leads,
        **{("waivers", name): getattr(policy.waivers, name).value for name in OF_WAIVERS},
        ("waivers", "approvers"): policy.waivers.approvers,
        **{("waivers", "roles", name): _frozen(names) for name, names in policy.waivers.roles.items()},
    }
    for check, entry in policy.checks.items():
        found["checks", check, "enforcement"] = entry.enforcement
        found["checks", check, "least_grade"] = entry.least_grade
        found["checks", check, "waived_by"] = entry.waived_by
        for name, setting in entry.settings.items():
            found.update(split(("checks", check, name), setting.value))
    for field, codes in policy.accepted_codes.items():
        for code, rule in codes.items():
            found["accepted_codes", field, code] = rule
    return found


def split(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Split a table into its keys; lists become tuples."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield (*path, str(key)), _frozen(entry)
    else:
        yield path, _frozen(value)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _thawed(entry) for name, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value


def rebuilt(policy: Policy, values: Mapping[Path, Any], sources: Mapping[Path, str]) -> Policy:
    """Put a policy together from its values; `sources` are those of changed settings, by check and name."""
    checks = {check: _check(check, entry, values, sources) for check, entry in policy.checks.items()}
    codes: dict[str, dict[str, AcceptedCode]] = {}
    for path, rule in values.items():
        if path[0] == "accepted_codes" and rule is not None:
            codes.setdefault(path[1], {})[path[2]] = rule
    alone = {name: values[name,] for name in ("name", "time_zone", "shadow", "leads")}
    waivers = _waivers(policy, values, sources)
    return policy.model_copy(update={**alone, "checks": checks, "accepted_codes": codes, "waivers": waivers})


def _waivers(policy: Policy, values: Mapping[Path, Any], sources: Mapping[Path, str]) -> Waivers:
    own = {
        name: Setting(
            value=values["waivers", name], source=sources.get(("waivers", name), getattr(policy.waivers, name).source)
        )
        for name in OF_WAIVERS
    }
    roles = {path[2]: names for path, names in values.items() if path[:2] == ("waivers", "roles")}
    return Waivers(**own, approvers=values["waivers", "approvers"], roles=roles)


def _check(check: str, entry: CheckPolicy, values: Mapping[Path, Any], sources: Mapping[Path, str]) -> CheckPolicy:
    settings = {}
    for name, setting in entry.settings.items():
        path = ("checks", check, name)
        value: Any = values.get(path)
        if isinstance(setting.value, Mapping):
            value = {found[3]: values[found] for found in values if found[:3] == path}
        settings[name] = Setting(value=_thawed(value), source=sources.get(path, setting.source))
    own = {name: values["checks", check, name] for name in OWN}
    return entry.model_copy(update={**own, "settings": settings})


def accepted(path: Path, given: Any, built_in: Mapping[Path, Any]) -> Any:
    """Read a value for a key that the built-in policy knows; raises BadValue."""
    match path:
        case ("checks", _, "enforcement"):
            return _one_of(Enforcement, given)
        case ("checks", _, "least_grade"):
            return _one_of(Grade, given)
        case ("checks", _, "waived_by"):
            return _role(given)
        case ("checks", _, _, *_):
            return _like(given, _example(path, built_in), path[2])
        case ("shadow",):
            return _true_or_false(given)
        case ("time_zone",):
            if not isinstance(given, str) or not _ZONE.fullmatch(given):
                raise BadValue("is the name of a time zone, like Europe/Berlin")
            return given
        case ("leads",) | ("waivers", "approvers") | ("waivers", "roles", _):
            return _leads(given)
        case ("waivers", name):
            return _whole(given, name)
        case _:
            return _word(given)


def _example(path: Path, built_in: Mapping[Path, Any]) -> Any:
    """Find a value of the kind that is wanted: the key's own, or of a table the one that stands for every other key."""
    return built_in[path] if path in built_in else built_in[(*path[:-1], "default")]


def _like(given: Any, example: Any, name: str) -> Any:
    if isinstance(example, bool):
        return _true_or_false(given)
    if isinstance(example, tuple):
        return _words(given)
    if example in EITHER:
        if given not in EITHER:
            raise BadValue(f"is one of: {', '.join(EITHER)}")
        return given
    if isinstance(example, str):
        return _word(given)
    if given is None:
        if example is None:
            return None
        raise BadValue("needs a number")
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise BadValue("needs a number, without quotes")
    if name in ("confidence", "power"):
        if not 0.5 <= given <= _CERTAIN:
            raise BadValue(f"lies between 0.5 and {_CERTAIN}")
    elif example is None:  # a bound that is not asked for
        if not -1 <= given <= 1:
            raise BadValue("is a share, between -1 and 1")
    elif isinstance(example, float) and 0 <= example <= 1:
        if not 0 <= given <= 1:
            raise BadValue("is a share, between 0 and 1")
    elif not 0 <= given <= _MOST:
        raise BadValue("is no negative number, and not that large")
    return given


def _true_or_false(given: Any) -> bool:
    if not isinstance(given, bool):
        raise BadValue("is `true` or `false`")
    return given


def _one_of(kind: type[Enforcement] | type[Grade], given: Any) -> Enforcement | Grade:
    known = [entry.value for entry in kind]
    if not isinstance(given, str) or given not in known:
        raise BadValue(f"is one of: {', '.join(known)}")
    return kind(given)


def _word(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > _LONGEST:
        raise BadValue(f"needs a text of at most {_LONGEST} characters")
    return given


def _words(given: Any) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > _MOST_WORDS:
        raise BadValue(f"needs a list of at most {_MOST_WORDS:,} words")
    return tuple(_word(entry) for entry in given)


def _role(given: Any) -> str:
    if not isinstance(given, str) or not ROLE.fullmatch(given):
        raise BadValue(f"is `{APPROVERS}`, `{NOBODY}` or the name of a role, in small letters")
    return given


def _whole(given: Any, name: str) -> int | None:
    if given is None and name == "most_at_once":
        return None
    most = MOST_OF_WAIVERS[name]
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
        raise BadValue(f"is a whole number from 0 to {most:,}")
    return given


def _leads(given: Any) -> str | tuple[str, ...] | None:
    return given if given is None else _word(given) if isinstance(given, str) else _words(given)


@cache
def excusable() -> frozenset[str]:
    """List the fields of a proposal that may be left out by a code, like "tried.few_shot"."""
    return frozenset(_excusable(Proposal, ""))


def _excusable(annotation: Any, at: str) -> Iterator[str]:
    if annotation is NotApplicable:
        yield at
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            yield from _excusable(info.annotation, f"{at}.{name}" if at else name)
    elif not isinstance(annotation, type):
        for part in get_args(annotation):
            yield from _excusable(part, at)
