"""Were the cheaper levers tried before the tune?

## Why
A better prompt, examples in the prompt, retrieval, tools, constrained decoding or a reasoning model cost days; an adapter
costs years (S0, S2). What was not tried may be all that is needed.

## What counts as evidence
For each lever that the policy asks for under this `failure.reason`: a run under `tried`, with its rows, over the same
held-out set and by the same metric as the baseline, or `not_applicable` with a code that the policy accepts there and that
no other field contradicts. No lever meets the bar, and none is better than the baseline: the baseline is the best of them.
Structured decoding is not asked for where the answer is free text; a budget excuses two levers at most. Where a good large
model is to be made cheap only the prompt and the small prompted model are asked for, and `eval.untuned` stands for the latter.

## How to fix
Run your eval with each lever over the same held-out set and link the runs. Where one is better than the baseline, link it as
`eval.baseline`; where one meets the bar, ship it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness import schema
from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, TOLERANCE, UNTUNED, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.fact import Source
from bot.readiness.finding import Finding, Item
from bot.readiness.levers import asked
from bot.readiness.schema import COMPRESSION, Run
from bot.readiness.shortfall import Standing, place, too_many_errors
from bot.readiness.wording import beside, count, share

_SMALL = "small_prompted"  # whether it falls short is baseline-falls-short's question


@dataclass(frozen=True, slots=True)
class _Tried:
    """A lever whose run is comparable with the baseline's."""

    lever: str
    value: float
    source: Source


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at each lever that is asked for, then at all of them together."""
    baseline = measure(CHECK, dossier)
    wanted = bar(CHECK, dossier, baseline) if isinstance(baseline, Measured) else baseline
    excused: dict[str, Accepted] = {}
    missing: list[str] = []
    tried: list[_Tried] = []
    troubled = False
    for lever in asked(dossier):
        at = f"tried.{lever}"
        excuse = judged(dossier.proposal, dossier.policy, at)
        if isinstance(excuse, Accepted):
            excused[lever] = excuse
        elif isinstance(excuse, Refused):
            troubled = True
            yield CHECK.failed(excuse.message, at=at, fix=excuse.fix, lever=_lever(lever))
        elif not is_linked(dossier.proposal, at):
            if lever != _SMALL or not is_linked(
                dossier.proposal, UNTUNED
            ):  # the base model as it is stands for a small one
                missing.append(lever)
        else:
            found = _looked_at(dossier, lever, baseline, wanted)
            troubled = troubled or isinstance(found, Finding)
            if isinstance(found, Finding):
                yield found
            else:
                tried.append(found)
    if missing:
        yield _missing(missing)
    yield from _by_budget(dossier, excused)
    if isinstance(baseline, Finding):
        yield baseline
    elif not missing and not troubled:
        yield _all(dossier, baseline, tried, excused)


def _looked_at(dossier: Dossier, lever: str, baseline: Measured | Finding, wanted: Bar | Finding) -> _Tried | Finding:
    at = f"tried.{lever}"
    measured = measure(CHECK, dossier, at)
    if isinstance(measured, Finding):
        return measured
    if measured.report.value.adapter is not None:
        return CHECK.failed(
            f"The run of {measured.name} answered with the adapter `{measured.report.value.adapter}`: that is no cheaper lever.",
            at=at,
            fix="Link a run of the prompted model itself.",
            source=measured.source,
            lever=_lever(lever),
        )
    value = measured.metric.value
    if value is None or not measured.averages:
        return CHECK.unverified(
            f"No rows prove the number of {measured.name}, so nobody sees what it ran over.",
            at=at,
            fix=f"Link its per-sample rows under `{at}.rows`.",
            source=measured.source,
            because="eval-readable",
        )
    limit = float(dossier.policy.number(CHECK.id, "max_error_share"))
    if errors := too_many_errors(measured, limit):
        return CHECK.failed(
            errors, at=at, fix="Mend the run and run it again.", source=measured.source, lever=_lever(lever)
        )
    if isinstance(baseline, Finding) or isinstance(wanted, Finding):
        return _Tried(lever, value, measured.source)
    return _against(dossier, lever, measured, baseline, wanted) or _Tried(lever, value, measured.source)


def _against(dossier: Dossier, lever: str, measured: Measured, baseline: Measured, wanted: Bar) -> Finding | None:
    """Hold a lever's run against the baseline's and the bar; None where neither is reached."""
    at, source = measured.at, measured.source
    if apart := _apart(measured, baseline, float(dossier.policy.number(CHECK.id, "max_unpaired"))):
        return CHECK.failed(
            f"The run of {measured.name} is over another held-out set than the baseline: {apart}.",
            at=at,
            fix="Run it over the baseline's held-out set.",
            source=source,
            lever="evals",
        )
    if lever == _SMALL or _is_baseline(dossier, schema.at(dossier.proposal, at)):
        return None
    name = measured.name[:1].upper() + measured.name[1:]
    if dossier.proposal.failure.reason not in COMPRESSION:
        placed = place(measured, wanted, float(dossier.policy.number(CHECK.id, "confidence")))
        if placed.standing is Standing.MEETS:
            return CHECK.failed(
                f"{placed.seen()} It meets the bar: no fine-tune is needed.",
                at=at,
                fix="Ship that, or raise the bar with a source for it.",
                source=source,
                lever=_lever(lever),
            )
    ours, theirs = measured.metric.value or 0.0, baseline.metric.value or 0.0
    better = ours - theirs if wanted.higher else theirs - ours
    if better > TOLERANCE:
        return CHECK.failed(
            f"{name} reaches {beside(ours, theirs)}, the baseline {beside(theirs, ours)}: the baseline is not the best that was tried.",
            at=at,
            fix="Link that run as `eval.baseline`.",
            source=source,
            lever=_lever(lever),
        )
    return None


def _apart(measured: Measured, baseline: Measured, most: float) -> str | None:
    """Say how two runs' items differ; None where they are the same set."""
    ours, theirs = ({item.key for item in each.metric.items} for each in (measured, baseline))
    one_sided = len(ours ^ theirs)
    if not theirs or one_sided <= most * len(ours | theirs):
        return None
    return f"{count(one_sided, 'item')} of {len(ours | theirs):,} are in one of both only"


def _missing(levers: list[str]) -> Finding:
    named = ", ".join(f"`{lever}`" for lever in levers)
    return CHECK.failed(
        f"Of these cheaper levers there is neither a run nor a reason: {named}.",
        at=f"tried.{levers[0]}",
        fix="Run your eval with each over the same held-out set and link it there, or write `{not_applicable: CODE, why: ...}`.",
        lever=_lever(levers[0]),
    )


def _by_budget(dossier: Dossier, excused: dict[str, Accepted]) -> Iterator[Finding]:
    codes = dossier.policy.setting(CHECK.id, "budget_codes")
    most = int(dossier.policy.number(CHECK.id, "most_by_budget"))
    levers = [lever for lever, excuse in excused.items() if excuse.code in codes]
    if len(levers) > most:
        yield CHECK.failed(
            f"A budget alone excuses {len(levers)} levers; {most} at most.",
            at=f"tried.{levers[most]}",
            fix="Try one of them: a budget says what production bears, not what an eval may cost.",
            lever=_lever(levers[most]),
        )


def _all(dossier: Dossier, baseline: Measured, tried: list[_Tried], excused: dict[str, Accepted]) -> Finding:
    sources = [baseline.source, *(each.source for each in tried)]
    values = ", ".join(f"{each.lever} {share(each.value)}" for each in tried) or "nothing"
    reasons = "".join(f" {lever}: {excuse.code}." for lever, excuse in excused.items())
    best = "" if baseline.metric.value is None else f" The baseline reaches {share(baseline.metric.value)}."
    return CHECK.passed(
        f"Tried over the same held-out set: {values}.{best}{f' Not applicable:{reasons}' if reasons else ''}",
        at="tried",
        source=max(sources, key=lambda source: source.grade),
        remark=_doubled(dossier, baseline, tried),
    )


def _doubled(dossier: Dossier, baseline: Measured, tried: list[_Tried]) -> str | None:
    """Say that one run stands for two levers, unless it is the baseline, which may use several at once."""
    seen: dict[object, str] = {}
    same = baseline.source.sha256
    for each in tried:
        linked = schema.at(dossier.proposal, f"tried.{each.lever}")
        if (
            same
            and each.source.sha256 == same
            and not _is_baseline(dossier, linked)
            and not _shares_a_file(dossier, linked)
        ):
            return f"The artifact of `{each.lever}` is, to the byte, the baseline's: only both together were tried."
    for lever in (each.lever for each in tried):
        found = schema.at(dossier.proposal, f"tried.{lever}")
        if isinstance(found, Run) and not _is_baseline(dossier, found):
            key = (found.artifact or found.rows, found.rows, found.run)
            if key in seen:
                return f"`{seen[key]}` and `{lever}` are one and the same run: only both together were tried."
            seen[key] = lever
    return None


def _is_baseline(dossier: Dossier, run: object) -> bool:
    """Say whether a lever's run is the baseline's: the same of several in the same file."""
    baseline = schema.at(dossier.proposal, BASELINE)
    if not isinstance(baseline, Run) or not isinstance(run, Run):
        return False
    return (run.artifact or run.rows, run.run) == (baseline.artifact or baseline.rows, baseline.run)


def _shares_a_file(dossier: Dossier, run: object) -> bool:
    """Say whether a lever's run is another one of the baseline's file."""
    baseline = schema.at(dossier.proposal, BASELINE)
    return (
        isinstance(baseline, Run) and isinstance(run, Run) and run.run is not None and run.artifact == baseline.artifact
    )


def _lever(lever: str) -> str:
    return "retrieval" if lever == "retrieval" else "prompt"


CHECK = Check(id="cheaper-levers-tried", item=Item.EVAL, doc=__doc__, run=run)
