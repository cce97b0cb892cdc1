"""Is there a good large model to be made cheap? What the claims of cost, latency and distillation rest on (S0-S3).

The large prompted model meets the bar, and so does the teacher. Whether the small prompted model falls short is judged
like any other shortfall, and whether the large one is too dear in `budget`.
"""

from collections.abc import Iterator

from bot.readiness.bar import Bar
from bot.readiness.baseline import NAMES, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding
from bot.readiness.schema import COMPRESSION
from bot.readiness.shortfall import severe, too_many_errors
from bot.readiness.wording import beside, count


def meets_the_bar(check: Check, dossier: Dossier, measured: Measured, bar: Bar) -> Finding:
    """Judge whether a run that is said to be good enough meets the bar; errored rows count as wrong."""
    name, at, source, metric = NAMES[measured.at], measured.at, measured.source, measured.metric
    if measured.averages:
        errors = too_many_errors(measured, float(dossier.policy.number(check.id, "max_error_share")))
        if errors:
            return check.failed(errors, at=at, fix="Mend the run and run it again.", source=source, lever="evals")
    value = severe(measured, bar) if measured.averages else metric.value
    said = "no number" if value is None else beside(value, bar.value)
    if measured.averages and measured.errored:
        said += f" ({count(measured.errored, 'row')} without a score counted as wrong)"
    whose = name[:1].upper() + name[1:]
    if value is None or not bar.met_by(value):
        return check.failed(
            f"{whose} reaches {said}, the bar is {bar.said()}: there is no good answer to make cheaper yet.",
            at=at,
            fix="First reach the bar with the large prompted model; then compress it.",
            source=source,
            lever="prompt",
        )
    if not measured.averages:
        return check.unverified(
            f"Of {name} the artifact says {said}, the bar is {bar.said()}; no rows prove it, so it cannot be tested.",
            at=at,
            fix=f"Link the per-sample rows under `{at}.rows`.",
            source=source,
            because="eval-readable",
        )
    return check.passed(f"{whose} meets the bar: {said} against {bar.said()}.", at=at, source=source)


def teacher(check: Check, dossier: Dossier, baseline: Measured, bar: Bar) -> Iterator[Finding]:
    """Judge the teacher (none is fine unless it is to be learnt from): its own run, or the baseline's of the same model."""
    stated, at = dossier.proposal.training.teacher, "training.teacher"
    if is_linked(dossier.proposal, at):
        measured = measure(check, dossier, at)
        yield measured if isinstance(measured, Finding) else meets_the_bar(check, dossier, measured, bar)
        return
    run = dossier.proposal.eval.baseline
    model = baseline.report.value.model or (run.model if run else None)  # the artifact's word wins over the typed one
    if stated is None or stated.model is None:
        yield check.failed(
            "The proposal does not say which model is the teacher.",
            at="training.teacher.model",
            fix="Add `training.teacher: {model}`, with `artifact` and `rows` where it is not the baseline's model.",
        )
    elif model is None or not _same(stated.model, model):
        yield check.failed(
            f"The teacher is {stated.model}, but the baseline is a run of {model or 'a model that nobody names'}.",
            at="training.teacher.model",
            fix="Run the eval with the teacher; link `artifact` and `rows` under `training.teacher`.",
            lever="evals",
        )
    elif dossier.proposal.failure.reason not in COMPRESSION:  # for those the baseline was judged already
        yield meets_the_bar(check, dossier, baseline, bar)


def _same(one: str, other: str) -> bool:
    """Say whether two names mean one model, with or without its vendor's."""
    a, b = sorted((one.casefold(), other.casefold()), key=len)
    return a == b or b.endswith("/" + a)
