"""Where a model judges: do people agree with it?

## Why
A judge that people disagree with measures itself. A part of its verdicts is checked by hand before it decides (S1: 5 to
10 %).

## What counts as evidence
Whether a judge scored the run, the artifact says, or else the proposal. `eval.judge` names its model and links its rubric
and `human_checks`: JSONL rows of `id`, `human`, `judge`, the ids being those of the run's rows. At least 5 % of the rows and
20 are checked, and people and judge agree on 80 % of them; a row that was checked twice counts as one, and as agreed only
when both say so. The one-sided 95 % Wilson bound of the agreement is printed.

## How to fix
Draw rows of the run at random, let a person who does not see the judge's verdict label them, and link both. Below 80 %:
mend the rubric, not the labels.
"""

from collections.abc import Iterator
from math import ceil

from bot.readiness.baseline import BASELINE, NAMES, Measured, measure
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import HumanChecks
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.rescore import tolerant
from bot.readiness.revalidation import EVERY
from bot.readiness.schema.evaluation import Judge
from bot.readiness.statistics import wilson
from bot.readiness.wording import count, percent, share

_AT, _MODEL, _RUBRIC, _CHECKS = "eval.judge", "eval.judge.model", "eval.judge.rubric", "eval.judge.human_checks"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look for a judge in the proposal and in the runs, and hold its verdicts against those of people."""
    stated, found = dossier.proposal.eval.judge, _in_runs(dossier)
    if stated is None and found is None:
        yield _none(dossier)
        return
    if stated is None and found is not None:
        at, judge = found
        yield CHECK.failed(
            f"A model judged {NAMES[at]} (`{judge}`), and the proposal says nothing of a judge.",
            at=_AT,
            fix="Add `eval.judge: {model, rubric, human_checks}`.",
            lever="evals",
        )
        return
    assert stated is not None  # noqa: S101  # one of the two is there
    yield from _stated(dossier, stated, found)
    yield from _checked(dossier, stated)


def _in_runs(dossier: Dossier) -> tuple[str, str] | None:
    """Find the first run whose artifact names a judge, the baseline first."""
    for at in NAMES:
        fact = dossier.evidence.evals.get(at)
        if isinstance(fact, Known) and fact.value.judge:
            return at, fact.value.judge
    return None


def _none(dossier: Dossier) -> Finding:
    fact = dossier.evidence.evals.get(BASELINE)
    if isinstance(fact, Known):
        return CHECK.not_applicable("No model judges: neither the proposal nor the run names one.", at="eval")
    found = measure(CHECK, dossier)
    assert isinstance(found, Finding)  # noqa: S101  # there is no run to measure
    return found


def _stated(dossier: Dossier, judge: Judge, found: tuple[str, str] | None) -> Iterator[Finding]:
    if judge.model is None:
        yield CHECK.failed(
            "The proposal does not say which model judges.", at=_MODEL, fix="Add `model: vendor/model`.", lever="evals"
        )
    elif found is not None and not _same(judge.model, found[1]):
        yield CHECK.failed(
            f"The proposal says that `{judge.model}` judges, the artifact of {NAMES[found[0]]} says `{found[1]}`.",
            at=_MODEL,
            fix="Name the judge of the run, and link the checks of its verdicts.",
            lever="evals",
        )
    fact = dossier.evidence.texts.get(_RUBRIC)
    if judge.rubric is None:
        yield CHECK.failed(
            "The judge's rubric is not linked.",
            at=_RUBRIC,
            fix="Link the text that tells the judge how to judge.",
            lever="evals",
        )
    elif isinstance(fact, Unavailable):
        yield CHECK.unavailable(fact, at=_RUBRIC, what="The judge's rubric could not be read")
    elif fact is None:
        yield CHECK.unverified("The judge's rubric was not looked at.", at=_RUBRIC, fix=NOT_LOOKED_AT)
    elif fact.source.size == 0:
        yield CHECK.failed(
            "The judge's rubric is an empty file.", at=_RUBRIC, fix="Write down how it judges.", lever="evals"
        )


def _same(stated: str, named: str) -> bool:
    """Say whether two names may mean one model: tools put vendors before them and versions behind."""
    one, other = (tolerant(name.rsplit("/", 1)[-1]) for name in (stated, named))
    return one in other or other in one


def _checked(dossier: Dossier, judge: Judge) -> Iterator[Finding]:
    if judge.human_checks is None:
        yield CHECK.failed(
            "No person's check of the judge is linked.",
            at=_CHECKS,
            fix="Link rows of `id`, `human`, `judge` under `eval.judge.human_checks`.",
            lever="evals",
        )
        return
    fact = dossier.evidence.human_checks.get(_CHECKS)
    if isinstance(fact, Unavailable):
        yield CHECK.unavailable(fact, at=_CHECKS, what="The checks of the judge could not be read")
        return
    if fact is None:
        yield CHECK.unverified("The checks of the judge were not looked at.", at=_CHECKS, fix=NOT_LOOKED_AT)
        return
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    if not measured.metric.items:
        yield CHECK.unverified(
            "There are no rows of the run that the checks could be of.",
            at=_CHECKS,
            fix="Link the per-sample rows under `eval.baseline.rows`.",
            source=measured.source,
            because="eval-readable",
        )
        return
    yield _agreement(dossier, measured, fact)


def _agreement(dossier: Dossier, measured: Measured, fact: Known[HumanChecks]) -> Finding:
    checks, rows = fact.value, {item.native_id for item in measured.metric.items}
    policy, strangers = dossier.policy, [name for name in checks.ids if name not in rows]
    if strangers:
        return CHECK.failed(
            f"{count(len(strangers), 'checked id')} of {checks.rows:,} name no row of the baseline's run, like `{strangers[0]}`.",
            at=_CHECKS,
            fix="Give the ids as the rows of the run name them, without one their 1-based lines.",
            source=fact.source,
            lever="evals",
        )
    part, least = policy.number(CHECK.id, "rows_share"), policy.number(CHECK.id, "rows")
    needed = min(max(ceil(part * len(rows)), int(least)), len(rows))
    if checks.rows < needed:
        return CHECK.failed(
            f"People checked {count(checks.rows, 'row')} of {len(rows):,}, the policy asks for {needed:,}"
            f" ({percent(part)}, and {int(least)} at least).",
            at=_CHECKS,
            fix=f"Let a person label {count(needed - checks.rows, 'more row')}, drawn at random.",
            source=fact.source,
            lever="evals",
        )
    agreement, wanted = checks.agreed / checks.rows, float(policy.number(CHECK.id, "agreement"))
    bound = wilson(checks.agreed, checks.rows, float(policy.number(CHECK.id, "confidence")), upper=False)
    seen = (
        f"People agree with the judge on {checks.agreed:,} of {count(checks.rows, 'row')} ({share(agreement)}, "
        f"95 % bound {share(bound)}), the policy asks for {share(wanted)}."
    )
    if agreement < wanted:
        fix = "Mend the rubric, judge again, and let people check other rows."
        return CHECK.failed(seen, at=_CHECKS, fix=fix, source=fact.source, lever="evals")
    return CHECK.passed(seen, at=_CHECKS, source=fact.source)


CHECK = Check(id="judge-calibrated", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
