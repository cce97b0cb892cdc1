"""Which revalidation passes? The one that cases build upon with `# revalidates: ready`, and the facts that bear it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from bot.readiness import revalidation
from bot.readiness.cases.facts import source
from bot.readiness.cases.ready import READY
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.policy import merge
from bot.readiness.proposal import Reading, read
from bot.readiness.registered import OpenCycle, Registered
from bot.readiness.revalidation import Revalidating
from bot.readiness.schema import Proposal
from bot.readiness.strict_yaml import Problem, load

DIGEST = "ab" * 32
AGAIN = f"""\
version: 1
adapter: ticket-router
cycle: 1
proposal: /finetune-proposal.yaml
serving: {{digest: {DIGEST}}}
eval:
  candidate: {{artifact: candidate_results.json, rows: candidate_rows.jsonl}}
  baseline: {{artifact: baseline_results.json, rows: baseline_rows.jsonl, subject: prompt+retrieval}}
  untuned: {{artifact: untuned_results.json, rows: untuned_rows.jsonl}}
data:
  production_sample: sample.jsonl
  sampled: {{how: random, window: 2025-12-01/2025-12-20}}
ops_cost:
  as_of: 2025-12-20
  volume: {{requests: 10000, period: day, source: usage.csv}}
  baseline: {{unit_cost: 0.005}}
  tuned: {{unit_cost: 0.0003}}
"""
_RAN = {"started_at": "2025-12-15T12:00:00+00:00"}
AGAIN_FACTS: dict[str, Any] = {
    "evals": {
        "eval.candidate": {"right": 192, "wrong": 8, "model": "acme/base-8b", "adapter": f"router@{DIGEST}", **_RAN},
        "eval.baseline": {"right": 150, "wrong": 50, **_RAN},
        "eval.untuned": {"right": 100, "wrong": 100, "model": "acme/base-8b", **_RAN},
    },
    "histories": {"data.production_sample": {"versions": [["c2", "2025-12-22T12:00:00+00:00", None]]}},
}
REGISTERED: dict[str, Any] = {
    "stage": "serving",
    "digest": DIGEST,
    "artifact": "hf://acme/router@v1",
    "cycle": {"number": 1, "opened_on": "2025-10-05", "due_on": "2026-01-05", "next_due_on": "2026-04-05"},
}


@dataclass(frozen=True, slots=True)
class Again:
    """A revalidation of a case: what is judged, how it reads, and what the dossier holds besides."""

    view: Proposal | None
    reading: Reading
    revalidating: Revalidating | None


def again(text: str, stated: Mapping[str, Any], opened_on: date) -> Again:
    """Lay a case over the revalidation that passes; `stated` may hold `registered`, and `proposal` over the ready one."""
    own = load(text.encode())
    if own.problems or not isinstance(own.data, dict | None):
        problems = tuple(own.problems) or (
            Problem(1, "", "A revalidation is a mapping of fields.", "Write it as a mapping."),
        )
        return Again(None, Reading(None, problems, own.lines), None)
    whole = yaml.safe_dump(merge([load(AGAIN.encode()).data, own.data or {}]), sort_keys=False)
    found = revalidation.read(whole.encode())
    approved = read(
        yaml.safe_dump(merge([load(READY.encode()).data, stated.get("proposal") or {}]), sort_keys=False).encode(),
        opened_on=opened_on,
    )
    problems = (*found.reading.problems, *approved.problems)
    if found.own is None or approved.proposal is None or problems:
        return Again(None, Reading(None, problems, own.lines), None)
    fact = registered(stated.get("registered") or {})
    revalidating = Revalidating(found.own, approved.proposal, fact)
    path = revalidation.SAMPLE
    told = tuple(revalidation.disagreements(found.own, approved.proposal, found.reading))
    view = revalidation.laid_over(found.own, path, approved.proposal, revalidating.adapter)
    return Again(view, Reading(view, told, own.lines), revalidating)


def registered(entry: Mapping[str, Any]) -> Fact[Registered]:
    """Build what the registry says: what is left out is as in REGISTERED; `cycle: null` says that none is open."""
    if "unavailable" in entry:
        return Unavailable(entry["unavailable"], Trouble(entry.get("trouble", "definitive")))
    said = {**REGISTERED, **entry}
    cycle = said.pop("cycle")
    if cycle is not None:
        days = {**REGISTERED["cycle"], **cycle}
        number = days.pop("number")
        cycle = OpenCycle(number, **{name: date.fromisoformat(str(day)) for name, day in days.items()})
    who = {"name": "ticket-router", "repository": "acme/support", "owner": "first-owner", "backup": "second-owner"}
    known = {**who, "every": "P3M", "path": "finetune-proposal.yaml", **said}
    return Known(Registered(**known, cycle=cycle), source("C"))
