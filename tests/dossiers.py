"""Which dossier does a case file describe? Reads `tests/checks/<check-id>/<case>.yaml`.

Above `---` stands the part of the proposal that matters, with `# expect: <outcome>` on the line that the finding must
point at; below it stand the facts. A pass with a remark is `remark`. `expect` may also be given for the whole file as
`# expect-file: <outcome>`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from bot.readiness.baseline import small_models
from bot.readiness.check import Dossier
from bot.readiness.data_profile import (
    Answers,
    DataProfile,
    LabelCount,
    LabelField,
    RowFault,
    ShapeMatch,
    Signal,
    Split,
    Spotted,
    Variety,
)
from bot.readiness.eval_report import Composition, Direction, EvalItem, EvalMetric, EvalReport
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
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.ownership import Consent, Person, Plan, Schedule, Team
from bot.readiness.policy import Policy
from bot.readiness.proposal import Reading, read
from bot.readiness.rescore import rescore, scored_anew
from bot.readiness.schema import Proposal, Run, at
from bot.readiness.training_config import Stated, TrainingConfig
from bot.wiring import policy

CASES = Path(__file__).parent / "checks"
TODAY = date(2026, 1, 1)
POLICY: Policy = policy()


def read_case(path: Path) -> tuple[Dossier, Reading, set[tuple[int, str]]]:
    """Read a case: the dossier, the reading (for lines), and the expected (line, outcome) pairs."""
    head, _, tail = path.read_text().partition("\n---\n")
    reading = read(("version: 1\nadapter: ticket-router\n" + head).encode(), opened_on=TODAY)
    assert reading.proposal is not None
    assert not reading.problems, reading.problems
    expected = {
        (number + 2, word)
        for number, line in enumerate(head.splitlines(), 1)
        for word in re.findall(r"# expect: (\w+)", line)
    }
    expected |= {(1, word) for word in re.findall(r"# expect-file: (\w+)", head)}
    known = shared(reading.proposal, evidence(yaml.safe_load(tail) or {}))
    return Dossier(reading.proposal, POLICY, known, TODAY), reading, expected


READY = """\
version: 1
adapter: ticket-router
task: {kind: classification, output: closed_set}
failure: {kind: behavior, signal: stable, reason: classification, modes: [{name: goods-misrouted, rows: evals/goods.txt}]}
tried:
  prompt: {artifact: evals/results.json, rows: evals/rows.jsonl}
  few_shot: {artifact: evals/results.json, rows: evals/rows.jsonl}
  retrieval: {artifact: evals/results.json, rows: evals/rows.jsonl}
  structured_decoding: {artifact: evals/results.json, rows: evals/rows.jsonl}
  tool_use: {not_applicable: nothing_to_call, why: The answer is a label.}
  reasoning_model: {not_applicable: over_latency_budget, why: A label within 300 ms.}
  oracle_context: {not_applicable: input_is_complete, why: The ticket holds all that its label needs.}
eval:
  baseline: {artifact: evals/results.json, rows: evals/rows.jsonl}
  metric: {task: tickets, name: exact_match, direction: higher}
  threshold: 0.9
  threshold_source: docs/bar.md
  holdout: {path: data/holdout.jsonl, split_by: user, labels: people, sampled: {how: random, from: production, window: 2025-11}}
  regression: {not_applicable: closed_set_behind_router, why: It answers with one of two labels.}
data:
  train: {path: data/train.jsonl, examples: 500}
  production_sample: data/sample.jsonl
  output_schema: data/schema.json
  label_audit: data/audit.csv
  group_key: meta.user_id
training: {method: sft, technique: lora, base_model: acme/base-8b, base_revision: 0e9e39f249a1, config: training/config.yaml, seed: 42}
serving: {rollout: [shadow, canary]}
owner:
  primary: first-owner
  backup: second-owner
  until: 2027-01-01
  revalidate_every: P3M
  rollback: docs/rollback.md
  drift_checks: {data: .github/workflows/drift.yml, base_model: .github/workflows/drift.yml, eval: .github/workflows/drift.yml}
  retune: {cadence: P6M, triggers: [base_model]}
ops_cost:
  currency: USD
  as_of: 2025-12-01
  volume: {requests: 10000, period: day, source: docs/usage.csv}
  baseline: {unit_cost: 0.005}
  tuned: {unit_cost: 0.0003, hosting: {kind: per_token, amount: 0, period: month}}
  one_time: {training: 200, data: 0, data_source: existing-labels, eval: 0, engineer_hours: 10, hourly_rate: 100}
  maintenance: {hours_per_month: 2, revalidation: 50}
  benefit: {kind: cost}
  claimed: {savings_12_months: 17155, payback_days: 33}
"""
MADE_OF = {"items": 200, "lengths": [40, 400], "scripts": {"LATIN": 200}, "labels": {"a": 120, "b": 80}}
FAILING = ("every row that fails",)
READY_FACTS: dict[str, Any] = {
    "evals": {"eval.baseline": {"right": 150, "wrong": 50, "started_at": "2025-12-01T12:00:00+00:00"}},
    "rows": {"failure.modes[0].rows": {"ids": FAILING}},
    "texts": {"eval.threshold_source": {"text": "The service level."}, "data.label_audit": {"audit": {"right": 100}}},
    "samples": {"data.production_sample": MADE_OF},
    "bars": {"base": [], "reviews": []},
    "histories": {
        "eval.holdout.path": {"versions": [["c1", "2025-11-30T12:00:00+00:00", None]]},
        "data.output_schema": {"versions": [["c1", "2025-06-30T12:00:00+00:00", "m1"]]},
    },
    "data": {"data.train": {"rows": 500, "split": {}}},
    "people": {"first-owner": {"member": True}, "second-owner": {"permission": "write"}},
    "consents": {"pull_request": {"by": [["first-owner", "author"], ["second-owner", "comment"]]}},
    "usage": {"ops_cost.volume.source": {"per_day": 10_000}},
    "plans": {"owner.rollback": {"words": 120, "steps": 4, "target": True}},
    "schedules": {
        f"owner.drift_checks.{name}": {"runs": ["0 6 * * 1"], "gap": 7} for name in ("data", "base_model", "eval")
    },
    "configs": {
        "training.config": {
            "base_model": "acme/base-8b",
            "method": "sft",
            "technique": "lora",
            "data_files": ["data/train.jsonl"],
            "seed": 42,
        }
    },
}


def dossier(text: str = READY, facts: dict[str, Any] = READY_FACTS, *, policy: Policy = POLICY) -> Dossier:
    """Build a dossier from a proposal's whole text and from facts as a case states them."""
    reading = read(text.encode(), opened_on=TODAY)
    assert reading.proposal is not None
    return Dossier(reading.proposal, policy, shared(reading.proposal, evidence(facts)), TODAY)


def shared(proposal: Proposal, known: Evidence) -> Evidence:
    """Let a run that is linked twice be read once, as the gatherer does: a lever that is the baseline needs no facts of its own."""
    baseline, fact = at(proposal, "eval.baseline"), known.evals.get("eval.baseline")
    if not isinstance(baseline, Run) or fact is None:
        return known
    same = {
        f"tried.{lever}": fact
        for lever, run in proposal.tried
        if isinstance(run, Run)
        and (run.artifact, run.rows, run.run) == (baseline.artifact, baseline.rows, baseline.run)
    }
    evals = {**same, **known.evals}
    ids = {field: _failing(proposal, evals, fact) for field, fact in known.rows.items()}
    return replace(known, evals=evals, rows=ids)


def _failing(
    proposal: Proposal, evals: Mapping[str, Fact[EvalReport]], ids: Fact[tuple[str, ...]]
) -> Fact[tuple[str, ...]]:
    """Put the ids of the rows that are worse than the bar where FAILING stands for them."""
    run = evals.get(next(iter(small_models(proposal)), "eval.baseline"))
    bar, metric = proposal.eval.threshold, proposal.eval.metric
    if (
        not isinstance(ids, Known)
        or ids.value != FAILING
        or not isinstance(run, Known)
        or bar is None
        or metric is None
    ):
        return ids
    sign = -1 if metric.direction == "lower" else 1
    items = run.value.metrics[0].items
    worse = tuple(i.native_id for i in items if i.score is not None and sign * i.score < sign * float(bar))
    return Known(worse, ids.source)


def source(grade: str = "B") -> Source:
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
        usage={at: _fact(entry, usage) for at, entry in (facts.get("usage") or {}).items()},
        values={at: _fact(entry, monthly_value) for at, entry in (facts.get("values") or {}).items()},
        leads={at: _fact(entry, consents) for at, entry in (facts.get("leads") or {}).items()},
        configs={at: _fact(entry, training_config) for at, entry in (facts.get("configs") or {}).items()},
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
    )


def _fact(entry: dict[str, Any], build: Any) -> Fact[Any]:
    if "unavailable" in entry:
        return Unavailable(entry["unavailable"], Trouble(entry.get("trouble", "passing")))
    digest = hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()
    known = replace(source(entry.get("grade", "B")), size=entry.get("size"), sha256=digest)
    return Known(build(entry), replace(known, revision=None) if entry.get("unpinned") else known)


def eval_report(entry: dict[str, Any]) -> EvalReport:
    """Build a report from `{right, wrong, errored, ...}` counts or from a list of `scores`.

    `times` repeats every item, `wrong_times` only the wrong ones; `repeated` makes so many of the items one. Instead,
    `blocks` are `[score, items]` in the order of the items, a score of null is an error; `keys` begins the items' keys.
    `sides` are such entries by the task of their metric, all in one report.
    """
    if "sides" in entry:
        made = {side: eval_report(each) for side, each in entry["sides"].items()}
        metrics = tuple(replace(metric, task=side) for side, each in made.items() for metric in each.metrics)
        return replace(next(iter(made.values())), metrics=metrics, rows_note=entry.get("rows_note"))
    scores = entry.get("scores") or [1.0] * entry.get("right", 0) + [0.0] * entry.get("wrong", 0)
    scores = [score for score, times in entry.get("blocks", ()) for _ in range(times)] or scores
    errored, repeated = entry.get("errored", 0), entry.get("repeated", 0)
    answers = entry.get("answers") or {}
    items = [
        EvalItem(
            f"{entry.get('keys', 'k')}{max(n - repeated, 0)}",
            str(n),
            None if score is None else float(score),
            score is None,
        )
        for n, score in enumerate(scores)
        for _ in range(entry.get("times", 1) * (entry.get("wrong_times", 1) if score == 0 else 1))
    ] + [EvalItem(f"e{n}", f"e{n}", None, errored=True) for n in range(errored)]
    name, direction = entry.get("name", "exact_match"), entry.get("direction")
    compared = [rescore(*answers.get(int(i.native_id.lstrip("e")), (None, None)), i.score) for i in items]
    kind, items = scored_anew(name, Direction(direction) if direction else None, items, compared)
    value = sum(item.score or 0 for item in items) / len(items) if items else entry.get("value")
    metric = EvalMetric(
        task="tickets",
        name=name,
        variant="strict",
        value=entry.get("value", value),
        stderr=None,
        direction=Direction(direction) if direction else None,
        n=entry.get("n", sum(item.score is not None for item in items)),
        pointer="/results/tickets",
        recomputed=None if entry.get("aggregate_only") else entry.get("recomputed", value),
        rescored=kind,
        items=() if entry.get("aggregate_only") else tuple(items),
        composition=None if entry.get("aggregate_only") else composition(entry.get("composition", MADE_OF)),
        hashed=entry.get("hashed", False),
    )
    return EvalReport(
        format="lm-eval",
        tool_version="0.4.13",
        status=entry.get("status", "complete"),
        model=entry.get("model", "anthropic/claude-sonnet"),
        adapter=entry.get("adapter"),
        started_at=entry.get("started_at"),
        limit=entry.get("limit"),
        mock=entry.get("mock", False),
        metrics=(metric,),
        has_rows=not entry.get("aggregate_only"),
        rows_note=entry.get("rows_note"),
        finished_at=entry.get("finished_at"),
        judge=entry.get("judge"),
        scorer=entry.get("scorer"),
    )


def text(entry: dict[str, Any]) -> str:
    """Build a small file: its `text`, or a label audit from its counts."""
    audit = entry.get("audit") or {}
    verdicts = [word for word in ("right", "wrong") for _ in range(audit.get(word, 0))]
    lines = ["row,verdict", *(f"{line},{verdict}" for line, verdict in enumerate(verdicts, 1))]
    return str(entry.get("text", "\n".join(lines)))


def composition(entry: dict[str, Any]) -> Composition:
    """Build what a set is made of; `lengths` may be `[shortest, longest]` of an even spread."""
    lengths = entry.get("lengths", ())
    if len(lengths) == 2:
        first, last = lengths
        lengths = [first + (last - first) * n // 99 for n in range(100)]
    counts = [dict(entry.get(key, {})) for key in ("scripts", "labels", "tools")]
    return Composition(entry["items"], tuple(sorted(lengths)), *counts)


def training_config(entry: dict[str, Any]) -> TrainingConfig:
    """Build a config from `field: value`, each on the line of its place, files as lists; `tool` is Axolotl where it is left out."""
    said: dict[str, Any] = {}
    for line, (name, value) in enumerate(entry.items(), 1):
        if name not in ("tool", "grade", "size", "unpinned"):
            listed = name in ("data_files", "eval_files")
            said[name] = tuple(Stated(each, line) for each in value) if listed else Stated(value, line)
    return TrainingConfig(entry.get("tool", "Axolotl"), **said)


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


def data_profile(entry: dict[str, Any]) -> DataProfile:
    """Build a profile from counts; `answers`, `variety` and `label_fields` are those of good rows where nothing is said."""
    rows = entry["rows"]
    faults = tuple(RowFault(f["code"], f["line"], "is faulty") for f in entry.get("faults", ()))
    faulty, copies = entry.get("faulty", len(faults)), entry.get("copies", 0)
    codes = {fault.code for fault in faults}
    return DataProfile(
        format="openai-chat",
        rows=rows,
        valid=rows - faulty,
        effective=rows - faulty - copies,
        duplicates=copies,
        faults=faults,
        fault_counts=dict.fromkeys(codes, faulty) if codes else {},
        closed_set="labels" in entry,
        labels=tuple(LabelCount(f"label-{n}", 10) for n in range(entry.get("labels", 0))),
        tokens=entry.get("tokens", rows * 100),
        conflicts=entry.get("conflicts", 0),
        conflict_lines=tuple(map(tuple, entry.get("conflict_lines", ()))),
        leaked=entry.get("leaked", 0),
        leaked_lines=tuple(entry.get("leaked_lines", ())),
        leaked_items=tuple(entry.get("leaked_items", ())),
        held_out=entry.get("held_out", 200),
        holdout=Unavailable(entry["no_holdout"], Trouble.PASSING) if "no_holdout" in entry else None,
        misfits=entry.get("misfits", 0),
        losses=tuple(RowFault(f["code"], f["line"], f.get("message", "is lost")) for f in entry.get("losses", ())),
        schema=Unavailable(entry["no_schema"], Trouble(entry.get("schema_trouble", "passing")))
        if "no_schema" in entry
        else None,
        shapes=None if entry.get("shapes", {}) is None else shapes(rows, entry.get("shapes", {})),
        production=Unavailable(entry["no_production"], Trouble(entry.get("production_trouble", "passing")))
        if "no_production" in entry
        else None,
        constrained=entry.get("constrained", False),
        calling=entry.get("calling", 0),
        calling_nothing=entry.get("calling_nothing", 0),
        split=Split(
            **{"rows": 500, "groups": 100, "held_rows": 200, "held_groups": 40, "shared": 0} | (entry["split"] or {})
        )
        if "split" in entry
        else None,
        sources=entry.get("sources", {}),
        keys_missing=entry.get("keys_missing", {}),
        keys_missing_first=entry.get("keys_missing_first", {}),
        signal=Signal(**entry["signal"]) if "signal" in entry else None,
        secrets=tuple(Spotted(kind, len(lines), tuple(lines)) for kind, lines in entry.get("secrets", {}).items()),
        personal=tuple(Spotted(kind, len(lines), tuple(lines)) for kind, lines in entry.get("personal", {}).items()),
        answers=_looked_at(Answers, entry, "answers", {"rows": min(rows, 1000)}),
        variety=_looked_at(
            Variety, entry, "variety", {"rows": 500, "inputs": 500, "template": 1, "line": 1, "input_bigrams": 0.5}
        ),
        label_fields=_label_fields(entry.get("label_fields", {"": {"a": rows // 2, "b": rows // 2}})),
    )


def _looked_at(kind: Callable[..., Any], entry: dict[str, Any], name: str, good: dict[str, Any]) -> Any:
    given = entry.get(name, {})
    return None if given is None else kind(**{**good, **given})


def _label_fields(entry: dict[str, dict[str, int]] | None) -> tuple[LabelField, ...] | None:
    """Build fields from `name: {label: rows}`."""
    if entry is None:
        return None
    fields = []
    for name, labels in entry.items():
        counts = sorted((LabelCount(str(label), rows) for label, rows in labels.items()), key=lambda each: each.rows)
        fields.append(LabelField(name, sum(labels.values()), len(counts), counts[-1], tuple(counts[:50])))
    return tuple(fields)


def shapes(rows: int, entry: dict[str, Any]) -> ShapeMatch:
    """Build how training rows and a production sample meet; what is not said is alike."""
    made = {name: composition(entry[name]) for name in ("made_of", "sample_made_of") if name in entry}
    parts = {name: {"instructions": entry[name[:-3]]} for name in ("unlike_in", "uncovered_in") if entry.get(name[:-3])}
    counts = {"rows": rows, "sample": 300, "unlike": 0, "alone": 0, "uncovered": 0, "sample_alone": 0, "copied": 0}
    counts |= {"comparable": entry.get("sample", 300), "unlike_in": {}, "uncovered_in": {}, "template": False}
    return ShapeMatch(**{**counts, **parts, **entry, **made})


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
