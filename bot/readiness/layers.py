"""Which policy holds here? Layers over one another, each of which may only tighten, and the tiers of one proposal.

Built-in policy, then the organisation's, then the repository's. The organisation owns its policy: it may change a built-in
value either way, and names the keys that repositories may loosen. A repository that tries to loosen another is told so, and
the stricter value holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.readiness.policy import Complaint, LayerKind, Opinion, Origin, Path, Policy, Tier
from bot.readiness.policy_file import PolicyFile, PolicyText, key, read_file
from bot.readiness.policy_values import flat, rebuilt
from bot.readiness.proposal import Proposal
from bot.readiness.strictness import tightened
from bot.readiness.tier_conditions import reasons

MAX_COMPLAINTS = 50  # house: of one policy's files

BuiltIn = Callable[[str], Policy]
"""Loads a built-in policy by its name: starter, default or strict."""


@dataclass(frozen=True, slots=True)
class InTier:
    """A tier that a proposal is of, and why: a reason for each of its conditions."""

    name: str
    reasons: tuple[str, ...]
    why: str = ""


def in_force(texts: Iterable[PolicyText], built_in: BuiltIn, base: str = "default") -> Policy:
    """Read policy files and lay them over the built-in policy that the first one extends; never raises for a file's sake."""
    default = built_in("default")
    files = [read_file(text, default) for text in texts]
    chosen = next((file.extends for file in files if file.extends), base)
    return laid(built_in(chosen), files)


def laid(base: Policy, files: Sequence[PolicyFile]) -> Policy:
    """Lay files over a policy, the topmost first. Unset means no opinion."""
    values, origins, sources = flat(base), dict(base.origins), dict[Path, str]()
    rules = dict(base.rules)
    tiers, complaints = {tier.name: tier for tier in base.tiers}, list(base.complaints)
    loose: tuple[str, ...] = ()
    models = base.models
    for file in files:
        owns = file.place.kind is not LayerKind.REPOSITORY
        complaints += file.complaints
        if file.place.kind is LayerKind.ORGANISATION and ("name",) not in {each.path for each in file.opinions}:
            values["name",] = file.place.repository.partition("/")[0] or values["name",]
        for opinion in file.opinions:
            above, free = _above(opinion.path, values), owns or _may_loosen(opinion.path, loose)
            value = opinion.value if free else tightened(opinion.path, above, opinion.value)
            if not free and value != opinion.value:
                complaints.append(_loosened(file, opinion, above, value))
            if value != above:
                named = opinion.path not in values and not owns
                values[opinion.path] = value
                origins[opinion.path] = Origin(file.place, opinion.line, named=named)
                if opinion.path[0] in ("checks", "waivers"):
                    sources[opinion.path[:3]] = opinion.source or file.place.whose
        for opinion in file.rules:
            name = opinion.path[1]
            if name in rules and not owns:
                message = f"There is a rule `{name}` already, and it holds."
                complaints.append(
                    Complaint(file.place, opinion.line, message, "Give this one another name.", grave=False)
                )
            else:
                rules[name], origins[opinion.path] = opinion.value, Origin(file.place, opinion.line)
        models += tuple(opinion.value for opinion in file.models)
        origins |= {opinion.path: Origin(file.place, opinion.line) for opinion in file.models}
        for tier in file.tiers:
            complaints += _of_tier(tier, file, values, owns=owns, known=tier.name in tiers)
            if owns or tier.name not in tiers:
                tiers[tier.name] = tier if owns else tier.model_copy(update={"loosens": False})
        loose += file.may_loosen
    made = rebuilt(base, values, sources)
    return made.model_copy(
        update={
            "rules": rules,
            "models": models,
            "tiers": tuple(tiers.values()),
            "origins": origins,
            "complaints": _bounded(complaints),
            "places": tuple(file.place for file in files if file.place.kind is not LayerKind.BUILT_IN),
        }
    )


def _bounded(complaints: list[Complaint]) -> tuple[Complaint, ...]:
    """Keep the first of too many complaints, which each review stores; the last says how many more, and how grave."""
    if len(complaints) <= MAX_COMPLAINTS:
        return tuple(complaints)
    kept, left = complaints[: MAX_COMPLAINTS - 1], complaints[MAX_COMPLAINTS - 1 :]
    more = Complaint(
        left[0].place,
        left[0].line,
        f"And {len(left):,} more from here on.",
        "Correct the first ones, and look again.",
        any(each.grave for each in left),
    )
    return (*kept, more)


def under(policy: Policy, proposal: Proposal) -> tuple[Policy, tuple[InTier, ...]]:
    """Find the policy for one proposal: the tiers that it is of, laid over the policy. Those that loosen come first.

    What the repository has tightened no tier loosens, and of two tiers the stricter holds.
    """
    found = [(tier, why) for tier in policy.tiers if (why := reasons(tier, proposal)) is not None]
    if not found:
        return policy, ()
    values, origins, sources = flat(policy), dict(policy.origins), dict[Path, str]()
    for tier, _ in sorted(found, key=lambda each: not each[0].loosens):
        for opinion in tier.opinions:
            for path in (opinion.path, *_named_below(opinion.path, origins)):
                above, origin = _above(path, values), origins.get(path)
                free = tier.loosens and (origin is None or origin.place.kind is not LayerKind.REPOSITORY)
                value = opinion.value if free else tightened(path, above, opinion.value)
                if value != above:
                    values[path] = value
                    origins[path] = Origin(tier.place, opinion.line, tier.name)
                    sources[path[:3]] = opinion.source or f"{tier.place.whose}, tier {tier.name}"
    made = rebuilt(policy, values, sources).model_copy(update={"origins": origins})
    return made, tuple(InTier(tier.name, why, tier.why) for tier, why in found)


def _above(path: Path, values: Mapping[Path, Any]) -> Any:
    """Find what holds at a key so far: of a table that names it not, what stands for every other key."""
    return values[path] if path in values else values.get((*path[:-1], "default"))


def _named_below(path: Path, origins: Mapping[Path, Origin]) -> list[Path]:
    """List the keys of a table that only a repository names: they must not escape what is asked of all the others."""
    if path[-1] != "default":
        return []
    return [at for at, origin in origins.items() if origin.named and at[:-1] == path[:-1]]


def _may_loosen(path: Path, loose: Iterable[str]) -> bool:
    here = key(path)
    return any(here == prefix or here.startswith(f"{prefix}.") for prefix in loose)


def _of_tier(
    tier: Tier, file: PolicyFile, values: Mapping[Path, Any], *, owns: bool, known: bool
) -> Iterable[Complaint]:
    """Tell what a tier tries and may not."""
    if known and not owns:
        message = f"There is a tier `{tier.name}` already, and it holds."
        yield Complaint(file.place, tier.line, message, "Give this one another name.", grave=False)
    elif tier.loosens and not owns:
        message = f"The tier `{tier.name}` cannot loosen here: only one of the organisation's policy can."
        yield Complaint(file.place, tier.line, message, "Remove `loosens`.", grave=False)
    if tier.loosens:
        return
    for opinion in tier.opinions:
        above = _above(opinion.path, values)
        value = tightened(opinion.path, above, opinion.value)
        if value != opinion.value:
            fix = (
                f"Remove it, or let the tier say `loosens: true`.{'' if owns else ' The organisation decides on that.'}"
            )
            message = f"The tier `{tier.name}` asks for less than the policy: {_both(opinion, value)}."
            yield Complaint(file.place, opinion.line, message, fix, grave=False)


def _loosened(file: PolicyFile, opinion: Opinion, above: Any, value: Any) -> Complaint:
    return Complaint(
        file.place,
        opinion.line,
        f"{file.place.whose.capitalize()} asks for less than the one above it: {_both(opinion, value)}.",
        f"Remove it, or ask for `may_loosen: [{key(opinion.path)}]` in the organisation's policy.",
        grave=False,
    )


def _both(opinion: Opinion, value: Any) -> str:
    return f"`{key(opinion.path)}` {shown(opinion.value)}, while {shown(value)} holds"


def shown(value: Any) -> str:
    """Put a value of a policy into words, in one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        words = ", ".join(map(str, value[:5]))
        return f"[{words}{f', and {len(value) - 5} more' if len(value) > 5 else ''}]"
    if isinstance(value, int | float):
        return f"{value:,}"
    if hasattr(value, "model_dump"):
        rule = {name: entry for name, entry in value.model_dump(mode="json").items() if entry}
        return f"{rule}" if rule else "always"
    return str(value)
