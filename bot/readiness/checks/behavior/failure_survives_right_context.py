"""Does the model still fail when it is given the right passage?

## Why
A model that answers rightly once the right passage lies before it lacks nothing but that passage: then retrieval is to be
mended, and no weight is to be changed (S0).

## What counts as evidence
`tried.oracle_context`: the baseline's own model over the same held-out set, with the passage that holds the answer put into
the prompt, and without an adapter. It still falls short of the bar by the statistics of `baseline-falls-short`, errors
counted as right. The run of the baseline or of another lever, linked once more, is none. Where the tool logs the passage as
part of the input, no item can be recognised: then the number of items and the right answers must be the baseline's. A run
that is worse than the baseline by more than 5 points, or scores every row the same, passes with a remark: was it the right
passage?

Not asked where the input holds all that the answer needs (`input_is_complete`, for tasks like classification or extraction,
and only while retrieval does not help by more than 5 points), where the baseline does not retrieve, where the tune is about
retrieval itself, and where a good large model is to be made cheap.

## How to fix
Put the right passage into each prompt by hand or from your labels, run the eval, and link that run. If it meets the bar,
mend retrieval: chunks, ranking, queries.
"""

from collections.abc import Iterator

from bot.readiness import schema
from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, NAMES, Measured, called, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.eval_report import EvalReport
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.model_name import are_alike
from bot.readiness.oracle import another_set, as_before, is_worse, other_model, points
from bot.readiness.schema import COMPRESSION, Run
from bot.readiness.shortfall import Placed, Standing, place, severe, too_many_errors
from bot.readiness.wording import beside, count, share

_AT = "tried.oracle_context"
_PROMPT, _RETRIEVAL, _SUBJECT, _SOURCE = (
    "tried.prompt",
    "tried.retrieval",
    f"{BASELINE}.subject",
    "eval.threshold_source",
)
_AGAIN = "Run the baseline's own model, over its held-out set, with the right passage in each prompt."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Find out whether the question arises, then hold the run against baseline and bar."""
    if (away := _does_not_arise(dossier)) is not None:
        yield away
    elif not is_linked(dossier.proposal, _AT):
        unsaid = schema.at(dossier.proposal, _SUBJECT) is None
        yield CHECK.failed(
            "Nobody tried whether the model still fails with the right passage before it.",
            at=_AT,
            fix="Run the baseline's model with the right passage in each prompt, and link that run as `tried.oracle_context`."
            + (f" If the baseline retrieves nothing, say so: `{_SUBJECT}: prompt`." if unsaid else ""),
            lever="retrieval",
        )
    else:
        yield _judged(dossier)


def _does_not_arise(dossier: Dossier) -> Finding | None:
    """Say why the question does not arise, or why the reason given does not hold; None where it arises."""
    proposal = dossier.proposal
    reason, subject = proposal.failure.reason, schema.at(proposal, _SUBJECT)
    if reason in (*COMPRESSION, "retrieval_interface"):
        return CHECK.not_applicable(
            f"For the reason `{reason}` the right passage settles nothing.", at="failure.reason"
        )
    excuse = judged(proposal, dossier.policy, _AT)
    if isinstance(excuse, Accepted):
        return _contradicted(dossier) or CHECK.not_applicable(
            f"The right passage is in the input already ({excuse.code}): {excuse.why}", at=_AT
        )
    if subject is not None and "retrieval" not in subject and not is_linked(proposal, _AT):
        return CHECK.not_applicable(f"The baseline is {subject}: it retrieves nothing.", at=_SUBJECT)
    if isinstance(excuse, Refused):
        return CHECK.failed(excuse.message, at=_AT, fix=excuse.fix, lever="retrieval")
    return None


def _contradicted(dossier: Dossier) -> Finding | None:
    """Refuse "the input is complete" where retrieval helps noticeably: then something was missing from it."""
    if not (is_linked(dossier.proposal, _PROMPT) and is_linked(dossier.proposal, _RETRIEVAL)):
        return None
    plain, helped = (measure(CHECK, dossier, at) for at in (_PROMPT, _RETRIEVAL))
    wanted = bar(CHECK, dossier, plain) if isinstance(plain, Measured) else plain
    if isinstance(plain, Finding) or isinstance(helped, Finding) or isinstance(wanted, Finding):
        return None  # eval-readable and pass-criteria-written tell that
    before, after = plain.metric.value, helped.metric.value
    if before is None or after is None:
        return None
    gain = after - before if wanted.higher else before - after
    if gain <= points(float(dossier.policy.number(CHECK.id, "retrieval_gain")), before, after):
        return None
    return CHECK.failed(
        f"The input is said to be complete, but retrieval lifts {share(before)} to {share(after)}: something was missing from it."
        if wanted.higher
        else f"The input is said to be complete, but retrieval brings {share(before)} down to {share(after)}: something was missing from it.",
        at=_AT,
        fix="Run the baseline's model with the right passage in each prompt, and link that run here.",
        source=helped.source,
        lever="retrieval",
    )


def _judged(dossier: Dossier) -> Finding:
    measured, baseline = measure(CHECK, dossier, _AT), measure(CHECK, dossier)
    if isinstance(measured, Finding):
        return measured
    wanted = bar(CHECK, dossier, measured)
    if isinstance(wanted, Finding):
        return wanted
    if isinstance(baseline, Finding):
        return baseline  # what cannot be compared proves nothing
    if problem := _not_comparable(dossier, measured, baseline):
        return CHECK.failed(problem, at=_AT, fix=_AGAIN, source=measured.source, lever="retrieval")
    if not measured.averages or not baseline.metric.items:
        return _untested(measured, baseline, wanted)
    if errors := too_many_errors(measured, float(dossier.policy.number(CHECK.id, "max_error_share"))):
        return CHECK.failed(errors, at=_AT, fix="Mend the run and run it again.", source=measured.source, lever="evals")
    placed = place(measured, wanted, float(dossier.policy.number(CHECK.id, "confidence")))
    match placed.standing:
        case Standing.SHORT:
            return CHECK.passed(
                f"{placed.seen()} It falls short all the same.",
                at=_AT,
                source=measured.source,
                remark=" ".join(_doubts(dossier, measured, baseline, placed)) or None,
            )
        case Standing.MEETS:
            return _meets(measured, placed)
        case Standing.WITHIN_NOISE:
            return _noise(dossier, measured, baseline, placed)


def _not_comparable(dossier: Dossier, measured: Measured, baseline: Measured) -> str | None:
    """Say why this is not the baseline with the right passage; None when it may be."""
    if same := _linked_before(dossier, measured.report):
        return same
    report, other = measured.report.value, baseline.report.value
    if report.adapter is not None:
        return f"The run with the right context answered with the adapter `{report.adapter}`."
    ours, theirs = (_model(dossier, each) for each in (measured, baseline))
    small = frozenset(map(str, dossier.policy.setting("baseline-is-the-strong-prompt", "small")))
    if ours and theirs and other_model(ours, theirs, small):
        return f"The run with the right context is of `{ours}`, the baseline of `{theirs}`."
    if report.judge and other.judge and not are_alike(report.judge, other.judge):
        return f"The run with the right context was judged by `{report.judge}`, the baseline by `{other.judge}`."
    apart = another_set(measured.metric, baseline.metric, float(dossier.policy.number(CHECK.id, "max_unpaired")))
    return f"The run with the right context is over another held-out set: {apart}." if apart else None


def _linked_before(dossier: Dossier, ours: Known[EvalReport]) -> str | None:
    """Say that the run is one that is linked elsewhere, however its file is called there; None where it is not."""
    run = schema.at(dossier.proposal, _AT)
    for at in NAMES:
        fact, other = dossier.evidence.evals.get(at), schema.at(dossier.proposal, at)
        if at == _AT or not isinstance(fact, Known):
            continue
        linked = isinstance(run, Run) and isinstance(other, Run) and _file(run) == _file(other)
        same = fact.source.sha256 is not None and fact.source.sha256 == ours.source.sha256
        if (linked or same) and fact.value.run == ours.value.run:
            return f"The run with the right context is {'the baseline itself' if at == BASELINE else f'that of {called(at)}'}."
    return None


def _file(run: Run) -> tuple[object, str | None]:
    return run.artifact or run.rows, run.run


def _model(dossier: Dossier, measured: Measured) -> str | None:
    """Name the model of a run: what the artifact says wins over the typed word."""
    stated = schema.at(dossier.proposal, measured.at)
    return measured.report.value.model or (stated.model if isinstance(stated, Run) else None)


def _untested(measured: Measured, baseline: Measured, wanted: Bar) -> Finding:
    """Judge a run that no rows prove, or that nothing shows to be over the baseline's set."""
    value = measured.metric.value
    if value is not None and wanted.met_by(value):
        return CHECK.failed(
            f"Of {measured.name} the artifact says {beside(value, wanted.value)}, the bar is {wanted.said()}: what fails is retrieval.",
            at=_AT,
            fix="Mend retrieval (chunks, ranking, queries), and run the eval again.",
            source=measured.source,
            lever="retrieval",
        )
    whose = measured if not measured.averages else baseline
    return CHECK.unverified(
        f"No rows prove the number of {whose.name}, so it cannot be tested whether the model still fails.",
        at=_AT,
        fix=f"Link its per-sample rows under `{whose.at}.rows`.",
        source=measured.source,
        because="eval-readable",
    )


def _doubts(dossier: Dossier, measured: Measured, baseline: Measured, placed: Placed) -> Iterator[str]:
    """Say what speaks against a run that falls short, and proves nothing."""
    if not (measured.metric.items and {i.key for i in measured.metric.items} & {i.key for i in baseline.metric.items}):
        yield "None of its inputs is one of the baseline's, perhaps because they hold the passage: only N and the right answers could be compared."
    if None in (_model(dossier, measured), _model(dossier, baseline)):
        yield "Nothing says that it is of the baseline's model."
    if as_before(measured.metric, baseline.metric):
        yield "It scores every row as the baseline does: was the passage in the prompt?"
    elif baseline.averages and is_worse(
        placed.charitable,
        severe(baseline, placed.bar),
        float(dossier.policy.number(CHECK.id, "worse_by")),
        higher=placed.bar.higher,
    ):
        yield f"It is worse than the baseline, which reaches {share(baseline.metric.value or 0.0)}: was it the right passage?"


def _meets(measured: Measured, placed: Placed) -> Finding:
    """Tell what meets the bar as it is from what may meet it: errors are to be run again, the form is to be parsed."""
    if placed.bar.met_by(placed.value):
        message = f"{placed.seen()} With the right passage it meets the bar: what fails is retrieval."
        fix, lever = "Mend retrieval (chunks, ranking, queries), and run the eval again.", "retrieval"
    elif placed.form:
        message = (
            f"{placed.seen()} With the right passage it meets the bar once case, blanks and punctuation do not decide."
        )
        fix, lever = "Mend retrieval, and read its answers tolerantly or constrain their form.", "retrieval"
    else:
        message = (
            f"Inconclusive: {placed.seen()} {count(placed.errored, 'row')} without a score could lift it to the bar."
        )
        fix, lever = f"Run it again until all {placed.rows:,} rows have a score.", "evals"
    return CHECK.failed(message, at=_AT, fix=fix, source=measured.source, lever=lever)


def _noise(dossier: Dossier, measured: Measured, baseline: Measured, placed: Placed) -> Finding:
    noise = f"the 95 % bound is {beside(placed.bound, placed.bar.value)}"
    fact = dossier.evidence.texts.get(_SOURCE) if dossier.proposal.eval.threshold_source is not None else None
    if isinstance(fact, Unavailable):
        return CHECK.unavailable(fact, at=_SOURCE, what="Within noise; and the source of the bar could not be read")
    if isinstance(fact, Known) and fact.source.size != 0:
        doubts = [f"Within noise: {noise}.", *_doubts(dossier, measured, baseline, placed)]
        return CHECK.passed(f"{placed.seen()} It falls short.", at=_AT, source=measured.source, remark=" ".join(doubts))
    return CHECK.failed(
        f"Inconclusive: {placed.seen()} This may be luck: {noise}; {placed.needs()}.",
        at=_AT,
        fix=f"Enlarge the held-out set, or link where the bar comes from under `{_SOURCE}`.",
        source=measured.source,
        lever="evals",
    )


CHECK = Check(id="failure-survives-right-context", item=Item.BEHAVIOR, doc=__doc__, run=run)
