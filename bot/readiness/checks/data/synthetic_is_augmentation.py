"""Are generated inputs an addition to real ones, and no replacement?

## Why
A model that learns from what a model made up learns that model's idea of production (S1, S3).

## What counts as evidence
Valid training rows by the value under `data.source_key`, each value declared under `data.sources` as real or generated; one that
is not declared counts as generated. At most half of the rows have generated *inputs*; a teacher's answers to real inputs are no
generated inputs. Held-out labels never come from the teacher.

## How to fix
Collect more real inputs, or leave generated ones out. Declare each source.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import profile
from bot.readiness.wording import count, percent

_AT = "data.sources"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Count the rows whose input was generated."""
    data, holdout = dossier.proposal.data, dossier.proposal.eval.holdout
    if holdout is not None and holdout.labels == "teacher":
        yield CHECK.failed(
            "The held-out labels come from the teacher: the exam was written by who is to be copied.",
            at="eval.holdout.labels",
            fix="Let people label the held-out set, or take a system of record.",
            lever="evals",
            because="holdout-is-representative",
        )
        return
    if data.source_key is None:
        if data.sources and "generated" in data.sources.values():
            yield CHECK.failed(
                "Some rows are generated, and nothing says where a row tells its source.",
                at=_AT,
                fix="Add `data.source_key`, like `meta.source`.",
            )
        else:
            yield CHECK.not_applicable("The proposal names no generated rows.", at="data")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    declared, counted = data.sources or {}, known.value.sources
    rows = sum(counted.values())
    generated = {source: n for source, n in counted.items() if declared.get(source) != "real"}
    unlisted = [source for source in generated if source not in declared]
    share = sum(generated.values()) / rows if rows else 0.0
    most = float(dossier.policy.number(CHECK.id, "most"))
    seen = f"{sum(generated.values()):,} of {count(rows, 'row')} have generated inputs, {100 * share:.0f} %"
    named = ", ".join(f"`{source}`" for source in unlisted[:5])
    told = f" ({named} not declared, so counted as generated)" if unlisted else ""
    if share > most:
        yield CHECK.failed(
            f"{seen}{told}; the policy bears {percent(most)}.",
            at=_AT,
            fix="Declare each source under `data.sources`, and collect more real inputs.",
            source=known.source,
        )
    else:
        remark = f"Not declared under `data.sources`: {named}." if unlisted else None
        yield CHECK.passed(f"{seen}.", at=_AT, source=known.source, remark=remark)


CHECK = Check(id="synthetic-is-augmentation", item=Item.DATA, doc=__doc__, run=run)
