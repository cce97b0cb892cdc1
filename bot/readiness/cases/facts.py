"""Which facts does a case state? Plain data, by kind and field, turned into what the bot would have seen."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.readiness.cases.of_data import data_profile
from bot.readiness.cases.of_evals import composition, eval_report
from bot.readiness.evidence import (
    Evidence,
    GraderTests,
    History,
    HumanChecks,
    Latency,
    MonthlyValue,
    StatedBar,
    Usage,
    Version,
)
from bot.readiness.experiment import Experiment
from bot.readiness.fact import Fact, Grade, Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.manifest import Manifest, ManifestFile
from bot.readiness.model_facts import Layer, ModelEntry, ModelFacts, Told, merged
from bot.readiness.model_place import place
from bot.readiness.ownership import Consent, Person, Plan, Schedule, Team
from bot.readiness.platform import Offer, Platform
from bot.readiness.refusal import Refusal
from bot.readiness.serving_config import Server, ServingConfig
from bot.readiness.training_config import Stated, TrainingConfig
from bot.readiness.unproposed import Training


def source(grade: str = "B") -> Source:
    """Name where a fact of a case was read: a pinned file with its rows, unless it says otherwise."""
    return Source("evals/results.json", Grade(grade), "0" * 64, "f" * 40)


def evidence(facts: dict[str, Any]) -> Evidence:
    """Build the facts of a review from plain data."""
    return Evidence(
        evals={at: _fact(entry, eval_report) for at, entry in (facts.get("evals") or {}).items()},
        data={at: _fact(entry, data_profile) for at, entry in (facts.get("data") or {}).items()},
        people={
            login: _fact(entry, lambda e, who=login: person(who, e))
            for login, entry in (facts.get("people") or {}).items()
        },
        texts={at: _fact(entry, text) for at, entry in (facts.get("texts") or {}).items()},
        rows={at: _fact(entry, lambda e: tuple(map(str, e["ids"]))) for at, entry in (facts.get("rows") or {}).items()},
        human_checks={at: _fact(entry, human_checks) for at, entry in (facts.get("human_checks") or {}).items()},
        grader_tests={at: _fact(entry, grader_tests) for at, entry in (facts.get("grader_tests") or {}).items()},
        latencies={
            at: _fact(entry, lambda e: Latency(e.get("baseline"), e.get("tuned")))
            for at, entry in (facts.get("latencies") or {}).items()
        },
        configs={at: _fact(entry, training_config) for at, entry in (facts.get("configs") or {}).items()},
        servings={at: _fact(entry, serving_config) for at, entry in (facts.get("servings") or {}).items()},
        platforms={at: _fact(entry, platform) for at, entry in (facts.get("platforms") or {}).items()},
        samples={at: _fact(entry, composition) for at, entry in (facts.get("samples") or {}).items()},
        histories={at: _fact(entry, history) for at, entry in (facts.get("histories") or {}).items()},
        bars={at: bars(at, entry) for at, entry in (facts.get("bars") or {}).items()},
        teams={
            name: _fact(entry, lambda e, name=name: Team(name.partition("/")[2], e.get("id", 7), e.get("members", 3)))
            for name, entry in (facts.get("teams") or {}).items()
        },
        consents={at: _fact(entry, consents) for at, entry in (facts.get("consents") or {}).items()},
        schedules={
            at: _fact(entry, lambda e: Schedule(e.get("kind", "workflow"), tuple(e["runs"]), e["gap"]))
            for at, entry in (facts.get("schedules") or {}).items()
        },
        plans={
            at: _fact(entry, lambda e: Plan(e["words"], e.get("steps", 0), e.get("target", False)))
            for at, entry in (facts.get("plans") or {}).items()
        },
        usage={at: _fact(entry, usage) for at, entry in (facts.get("usage") or {}).items()},
        values={at: _fact(entry, monthly_value) for at, entry in (facts.get("values") or {}).items()},
        leads={at: _fact(entry, consents) for at, entry in (facts.get("leads") or {}).items()},
        manifests={at: _fact(entry, manifest) for at, entry in (facts.get("manifests") or {}).items()},
        digests={at: _fact(entry, lambda e: str(e["sha256"])) for at, entry in (facts.get("digests") or {}).items()},
        refusals={
            at: _fact(entry, lambda e: tuple(Refusal(**one) for one in e["found"]))
            for at, entry in (facts.get("refusals") or {}).items()
        },
        experiments={
            team: _fact(entry, lambda e: tuple(Experiment(on) for on in e["opened_on"]))
            for team, entry in (facts.get("experiments") or {}).items()
        },
        trainings={
            at: _fact(entry, lambda e: tuple(Training(**one) for one in e["found"]))
            for at, entry in (facts.get("trainings") or {}).items()
        },
        models={at: _fact(entry, model_facts) for at, entry in (facts.get("models") or {}).items()},
    )


def _fact(entry: dict[str, Any], build: Any) -> Fact[Any]:
    if "unavailable" in entry:
        hindrance = Hindrance(entry["hindrance"]) if "hindrance" in entry else None
        return Unavailable(entry["unavailable"], Trouble(entry.get("trouble", "passing")), None, hindrance)
    digest = hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()
    known = replace(source(entry.get("grade", "B")), size=entry.get("size"), sha256=digest)
    return Known(build(entry), replace(known, revision=None) if entry.get("unpinned") else known)


def manifest(entry: dict[str, Any]) -> Manifest:
    """Build a manifest; what is left out is that of 600 good rows in one file, compared with the held-out set.

    Its file has the digest of sixty-four 1, the held-out set that of sixty-four 2. What is null it does not state.
    """
    rows, faults = entry.get("rows", 600), entry.get("faults", {})
    files = tuple(
        ManifestFile(**file)
        for file in entry.get("files", ({"path": "train.jsonl", "sha256": "1" * 64, "rows": rows},))
    )
    rows = sum(file.rows for file in files)
    valid = rows - sum(faults.values())
    stated = {
        "unique": valid, "effective": valid, "near_duplicates": 0, "tokens": rows * 100, "holdout_sha256": "2" * 64,
        "held_out": 200, "leaked": 0, "secrets": {},
    } | {name: value for name, value in entry.items() if name not in ("grade", "size", "unpinned", "note", "rows", "faults", "files")}  # fmt: skip
    items = tuple(stated.pop("leaked_items", ()))
    return Manifest(files, rows, valid, faults=faults, leaked_items=items, **stated)


def text(entry: dict[str, Any]) -> str:
    """Build a small file: its `text`, or a label audit from its counts."""
    audit = entry.get("audit") or {}
    verdicts = [word for word in ("right", "wrong") for _ in range(audit.get(word, 0))]
    lines = ["row,verdict", *(f"{line},{verdict}" for line, verdict in enumerate(verdicts, 1))]
    return str(entry.get("text", "\n".join(lines)))


def training_config(entry: dict[str, Any]) -> TrainingConfig:
    """Build a config from `field: value`, each on the line of its place, files as lists; `tool` is Axolotl where it is left out."""
    said: dict[str, Any] = {}
    for line, (name, value) in enumerate(entry.items(), 1):
        if name not in ("tool", "grade", "size", "unpinned"):
            listed = name in ("data_files", "eval_files")
            said[name] = tuple(Stated(each, line) for each in value) if listed else Stated(value, line)
    return TrainingConfig(entry.get("tool", "Axolotl"), **said)


def serving_config(entry: dict[str, Any]) -> ServingConfig:
    """Build a serving config of one server from `field: value`, or of several `servers`; each value on the line of its place."""
    return ServingConfig(tuple(_server(each) for each in entry.get("servers", (entry,))))


def _server(entry: dict[str, Any]) -> Server:
    said: dict[str, Any] = {}
    for line, (name, value) in enumerate(entry.items(), 1):
        if name == "adapters":
            said[name] = tuple(Stated(each, line) for each in value)
        elif name == "by_default":
            said[name] = tuple(value)
        elif name not in ("engine", "grade", "size", "unpinned"):
            said[name] = Stated(value, line)
    return Server(entry.get("engine", "vLLM"), 1, **said)


def platform(entry: dict[str, Any]) -> Platform:
    """Build what is known of a provider; lists as they are, dates as YAML has them."""
    said = _tuples(entry)
    offers = tuple(Offer(**{"source": "docs.acme", **_tuples(each)}) for each in said.pop("offers", ()))
    known: dict[str, Any] = {
        "provider": "together",
        "name": "Acme",
        "source": "docs.acme",
        "checked_on": date(2026, 1, 1),
    }
    return Platform(**{**known, **said}, offers=offers)


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def history(entry: dict[str, Any]) -> History:
    """Build a history from `versions: [[commit, date, meaning], ...]`, newest first."""
    versions = tuple(Version(commit, str(at), meaning) for commit, at, meaning in entry["versions"])
    return History(versions, entry.get("complete", True))


def bars(key: str, entry: Any) -> Fact[tuple[StatedBar, ...]]:
    """Build earlier bars from a list of them; `where` may be left out."""
    if isinstance(entry, dict):
        return Unavailable(entry["unavailable"], Trouble(entry.get("trouble", "passing")))
    where = "the base branch" if key == "base" else "the review of 0123456789ab"
    stated = (StatedBar(e.get("where", where), e.get("threshold"), e.get("metric"), e.get("holdout")) for e in entry)
    return Known(tuple(stated), source("C"))


def usage(entry: dict[str, Any]) -> Usage:
    """Build usage from `last`, `days` and `per_day`; without a `span` no day between is left out."""
    days, span = entry.get("days", 30), entry.get("span", entry.get("days", 30))
    last = date.fromisoformat(str(entry.get("last", "2025-12-30")))
    first = last - timedelta(days=span - 1)
    return Usage(first.isoformat(), last.isoformat(), days, span, entry["per_day"] * span)


def monthly_value(entry: dict[str, Any]) -> MonthlyValue:
    """Build a value from `per_month`; without `first`, `last` and `months` it is of the last quarter."""
    months, span = entry.get("months", 3), entry.get("span", entry.get("months", 3))
    first, last = entry.get("first", "2025-09"), entry.get("last", "2025-11")
    return MonthlyValue(first, last, months, span, Decimal(str(entry["per_month"])) * span, entry.get("currency"))


def human_checks(entry: dict[str, Any]) -> HumanChecks:
    """Build what people said of a judge; without `ids` they checked the first rows."""
    ids = entry.get("ids", range(entry["rows"]))
    return HumanChecks(entry["rows"], entry["agreed"], tuple(map(str, ids)))


def grader_tests(entry: dict[str, Any]) -> GraderTests:
    """Build a grader's tests from `right` and `wrong` counts; without `equal` all are graded as expected."""
    right, wrong = entry.get("right", 0), entry.get("wrong", 0)
    rows = entry.get("rows", right + wrong)
    ids = entry.get("ids", [f"t{n}" for n in range(rows)])
    return GraderTests(rows, right, wrong, entry.get("equal", rows), tuple(map(str, ids)))


def model_facts(entry: dict[str, Any]) -> ModelFacts:
    """Build facts of a model from an entry of a table, looked at ten days before today where no day is given."""
    said = {"checked_on": "2025-12-22", "source": "https://models.example/page", **entry}
    said["match"] = said.pop("name")
    found = ModelEntry.model_validate(
        {key: str(value) if isinstance(value, date) else value for key, value in said.items()}
    )
    facts = merged(place(found.match[0], found.provider), [Told(Layer.TABLE, found)])
    if facts is None:
        raise ValueError("a table's entry tells nothing")
    return facts


def person(login: str, entry: dict[str, Any]) -> Person:
    """Build a person; without an `id` each login has its own."""
    kind, tie = entry.get("type", "User"), entry.get("permission", "none")
    return Person(login, entry.get("id", number(login)), kind, entry.get("member", False), tie)


def number(login: str) -> int:
    """Number an account by its login, the same each time."""
    return int(hashlib.sha256(login.lower().encode()).hexdigest()[:12], 16)


def consents(entry: dict[str, Any]) -> tuple[Consent, ...]:
    """Build consents from `by: [[login, how], ...]`; a third entry `outdated` says that a review is of another head."""
    return tuple(
        Consent(login, number(login), how, "1" * 40 if how == "review" else None, bool(outdated))
        for login, how, *outdated in entry["by"]
    )
