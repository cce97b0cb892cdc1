"""What is kept of a dossier? The proposal's text and the facts, enough to judge again; never the text of a row."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from bot.readiness.evidence import EvalReport, Evidence, Fact, Known, Unavailable


def record(raw: Fact[bytes], evidence: Evidence, opened_on: date) -> dict[str, Any]:
    """Turn the inputs of one verdict into JSON; `raw` are the proposal's bytes as read."""
    # PostgreSQL's jsonb takes no NUL; the proposal is refused for it, and kept without it
    text = raw.value.decode("utf-8", "replace").replace("\x00", "\ufffd") if isinstance(raw, Known) else None
    evals = {at: _without_texts(fact) for at, fact in evidence.evals.items()}
    kept = replace(evidence, evals=evals, texts={})
    facts: Any = msgspec.to_builtins(kept)
    return {"proposal": text, "opened_on": opened_on.isoformat(), "evidence": _clean(facts)}


def _without_texts(fact: Fact[EvalReport]) -> Fact[EvalReport]:
    if isinstance(fact, Unavailable):
        return fact
    metrics = tuple(
        replace(metric, items=tuple(replace(item, output=None, target=None) for item in metric.items))
        for metric in fact.value.metrics
    )
    return Known(replace(fact.value, metrics=metrics), fact.source)


def _clean(value: Any) -> Any:
    """Take NUL and lone surrogates out of every text, which jsonb refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_clean(entry) for entry in value]
    return value
