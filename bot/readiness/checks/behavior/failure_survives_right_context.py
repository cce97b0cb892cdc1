"""Does the model still fail when it is given the right passage?

## Why
A model that answers rightly once the right passage lies before it lacks nothing but that passage: then retrieval is to be
mended, and no weight is to be changed (S0).

## What counts as evidence
`tried.oracle_context`: the baseline's own model over the same held-out set, with the passage that holds the answer put into
the prompt. It still falls short of the bar, errors counted as right. Not asked where the input holds all that the answer
needs (`input_is_complete`, for tasks like classification or extraction, and only while retrieval does not help by more than
5 points), where the baseline does not retrieve, where the tune is about retrieval itself, and where a good large model is to
be made cheap.

## How to fix
Put the right passage into each prompt by hand or from your labels, run the eval, and link that run. If it meets the bar,
mend retrieval: chunks, ranking, queries.
"""

from collections.abc import Iterator

from bot.readiness import schema
from bot.readiness.bar import bar
from bot.readiness.baseline import BASELINE, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Known
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.finding import Finding, Item
from bot.readiness.model_name import are_alike
from bot.readiness.schema import COMPRESSION, Run
from bot.readiness.shortfall import Placed, Standing, place, too_many_errors
from bot.readiness.wording import beside, count, share

_AT = "tried.oracle_context"
_PROMPT, _RETRIEVAL = "tried.prompt", "tried.retrieval"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Find out whether the question arises, then hold the run against baseline and bar."""
    if (away := _does_not_arise(dossier)) is not None:
        yield away
    elif not is_linked(dossier.proposal, _AT):
        yield CHECK.failed(
            "Nobody tried whether the model still fails with the right passage before it.",
            at=_AT,
            fix="Run the baseline's model with the right passage in each prompt, and link that run as `tried.oracle_context`.",
            lever="retrieval",
        )
    else:
        yield _judged(dossier)


def _does_not_arise(dossier: Dossier) -> Finding | None:
    """Say why the question does not arise, or why the reason given does not hold; None where it arises."""
    proposal = dossier.proposal
    reason, subject = proposal.failure.reason, schema.at(proposal, f"{BASELINE}.subject")
    if reason in (*COMPRESSION, "retrieval_interface"):
        return CHECK.not_applicable(
            f"For the reason `{reason}` the right passage settles nothing.", at="failure.reason"
        )
    excuse = judged(proposal, dossier.policy, _AT)
    if isinstance(excuse, Refused):
        return CHECK.failed(excuse.message, at=_AT, fix=excuse.fix, lever="retrieval")
    if isinstance(excuse, Accepted):
        return _contradicted(dossier) or CHECK.not_applicable(
            f"The right passage is in the input already ({excuse.code}): {excuse.why}", at=_AT
        )
    if subject is not None and "retrieval" not in subject and not is_linked(proposal, _AT):
        return CHECK.not_applicable(f"The baseline is {subject}: it retrieves nothing.", at=f"{BASELINE}.subject")
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
    points = float(dossier.policy.number(CHECK.id, "retrieval_gain"))
    if gain <= points * (1.0 if max(abs(before), abs(after)) <= 1 else abs(before)):
        return None
    return CHECK.failed(
        f"The input is said to be complete, but retrieval lifts {share(before)} to {share(after)}: something was missing from it.",
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
    if isinstance(baseline, Measured) and (problem := _not_comparable(dossier, measured, baseline)):
        return CHECK.failed(
            problem,
            at=_AT,
            fix="Run the baseline's own model, over its held-out set, with the right passage in each prompt.",
            source=measured.source,
            lever="retrieval",
        )
    if not measured.averages:
        return CHECK.unverified(
            "No rows prove the number of the run with the right context, so it cannot be tested.",
            at=_AT,
            fix=f"Link its per-sample rows under `{_AT}.rows`.",
            source=measured.source,
            because="eval-readable",
        )
    if errors := too_many_errors(measured, float(dossier.policy.number(CHECK.id, "max_error_share"))):
        return CHECK.failed(errors, at=_AT, fix="Mend the run and run it again.", source=measured.source, lever="evals")
    return _placed(dossier, measured, place(measured, wanted, float(dossier.policy.number(CHECK.id, "confidence"))))


def _not_comparable(dossier: Dossier, measured: Measured, baseline: Measured) -> str | None:
    """Say why this is not the baseline with the right passage; None when it may be."""
    ours, theirs = schema.at(dossier.proposal, _AT), schema.at(dossier.proposal, BASELINE)
    if isinstance(ours, Run) and isinstance(theirs, Run) and (ours.artifact, ours.run) == (theirs.artifact, theirs.run):
        return "The run with the right context is the baseline itself."
    report, other = measured.report.value, baseline.report.value
    if report.adapter is not None:
        return f"The run with the right context answered with the adapter `{report.adapter}`."
    if report.model and other.model and not are_alike(report.model, other.model):
        return f"The run with the right context is of `{report.model}`, the baseline of `{other.model}`."
    keys, known = ({item.key for item in each.metric.items} for each in (measured, baseline))
    # the passage may be a part of what the tool logs as input: then no key is shared, and N tells what it can
    shared = len(keys & known)
    most = float(dossier.policy.number(CHECK.id, "max_unpaired"))
    if keys and known and shared and len(keys ^ known) > most * len(keys | known):
        return f"The run with the right context is over another held-out set: {count(len(keys ^ known), 'item')} are in one of both only."
    if keys and known and not shared and abs(len(keys) - len(known)) > most * len(known):
        return f"The run with the right context is over {count(len(keys), 'item')}, the baseline over {len(known):,}."
    return None


def _unlike(dossier: Dossier, measured: Measured) -> str | None:
    """Say that no row can be recognised as one of the baseline's."""
    baseline = measure(CHECK, dossier)
    if isinstance(baseline, Finding) or {item.key for item in measured.metric.items} & {
        item.key for item in baseline.metric.items
    }:
        return None
    return (
        "None of its inputs is one of the baseline's, perhaps because they hold the passage: only N could be compared."
    )


def _placed(dossier: Dossier, measured: Measured, placed: Placed) -> Finding:
    source = measured.source
    match placed.standing:
        case Standing.SHORT:
            return CHECK.passed(
                f"{placed.seen()} It falls short all the same.",
                at=_AT,
                source=source,
                remark=_unlike(dossier, measured),
            )
        case Standing.MEETS:
            return CHECK.failed(
                f"{placed.seen()} With the right passage it meets the bar: what fails is retrieval.",
                at=_AT,
                fix="Mend retrieval (chunks, ranking, queries), and run the eval again.",
                source=source,
                lever="retrieval",
            )
        case Standing.WITHIN_NOISE:
            noise = f"the 95 % bound is {beside(placed.bound, placed.bar.value)}"
            if isinstance(dossier.evidence.texts.get("eval.threshold_source"), Known):
                return CHECK.passed(
                    f"{placed.seen()} It falls short.", at=_AT, source=source, remark=f"Within noise: {noise}."
                )
            return CHECK.failed(
                f"Inconclusive: {placed.seen()} This may be luck: {noise}; {placed.needs()}.",
                at=_AT,
                fix="Enlarge the held-out set, or link where the bar comes from under `eval.threshold_source`.",
                source=source,
                lever="evals",
            )


CHECK = Check(id="failure-survives-right-context", item=Item.BEHAVIOR, doc=__doc__, run=run)
