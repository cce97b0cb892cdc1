"""Where does each value of a policy come from? Its layer, its line and its reason, for people and as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.readiness.layers import shown
from bot.readiness.policy import OWN, LayerKind, Path, Policy
from bot.readiness.policy_file import key
from bot.readiness.policy_values import OF_WAIVERS, flat
from bot.report.markdown import visible
from bot.report.model_facts import entry_line

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """One value: its key, what holds, where it was set, why, and what is built in where that is something else."""

    key: str
    value: Any
    layer: LayerKind
    where: str  # the file, with its line; "" for what is built in by default
    source: str
    built_in: Any = None
    changed: bool = False


def explained(policy: Policy, default: Policy, check: str | None = None) -> list[Explained]:
    """Explain every value of a policy, or those of one check."""
    built_in = flat(default)
    return [
        _explained(policy, default, path, value, built_in)
        for path, value in flat(policy).items()
        if check is None or path[:2] == ("checks", check)
    ]


def _explained(policy: Policy, default: Policy, path: Path, value: Any, built_in: dict[Path, Any]) -> Explained:
    origin = policy.origins.get(path)
    source = ""
    if path[0] == "waivers" and path[1] in OF_WAIVERS:
        source = getattr(policy.waivers, path[1]).source
    if path[0] == "checks" and path[2] not in OWN:
        source = policy.checks[path[1]].settings[path[2]].source
        if origin is None and path[:3] not in policy.origins:  # another value of the same table may have been changed
            source = default.checks[path[1]].settings[path[2]].source
    return Explained(
        key=key(path),
        value=value,
        layer=origin.place.kind if origin else LayerKind.BUILT_IN,
        where=f"{origin.place.where}:{origin.line}" if origin else "",
        source=source,
        built_in=built_in.get(path),
        changed=origin is not None,
    )


def as_json(policy: Policy, default: Policy, check: str | None = None) -> Json:
    """Put an explained policy into JSON."""
    return {
        "name": policy.name,
        "sha256": policy.sha256,
        "shadow": policy.shadow,
        "files": [place.where for place in policy.places],
        "values": [
            {
                "key": each.key,
                "value": _plain(each.value),
                "layer": each.layer.value,
                "where": each.where or None,
                "source": each.source or None,
                "built_in": _plain(each.built_in) if each.changed else None,
            }
            for each in explained(policy, default, check)
        ],
        "rules": [
            {
                "name": name,
                "where": _set_at(policy, ("rules", name)),
                **rule.model_dump(mode="json"),
            }
            for name, rule in policy.rules.items()
            if check in (None, name)
        ],
        "models": [
            {"where": _set_at(policy, ("models", str(number))), **entry.model_dump(mode="json")}
            for number, entry in enumerate(policy.models if check is None else ())
        ],
        "tiers": [
            {
                "name": tier.name,
                "why": tier.why or None,
                "where": f"{tier.place.where}:{tier.line}",
                "loosens": tier.loosens,
                "when": [_condition(each) for each in tier.when],
                "changes": [{"key": key(each.path), "value": _plain(each.value)} for each in tier.opinions],
            }
            for tier in policy.tiers
        ],
        "complaints": [
            {"where": f"{each.place.where}:{each.line}", "message": each.message, "fix": each.fix, "grave": each.grave}
            for each in policy.complaints
        ],
    }


def _set_at(policy: Policy, path: Path) -> str | None:
    origin = policy.origins.get(path)
    return f"{origin.place.where}:{origin.line}" if origin else None


def as_text(policy: Policy, default: Policy, check: str | None = None) -> str:
    """Put an explained policy into lines for a terminal."""
    lines = (line[: len(line) - len(line.lstrip())] + visible(line, 2_000) for line in _lines(policy, default, check))
    return "\n".join(lines) + "\n"


def _lines(policy: Policy, default: Policy, check: str | None) -> Iterator[str]:
    files = " and ".join(place.where for place in policy.places) or "no file beside the built-in policy"
    yield f"Policy {policy.name} (digest {policy.sha256[:12]}): {files}"
    if policy.shadow:
        yield "It is in shadow mode: nothing is blocked."
    for complaint in policy.complaints:
        yield f"! {complaint.place.where}:{complaint.line}: {complaint.message} {complaint.fix}"
    section = None
    for each in explained(policy, default, check):
        parts = each.key.split(".")
        here = (
            ".".join(parts[:2])
            if parts[0] == "checks"
            else parts[0]
            if parts[0] in ("accepted_codes", "waivers")
            else ""
        )
        if here != section:
            section = here
            yield ""
            if here:
                yield here
        name = each.key.removeprefix(f"{here}.") if here else each.key
        yield _line(name, each)
    for name, rule in policy.rules.items() if check is None else ():
        origin = policy.origins.get(("rules", name))
        yield ""
        yield f"rules.{name}" + (f" <- {origin.place.kind} {origin.place.where}:{origin.line}" if origin else "")
        yield f"  {rule.title} ({rule.enforcement}, {rule.item})"
        yield f"  when: {rule.when or 'always'}"
        yield f"  require: {rule.require}"
    if policy.models and check is None:
        yield ""
        yield "models"
    for number, entry in enumerate(policy.models if check is None else ()):
        where = _set_at(policy, ("models", str(number)))
        yield f"  {entry_line(entry)} ({entry.source})" + (f" <- organisation {where}" if where else "")
    if policy.tiers and check is None:
        yield ""
        yield "tiers"
    for tier in policy.tiers if check is None else ():
        when = " and ".join(_condition(each) for each in tier.when)
        yield f"  {tier.name}, when {when} ({tier.place.where}:{tier.line}){' loosens' if tier.loosens else ''}"
        for opinion in tier.opinions:
            yield f"    {key(opinion.path)}: {shown(opinion.value)}"


def _line(name: str, each: Explained) -> str:
    said = f"  {name}: {shown(each.value)}"
    why = f" ({each.source})" if each.source else ""
    if not each.changed:
        return said + why
    return f"{said} <- {each.layer.value} {each.where}{why}, built in: {shown(each.built_in)}"


def _condition(asked: Any) -> str:
    if asked.at_least is not None:
        return f"{asked.field} is at least {asked.at_least:,}"
    return f"{asked.field} is {' or '.join(asked.among)}"


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return list(value) if isinstance(value, tuple) else value
