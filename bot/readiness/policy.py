"""What does the policy ask? Numbers and enforcements as data, each number with its source, so that `explain` can print them.

`read` reads the whole of a built-in policy. What an organisation and a repository lay over it is read by `policy_file` and
laid by `layers`, into the same model.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.readiness.fact import Grade
from bot.readiness.finding import Item
from bot.readiness.model_facts import ModelEntry
from bot.readiness.strict_yaml import load

MAX_RULES = 100  # house: of one policy
MAX_EXPRESSION = 2_000  # characters of one expression, house
MAX_MODELS = 500  # house: entries of one policy


class Enforcement(StrEnum):
    """How much a check weighs: hard cannot be waived, soft can, advisory never blocks, off is not run."""

    HARD = "hard"
    SOFT = "soft"
    ADVISORY = "advisory"
    OFF = "off"


Path = tuple[str, ...]
"""The keys that lead to one value of a policy, like ("checks", "enough-examples", "floor", "sft")."""


class LayerKind(StrEnum):
    """Whose policy a file is, the topmost first: what a lower one may loosen is for the organisation to say."""

    BUILT_IN = "built-in"
    ORGANISATION = "organisation"
    REPOSITORY = "repository"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy file lies: whose it is, `owner/name` of its repository ("" for the bot's own or a local file), its path."""

    kind: LayerKind
    repository: str
    path: str

    @property
    def where(self) -> str:
        """The repository, where one is known, and the path."""
        return f"{self.repository} {self.path}".strip()

    @property
    def whose(self) -> str:
        """Name the layer in a sentence."""
        return f"the {self.kind}'s policy" if self.kind is not LayerKind.BUILT_IN else "the built-in policy"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which line of which file set a value; with a `tier` it holds only for proposals of that tier.

    `named` says that no layer above names the key: what held there was its table's `default`.
    """

    place: Place
    line: int
    tier: str | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """One value that a policy file sets. `source` says why, where the file does."""

    path: Path
    value: Any
    line: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a policy file, at its line. A `grave` one is of a file that could not be read in full."""

    place: Place
    line: int
    message: str
    fix: str
    grave: bool = True


class BadPolicy(ValueError):
    """A policy file cannot be read; the message names the line."""


class Section(BaseModel):
    """A part of a policy file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Setting(Section):
    """One number (or table of numbers, or list of words) with the source of its choice."""

    value: Any
    source: str


APPROVERS, NOBODY = "approvers", "nobody"  # who waives a check, beside the roles that a policy names
OWN = ("enforcement", "least_grade", "waived_by")  # a check's own keys; all else are its numbers


class CheckPolicy(Section):
    """What a policy says of one check. `settings` are the check's numbers.

    `waived_by` says who may waive what a soft one finds: `approvers`, a role of the policy, or `nobody`.
    """

    enforcement: Enforcement
    least_grade: Grade = Grade.D
    waived_by: str = APPROVERS
    settings: Mapping[str, Setting] = Field(default_factory=dict)


Words = Mapping[str, tuple[str, ...]]


class AcceptedCode(Section):
    """Under which fields of the proposal a code of "not applicable" is accepted; empty: always.

    `only` and `never` map a field to values of it, `needs` lists fields of which one must be given.
    """

    only: Words = Field(default_factory=dict)
    never: Words = Field(default_factory=dict)
    needs: tuple[str, ...] = ()


RuleId = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
_Line = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"\S")]
_Words = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1_000, pattern=r"\S")]
_Expression = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_EXPRESSION, pattern=r"\S")]


class Rule(Section):
    """A rule of an organisation's own (docs/policy-rules.md): `require` must hold wherever `when` does.

    `title` says what holds when it passes, `message` what is wrong when it does not, `fix` what to do. `at` is the field of
    the proposal at which it is told; without it that is the file's first line.
    """

    item: Item
    enforcement: Enforcement
    title: _Line
    message: _Words
    fix: _Words
    at: _Line | None = None
    when: _Expression | None = None
    require: _Expression


Names = str | tuple[str, ...] | None
"""Logins and teams (`organisation/team`): one, several, or none named."""


class Waivers(Section):
    """How a soft finding is let pass for a while (docs/waivers.md): for how long, how many in a repository, by whom.

    A policy that says nothing of it lets nothing be waived: `max_days` is 0. `most_at_once` None sets no limit.
    """

    max_days: Setting = Setting(value=0, source="the policy says nothing of waivers")
    most_at_once: Setting = Setting(value=None, source="the policy says nothing of waivers")
    approvers: Annotated[Names, Field()] = None
    roles: Mapping[str, Names] = Field(default_factory=dict)


class Condition(Section):
    """What a proposal must say at a field, to be of a tier: a number of `at_least`, or a word `among` these."""

    field: str
    at_least: Decimal | None = None
    among: tuple[str, ...] = ()


class Tier(Section):
    """Proposals of one risk: `when` all of its conditions hold, its opinions are laid over the policy.

    They only tighten, unless the tier `loosens`.
    """

    name: str
    why: str = ""
    when: tuple[Condition, ...]
    opinions: tuple[Opinion, ...]
    loosens: bool = False
    place: Place
    line: int


class Policy(Section):
    """A whole policy, layers already merged. `origins` names the line that set a value, where it was no built-in default.

    `complaints` are of the files that it was made of, which lie at `places`.
    """

    version: Literal[1]
    name: str
    time_zone: str = "UTC"
    shadow: bool = False
    checks: Mapping[str, CheckPolicy]
    accepted_codes: Mapping[str, Mapping[str, AcceptedCode]] = Field(default_factory=dict)
    rules: Annotated[Mapping[RuleId, Rule], Field(default_factory=dict, max_length=MAX_RULES)]
    models: Annotated[
        tuple[ModelEntry, ...], Field(max_length=MAX_MODELS)
    ] = ()  # the organisation's word on models: it wins
    leads: Annotated[Names, Field()] = None
    waivers: Waivers = Waivers()
    tiers: tuple[Tier, ...] = ()
    origins: Mapping[Path, Origin] = Field(default_factory=dict, exclude=True)
    complaints: tuple[Complaint, ...] = Field(default=(), exclude=True)
    places: tuple[Place, ...] = Field(default=(), exclude=True)

    def enforcement(self, check: str, *, registered: bool = False) -> Enforcement:
        """Say how much a check weighs; a check that the policy does not name is advisory.

        `registered`: once there is a tuned run, an advisory check may weigh more, where its `stays_advisory` is false.
        """
        entry = self.checks.get(check)
        found = entry.enforcement if entry else Enforcement.ADVISORY
        stays = entry.settings.get("stays_advisory") if entry else None
        harder = registered and found is Enforcement.ADVISORY and stays is not None and stays.value is False
        return Enforcement.SOFT if harder else found

    def least_grade(self, check: str) -> Grade:
        """Say which grade of evidence a check asks for."""
        entry = self.checks.get(check)
        return entry.least_grade if entry else Grade.D

    def setting(self, check: str, name: str) -> Any:
        """Read one setting of a check; raises KeyError when the policy lacks it (a house test compares both)."""
        return self.checks[check].settings[name].value

    def number(self, check: str, name: str, key: str | None = None) -> Decimal:
        """Read one number of a check, from a table by `key`."""
        value = self.setting(check, name)
        return Decimal(str(value[key] if key is not None else value))

    def waived_by(self, check: str) -> str:
        """Say which role waives what a check or a rule found: `approvers`, `nobody`, or a name of the policy's roles."""
        entry = self.checks.get(check)
        return entry.waived_by if entry else APPROVERS

    def approvers(self, role: str = APPROVERS) -> tuple[str, ...] | None:
        """List who approves waivers in a role; empty: whoever administers the repository. None: nobody was named."""
        if role == APPROVERS:
            return _names(self.waivers.approvers) or self.lead_names
        return _names(self.waivers.roles.get(role)) or None

    def asked_by(self, check: str) -> str | None:
        """Say whose policy made a check what it is, or wrote a rule, with the lines; None where it is as built in."""
        lines: dict[tuple[Place, str | None], set[int]] = {}
        for path, origin in self.origins.items():
            if path[:2] in (("checks", check), ("rules", check)) and origin.place.kind is not LayerKind.BUILT_IN:
                lines.setdefault((origin.place, origin.tier), set()).add(origin.line)
        said = [_asked(place, tier, sorted(found)) for (place, tier), found in lines.items()]
        return " and ".join(said) or None

    @property
    def lead_names(self) -> tuple[str, ...]:
        """The leads as a list of logins and teams; empty where the policy names none."""
        return _names(self.leads)

    @property
    def sha256(self) -> str:
        """Digest of the merged policy, in canonical JSON; what is wrong with its files is part of what it says."""
        plain = self.model_dump(mode="json")
        if self.complaints:
            plain["complaints"] = [[each.place.where, each.message] for each in self.complaints]
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _names(said: Names) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said or ()


def _asked(place: Place, tier: str | None, lines: list[int]) -> str:
    shown = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines))}"
    for_tier = f" for the tier `{tier}`" if tier else ""
    return f"{place.whose}{for_tier} ({place.where} {shown})"


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Split each check's own keys from its numbers: the file is flat, the model is not. The model refuses all else."""
    checks = data.get("checks")
    if not isinstance(checks, Mapping):
        return dict(data)
    return {**data, "checks": {name: _split(entry) for name, entry in checks.items()}}


def _split(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    own = {key: value for key, value in entry.items() if key in OWN}
    return {**own, "settings": {key: value for key, value in entry.items() if key not in own}}


def merge(layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Lay plain policy data over one another, the last one on top; unset means no opinion."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
                result[key] = merge([result[key], value])
            else:
                result[key] = value
    return result


def read(layers: Iterable[bytes], *, ours: bool = False) -> Policy:
    """Read policy files, lowest layer first; raises BadPolicy with the line of the first problem.

    `ours`: they are shipped with the bot (`strict_yaml.load`).
    """
    layers_read = []
    lines: dict[str, int] = {}
    for raw in layers:
        document = load(raw, ours=ours)
        for problem in document.problems:
            raise BadPolicy(f"line {problem.line}: {problem.message}")
        if not isinstance(document.data, dict):
            raise BadPolicy("line 1: a policy is a mapping of fields")
        layers_read.append(document.data)
        lines.update(document.lines)
    try:
        policy = Policy.model_validate(plain(merge(layers_read)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"] if part != "settings")
        raise BadPolicy(f"line {lines.get(at, 1)}: {at}: {first['msg']}") from error
    if policy.rules:
        from bot.readiness.rules.loading import problems  # which look at a policy themselves

        for problem in problems(policy.rules, policy.checks, lambda at: lines.get(at, 1)):
            raise BadPolicy(f"line {problem.line}: {problem.message} {problem.fix}")
    return policy
