"""Is the eval recent, and of what is proposed?

## Why
A run of last year was made with another model behind the same name, another prompt, other questions: what fell short then
may pass today.

## What counts as evidence
The time in the baseline's artifact, at most 90 days before the pull request was opened, and not before the last change of
the held-out set or of the prompt file; for the untuned model's run, not before the base model or its revision changed.
Changes are read from the files' history: a version that says the same is none, nor is a file's first commit. Who changes a
file, runs the eval and commits both later is not blamed: a few days between run and commit are left.

## How to fix
Run the baseline again, with today's prompt on today's held-out set, and link that run.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.readiness.baseline import BASELINE, NAMES, is_linked, measure
from bot.readiness.changes import began, ran_at
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.revalidation import EVERY

_UNTUNED, _BASE_MODEL = "eval.untuned", "training.base_model"
_FILES = {"eval.holdout.path": "the held-out set", "eval.baseline.prompt_file": "the prompt file"}
_PROMPT = "tried.prompt.prompt_file"  # stands for the baseline's where that names none


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the baseline's time against the opening and against what changed since."""
    report = dossier.evidence.evals.get(BASELINE)
    if not isinstance(report, Known):
        missing = measure(CHECK, dossier)
        assert isinstance(missing, Finding)  # noqa: S101  # there is no run to measure
        yield missing
        return
    ran = ran_at(report.value)
    if ran is None:
        yield CHECK.unverified(
            "The baseline's artifact does not say when it ran.",
            at=BASELINE,
            fix="Link an artifact with its time, as the eval tool wrote it.",
            source=report.source,
        )
        return
    found = [*_age(dossier, report, ran), *_changes(dossier, report, ran), *_base_model(dossier)]
    yield from found
    if not any(finding.outcome is Outcome.FAILED for finding in found):
        yield CHECK.passed(
            f"The baseline ran on {ran:%Y-%m-%d}, the pull request was opened on {dossier.opened_on}.",
            at=BASELINE,
            source=report.source,
        )


def _age(dossier: Dossier, report: Known[EvalReport], ran: datetime) -> Iterator[Finding]:
    most = int(dossier.policy.number(CHECK.id, "days"))
    later = int(dossier.policy.number(CHECK.id, "days_after_opening"))
    age = (dossier.opened_on - ran.date()).days
    if age > most:
        yield _again(
            f"The baseline ran on {ran:%Y-%m-%d}, {age} days before the pull request was opened; {most} are the most.",
            BASELINE,
            report,
        )
    elif age < -later:  # a run that is made again while the pull request waits is welcome
        yield CHECK.failed(
            f"The baseline's artifact is dated {ran:%Y-%m-%d}, {-age} days after the pull request was opened.",
            at=BASELINE,
            fix="If its clock was wrong, run the baseline again; if the pull request is so old, open a new one.",
            source=report.source,
            lever="evals",
        )


def _changes(dossier: Dossier, report: Known[EvalReport], ran: datetime) -> Iterator[Finding]:
    for at, what in _FILES.items():
        key = _PROMPT if at.endswith("prompt_file") and not _linked(dossier, at) else at
        if not _linked(dossier, key):
            continue
        match dossier.evidence.histories.get(key):
            case None:
                if _in_repository(dossier, key):
                    yield CHECK.unverified(f"The history of {what} was not looked at.", at=key, fix=NOT_LOOKED_AT)
            case Known() as known:
                since = began(known.value)
                if since is not None and since.changed and since.at - ran > _grace(dossier):
                    yield _again(
                        f"The baseline ran on {ran:%Y-%m-%d}, {what} changed on {since.at:%Y-%m-%d}.", key, report
                    )
            case trouble:
                yield CHECK.unavailable(trouble, at=key, what=f"The history of {what} could not be read")


def _base_model(dossier: Dossier) -> Iterator[Finding]:
    """Hold the untuned model's run against the last change of the base model, where both are known."""
    report = dossier.evidence.evals.get(_UNTUNED) if is_linked(dossier.proposal, _UNTUNED) else None
    history = dossier.evidence.histories.get(_BASE_MODEL)
    if not isinstance(report, Known) or not isinstance(history, Known):
        return  # the one is told at `eval.untuned`, the other with the bar's own history
    ran, since = ran_at(report.value), began(history.value)
    if ran and since and since.changed and since.sure and since.at - ran > _grace(dossier):
        message = (
            f"{NAMES[_UNTUNED].capitalize()} ran on {ran:%Y-%m-%d}, the base model changed on {since.at:%Y-%m-%d}."
        )
        yield _again(message, _UNTUNED, report)


def _again(message: str, at: str, report: Known[EvalReport]) -> Finding:
    return CHECK.failed(message, at=at, fix="Run it again and link that run.", source=report.source, lever="evals")


def _grace(dossier: Dossier) -> timedelta:
    return timedelta(days=int(dossier.policy.number(CHECK.id, "days_to_commit")))


def _link(dossier: Dossier, at: str) -> object:
    found: object = dossier.proposal
    for name in at.split("."):
        found = getattr(found, name, None)
    return found


def _linked(dossier: Dossier, at: str) -> bool:
    return _link(dossier, at) is not None


def _in_repository(dossier: Dossier, at: str) -> bool:
    return "://" not in str(getattr(_link(dossier, at), "uri", "://"))


CHECK = Check(id="eval-fresh", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
