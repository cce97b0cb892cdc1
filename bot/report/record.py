"""What is kept of a dossier? The proposal's text and the facts, enough to judge again; never the text of a row."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec

from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import Composition, EvalReport
from bot.readiness.evidence import Evidence, GraderTests, History, HumanChecks, Latency, MonthlyValue, StatedBar, Usage
from bot.readiness.experiment import Experiment
from bot.readiness.fact import Fact, Known, Source, Unavailable
from bot.readiness.manifest import Manifest
from bot.readiness.model_facts import ModelFacts
from bot.readiness.ownership import Consent, Person, Plan, Schedule, Team
from bot.readiness.platform import Platform
from bot.readiness.policy import LayerKind, Place
from bot.readiness.policy_file import PolicyText
from bot.readiness.refusal import Refusal
from bot.readiness.registered import Registered
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.readiness.unproposed import Training
from bot.readiness.waiver import Waiver

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Approved:
    """What a revalidation was laid over: the approved proposal's path and text, and the registry's word. None: not looked at."""

    path: str | None = None
    text: Fact[bytes] | None = None
    registered: Fact[Registered] | None = None


def record(raw: Fact[bytes], evidence: Evidence, opened_on: date, waivers: Iterable[Waiver] = ()) -> Json:
    """Turn the inputs of one verdict into JSON; `raw` are the proposal's bytes as read. Facts hold no text of rows."""
    facts: Any = msgspec.to_builtins(evidence)
    return {
        "proposal": _raw(raw),
        "opened_on": opened_on.isoformat(),
        "evidence": _clean(facts),
        "waivers": record_waivers(waivers),
    }


def restore(kept: Json) -> tuple[Fact[bytes], Evidence, date]:
    """Read the inputs of a verdict back from JSON; judged by the same checks they give the same verdict."""
    facts = kept["evidence"]
    evidence = Evidence(
        evals=_facts(facts["evals"], EvalReport),
        data=_facts(facts["data"], DataProfile),
        people=_facts(facts["people"], Person),
        texts=_facts(facts["texts"], str),
        rows=_facts(facts.get("rows", {}), tuple[str, ...]),  # dossiers of older releases have no such facts
        human_checks=_facts(facts.get("human_checks", {}), HumanChecks),
        grader_tests=_facts(facts.get("grader_tests", {}), GraderTests),
        latencies=_facts(facts.get("latencies", {}), Latency),
        usage=_facts(facts.get("usage", {}), Usage),
        values=_facts(facts.get("values", {}), MonthlyValue),
        leads=_facts(facts.get("leads", {}), tuple[Consent, ...]),
        configs=_facts(facts.get("configs", {}), TrainingConfig),
        servings=_facts(facts.get("servings", {}), ServingConfig),
        platforms=_facts(facts.get("platforms", {}), Platform),
        samples=_facts(facts.get("samples", {}), Composition),
        histories=_facts(facts.get("histories", {}), History),
        bars=_facts(facts.get("bars", {}), tuple[StatedBar, ...]),
        teams=_facts(facts.get("teams", {}), Team),
        consents=_facts(facts.get("consents", {}), tuple[Consent, ...]),
        schedules=_facts(facts.get("schedules", {}), Schedule),
        plans=_facts(facts.get("plans", {}), Plan),
        models=_facts(facts.get("models", {}), ModelFacts),
        manifests=_facts(facts.get("manifests", {}), Manifest),
        refusals=_facts(facts.get("refusals", {}), tuple[Refusal, ...]),
        experiments=_facts(facts.get("experiments", {}), tuple[Experiment, ...]),
        trainings=_facts(facts.get("trainings", {}), tuple[Training, ...]),
        digests=_facts(facts.get("digests", {}), str),
    )
    return _restored(kept["proposal"]), evidence, date.fromisoformat(kept["opened_on"])


def record_waivers(waivers: Iterable[Waiver]) -> list[Json]:
    """Turn the waivers under which a proposal was judged into JSON."""
    kept: Any = msgspec.to_builtins(list(waivers))
    return [_clean(each) for each in kept]


def restore_waivers(kept: Json) -> tuple[Waiver, ...]:
    """Read the waivers of a dossier back; one of an older release has none."""
    return tuple(msgspec.convert(each, Waiver) for each in kept.get("waivers", ()))


def record_trainings(found: Fact[tuple[Training, ...]]) -> Json:
    """Turn what would be trained without a proposal into JSON."""
    kept: Json = _clean(msgspec.to_builtins(found))
    return kept


def restore_trainings(kept: Mapping[str, Any] | None) -> Fact[tuple[Training, ...]] | None:
    """Read it back; reviews of older releases did not look."""
    return None if kept is None else _fact(dict(kept), tuple[Training, ...])


def record_approved(approved: Approved) -> Json:
    """Turn what a revalidation was laid over into JSON."""
    known: Any = None if approved.registered is None else msgspec.to_builtins(approved.registered)
    text = None if approved.text is None else _raw(approved.text)
    return {"path": approved.path, "text": text, "registered": _clean(known)}


def restore_approved(kept: Json) -> Approved:
    """Read what a revalidation was laid over back from JSON."""
    text, known = kept["text"], kept["registered"]
    return Approved(
        kept["path"],
        None if text is None else _restored(text),
        None if known is None else _fact(known, Registered),
    )


def record_policy(texts: Iterable[PolicyText]) -> list[Json]:
    """Turn the policy files of a review into JSON; what they are laid over is the release's own."""
    return [
        {
            "kind": text.place.kind.value,
            "repository": text.place.repository,
            "path": text.place.path,
            "content": None if text.content is None else base64.b64encode(text.content).decode(),
            "trouble": text.trouble,
        }
        for text in texts
    ]


def restore_policy(kept: Iterable[Json]) -> tuple[PolicyText, ...]:
    """Read the policy files of a review back from JSON."""
    return tuple(
        PolicyText(
            Place(LayerKind(entry["kind"]), entry["repository"], entry["path"]),
            None if entry["content"] is None else base64.b64decode(entry["content"]),
            entry["trouble"],
        )
        for entry in kept
    )


def _raw(raw: Fact[bytes]) -> Json:
    if isinstance(raw, Unavailable):
        return {"unavailable": _clean(msgspec.to_builtins(raw))}
    source: Any = msgspec.to_builtins(raw.source)
    try:
        text = raw.value.decode()
    except UnicodeDecodeError:
        text = "\x00"
    # PostgreSQL's jsonb takes no NUL: such a proposal, which is refused for it, is kept as it came
    body = {"base64": base64.b64encode(raw.value).decode()} if "\x00" in text else {"text": text}
    return {**body, "source": _clean(source)}


def _restored(kept: Json) -> Fact[bytes]:
    if "unavailable" in kept:
        return msgspec.convert(kept["unavailable"], Unavailable)
    raw = kept["text"].encode() if "text" in kept else base64.b64decode(kept["base64"])
    return Known(raw, msgspec.convert(kept["source"], Source))


def _facts(kept: Mapping[str, Json], kind: type[T]) -> dict[str, Fact[T]]:
    return {at: _fact(fact, kind) for at, fact in kept.items()}


def _fact(kept: Json, kind: type[T]) -> Fact[T]:
    if "trouble" in kept:
        return msgspec.convert(kept, Unavailable)
    return Known(msgspec.convert(kept["value"], kind), msgspec.convert(kept["source"], Source))


def _clean(value: Any) -> Any:
    """Take NUL and lone surrogates out of every text, which jsonb refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_clean(entry) for entry in value]
    return value
