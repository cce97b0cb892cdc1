"""What does a policy file say? Its opinions, each with its line; what cannot be read is told and left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from bot.readiness.policy import (
    APPROVERS,
    NOBODY,
    OWN,
    AcceptedCode,
    Complaint,
    LayerKind,
    Opinion,
    Path,
    Place,
    Policy,
    Tier,
)
from bot.readiness.policy_models import models
from bot.readiness.policy_rules import rules
from bot.readiness.policy_values import OF_WAIVERS, ROLE, BadValue, accepted, excusable, flat, split
from bot.readiness.strict_yaml import Document, child, load
from bot.readiness.tier_conditions import conditions, kind_of
from bot.readiness.wording import meant

OWNERS = ".github"  # the repository in which an organisation, or a person, keeps what holds for all others
OF_OWNER = "tunegate/policy.yaml"  # the file there
OF_REPOSITORY = ".tunegate.yaml"  # the file in a repository of one's own
MAX_BYTES = 64 * 1024  # house: of one policy file
MAX_TIERS = 20  # house
BUILT_IN = ("starter", "default", "strict")
OUT_OF_SIGHT = "The repository of this policy is out of sight; what was last read of it holds."

_DOCS = "See docs/policy.md."
_OWN = ("extends", "may_loosen", "models")  # which only the organisation's policy says
_KNOWN = (
    "version", "name", "extends", "time_zone", "shadow", "leads", "checks", "accepted_codes", "rules", "models", "tiers",
    "waivers", "may_loosen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy file as read. `content` None: it is there and cannot be read, for the reason of `trouble`.

    With both, `trouble` says why the content may be a former one; it holds all the same.
    """

    place: Place
    content: bytes | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What a policy file says, as far as it reads. `may_loosen` are keys, as a file writes them."""

    place: Place
    extends: str | None = None
    opinions: tuple[Opinion, ...] = ()
    rules: tuple[Opinion, ...] = ()
    models: tuple[Opinion, ...] = ()
    tiers: tuple[Tier, ...] = ()
    may_loosen: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def read_file(text: PolicyText, default: Policy) -> PolicyFile:
    """Read a policy file; never raises. `default` knows every check and setting that there is."""
    if text.content is None:
        fix = f"Correct the file on the default branch. {_DOCS}"
        return PolicyFile(text.place, complaints=(Complaint(text.place, 1, text.trouble, fix),))
    document = load(text.content, max_bytes=MAX_BYTES)
    file = _Reader(text.place, document, default).read()
    if not text.trouble:
        return file
    fix = "Correct the file on the default branch."
    if text.trouble == OUT_OF_SIGHT:
        fix = (
            "Let the App see the repository again; where it was given up for good, give the organisation a new policy."
        )
    return replace(file, complaints=(Complaint(text.place, 1, text.trouble, fix, grave=False), *file.complaints))


def wrong_with(text: PolicyText, default: Policy) -> Complaint | None:
    """Find the first thing that keeps a policy file from being read in full; None where nothing does."""
    return next((each for each in read_file(text, default).complaints if each.grave), None)


def key(path: Path) -> str:
    """Write a path as a file's key, like `checks.enough-examples.floor`."""
    return ".".join(path)


class _Reader:
    """Reads one document, and gathers what is wrong with it."""

    def __init__(self, place: Place, document: Document, default: Policy) -> None:
        self._place = place
        self._document = document
        self._built_in = flat(default)
        self._default = default
        self._complaints: list[Complaint] = []
        for problem in document.problems:
            # the strict reader was written for proposals: what it says of their size and form helps nobody here
            fix = _DOCS if "proposal" in problem.fix.lower() else problem.fix
            self._complaints.append(Complaint(place, problem.line, problem.message, fix))

    def read(self) -> PolicyFile:
        data = self._document.data
        if data is None and not self._complaints:
            data = {}  # an empty file has no opinion
        if data is not None and not isinstance(data, Mapping):
            self._complain("", "A policy is a mapping of fields.", "Begin it with `version: 1`.")
        if not isinstance(data, Mapping):
            return PolicyFile(self._place, complaints=tuple(self._complaints))
        self._known(data, _KNOWN, "")
        if data and data.get("version") != 1:
            self._complain("version", "A policy says `version: 1`.", "Add the line `version: 1`.")
        owns = self._place.kind is not LayerKind.REPOSITORY
        for name in _OWN:
            if name in data and not owns:
                message = f"`{name}` is for the organisation's policy to say, and is passed over here."
                self._complain(name, message, "Remove it, or ask for it in the organisation's policy.", grave=False)
        opinions = (
            *self._alone(data, owns=owns),
            *self._checks(data, "checks"),
            *self._codes(data),
            *self._waivers(data),
        )
        return PolicyFile(
            place=self._place,
            extends=self._extends(data.get("extends")) if owns else None,
            opinions=opinions,
            rules=tuple(rules(data.get("rules"), self._default.checks, self._line, self._complain_at)),
            models=tuple(models(data.get("models"), self._line, self._complain)) if owns else (),
            tiers=tuple(self._tiers(data.get("tiers"))),
            may_loosen=tuple(self._may_loosen(data.get("may_loosen"))) if owns else (),
            complaints=tuple(self._complaints),
        )

    def _alone(self, data: Mapping[str, Any], *, owns: bool) -> Iterator[Opinion]:
        for name in ("name", "time_zone", "shadow", "leads"):
            if name == "name" and not owns:
                continue  # it names the file, and the organisation's names the policy
            if name in data:
                yield from self._opinion((name,), data[name], name)

    def _checks(self, data: Mapping[str, Any], at: str) -> Iterator[Opinion]:
        known = self._default.checks
        for check, entry in self._mapping(data.get("checks"), at):
            here = child(at, check)
            if check not in known:
                self._unknown(here, f"There is no check `{_shown(check)}`.", check, known)
                continue
            names = (*OWN, *known[check].settings)
            for name, value in self._mapping(entry, here):
                if name not in names:
                    self._unknown(child(here, name), f"`{check}` has no setting `{_shown(name)}`.", name, names)
                elif name in OWN:
                    yield from self._opinion(("checks", check, name), value, child(here, name))
                else:
                    yield from self._setting(("checks", check, name), value, child(here, name))

    def _setting(self, path: Path, given: Any, at: str) -> Iterator[Opinion]:
        if not isinstance(given, Mapping) or "value" not in given or set(given) - {"value", "source"}:
            message = f"`{key(path)}` is not written as a setting is."
            self._complain(at, message, f"Write `{path[-1]}: {{value: ..., source: why it is so}}`.")
            return
        source = given.get("source")
        if source is not None and not isinstance(source, str):
            self._complain(child(at, "source"), "A source is a text.", "Say in a few words where the value comes from.")
            source = None
        table = path[0] == "checks" and isinstance(self._default.checks[path[1]].settings[path[2]].value, Mapping)
        value, where = given["value"], child(at, "value")
        if table != isinstance(value, Mapping):
            wanted = "a table, like {name: value}" if table else "one value and no table"
            self._complain(where, f"`{key(path)}` needs {wanted}.", _DOCS)
            return
        for part, entry in split(path, value):
            here = child(where, part[3]) if table else where
            if part not in self._built_in and (*path, "default") not in self._built_in:
                names = [found[3] for found in self._built_in if found[:3] == path]
                self._unknown(here, f"`{key(path)}` has no `{_shown(part[3])}`.", part[3], names)
            else:
                yield from self._opinion(part, entry, here, source)

    def _codes(self, data: Mapping[str, Any]) -> Iterator[Opinion]:
        known = excusable()
        for field, codes in self._mapping(data.get("accepted_codes"), "accepted_codes"):
            here = child("accepted_codes", field)
            if field not in known:
                self._unknown(here, f"`{_shown(field)}` cannot be left out by a code.", field, known)
                continue
            for code, rule in self._mapping(codes, here):
                at = child(here, code)
                try:
                    # false: the code is accepted nowhere
                    value = None if rule is False else AcceptedCode.model_validate(rule or {})
                except ValidationError as error:
                    detail = error.errors(include_url=False)[0]
                    part = ".".join(map(str, detail["loc"]))
                    fix = "Write `{only: {field: [values]}, never: {field: [values]}, needs: [fields]}`, or `false`."
                    self._complain(at, f"`{_shown(code)}` cannot be read at `{_shown(part)}`.", fix)
                    continue
                if value is not None and (strange := _strange(value)):
                    # a condition on nothing never holds, or always: either may be less than its author meant
                    self._complain(at, f"`{_shown(code)}` asks for what no proposal says: {strange}.", _DOCS)
                    continue
                yield Opinion(("accepted_codes", field, code), value, self._line(at))

    def _waivers(self, data: Mapping[str, Any]) -> Iterator[Opinion]:
        names = (*OF_WAIVERS, "approvers", "roles")
        for name, value in self._mapping(data.get("waivers"), "waivers"):
            here = child("waivers", name)
            if name not in names:
                self._unknown(here, f"The field `{_shown(name)}` is not known here.", name, names)
            elif name in OF_WAIVERS:
                yield from self._setting(("waivers", name), value, here)
            elif name == "approvers":
                yield from self._opinion(("waivers", name), value, here)
            else:
                for role, given in self._mapping(value, here):
                    if ROLE.fullmatch(role) and role not in (APPROVERS, NOBODY):
                        yield from self._opinion(("waivers", "roles", role), given, child(here, role))
                    else:
                        fix = f"Small letters, digits and hyphens; not `{APPROVERS}` or `{NOBODY}`."
                        self._complain(child(here, role), f"`{_shown(role)}` cannot be the name of a role.", fix)

    def _tiers(self, given: Any) -> Iterator[Tier]:
        if given is None:
            return
        if not isinstance(given, list) or len(given) > MAX_TIERS:
            self._complain("tiers", f"`tiers` is a list of at most {MAX_TIERS} tiers.", _DOCS)
            return
        names: set[str] = set()
        for number, entry in enumerate(given):
            tier = self._tier(entry, child("tiers", number))
            if tier is not None and tier.name in names:
                self._complain(child("tiers", number), f"The tier `{_shown(tier.name)}` stands twice.", "Keep one.")
            elif tier is not None:
                names.add(tier.name)
                yield tier

    def _tier(self, entry: Any, at: str) -> Tier | None:
        before = len(self._complaints)
        found = dict(self._mapping(entry, at))
        self._known(found, ("name", "why", "when", "checks", "loosens"), at)
        name, why, loosens = found.get("name"), found.get("why", ""), found.get("loosens", False)
        if not isinstance(name, str) or not name.strip() or len(name) > 100:
            self._complain(child(at, "name"), "A tier has a name.", "Add `name: high-volume`.")
        if not isinstance(why, str):
            self._complain(child(at, "why"), "`why` is a text.", "Say it in a few words.")
        if not isinstance(loosens, bool):
            self._complain(child(at, "loosens"), "`loosens` is `true` or `false`.", "Correct this value.")
        when = conditions(found.get("when"), child(at, "when"), self._complain)
        opinions = tuple(self._checks(found, child(at, "checks")))
        if not opinions and len(self._complaints) == before:
            self._complain(at, "This tier changes nothing.", "Add `checks`, or remove it.")
        if len(self._complaints) > before and not (when and opinions and isinstance(name, str)):
            return None  # whom it is for, or what it asks, cannot be told
        return Tier(
            name=str(name),
            why=why if isinstance(why, str) else "",
            when=when,
            opinions=opinions,
            loosens=loosens is True,
            place=self._place,
            line=self._line(at),
        )

    def _extends(self, given: Any) -> str | None:
        if given is None:
            return None
        if isinstance(given, str) and given in BUILT_IN:
            return given
        self._complain("extends", f"`extends` is one of: {', '.join(BUILT_IN)}.", "Correct this value.")
        return None

    def _may_loosen(self, given: Any) -> Iterator[str]:
        if given is None:
            return
        known = {key(path[:n]) for path in self._built_in for n in range(1, len(path) + 1)} - {"checks", "name"}
        for number, entry in enumerate(given if isinstance(given, list) else [given]):
            if isinstance(entry, str) and entry in known:
                yield entry
            else:
                at = child("may_loosen", number) if isinstance(given, list) else "may_loosen"
                self._unknown(at, f"`{_shown(str(entry))}` is no key of a policy.", str(entry), known)

    def _opinion(self, path: Path, given: Any, at: str, source: str | None = None) -> Iterator[Opinion]:
        try:
            yield Opinion(path, accepted(path, given, self._built_in), self._line(at), source)
        except BadValue as bad:
            self._complain(at, f"`{key(path)}` {bad}.", "Correct this value.")

    def _mapping(self, given: Any, at: str) -> Iterator[tuple[str, Any]]:
        if isinstance(given, Mapping):
            yield from given.items()
        elif given is not None:
            self._complain(at, "Named fields are needed here.", "Write one field a line, indented.")

    def _known(self, given: Mapping[str, Any], names: tuple[str, ...], at: str) -> None:
        for name in given:
            if name not in names:
                self._unknown(child(at, name), f"The field `{_shown(name)}` is not known here.", name, names)

    def _unknown(self, at: str, message: str, given: str, known: Any) -> None:
        self._complain(at, message, meant(given, known) or _DOCS)

    def _complain(self, at: str, message: str, fix: str, *, grave: bool = True) -> None:
        self._complaints.append(Complaint(self._place, self._line(at), message, fix, grave))

    def _complain_at(self, line: int, message: str, fix: str) -> None:
        self._complaints.append(Complaint(self._place, line, message, fix))

    def _line(self, at: str) -> int:
        while at:
            if at in self._document.lines:
                return self._document.lines[at]
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        return 1


def _shown(text: str) -> str:
    return text.replace("`", " ")[:60]


def _strange(rule: AcceptedCode) -> str:
    """Name the first field that no proposal has, or value that it never takes; "" where there is none."""
    for asked in (rule.only, rule.never):
        for field, words in asked.items():
            kind = kind_of(field)
            if kind is None:
                return f"a field `{_shown(field)}`"
            if kind.words and (never := [word for word in words if word not in kind.words]):
                return f"`{_shown(field)}` is never `{_shown(never[0])}`"
    return next((f"a field `{_shown(field)}`" for field in rule.needs if kind_of(field) is None), "")
