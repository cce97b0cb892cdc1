"""Can the eval run be read, and do its rows prove its numbers?

## Why
Without a written eval nobody can tell whether training helped (S1). A number without the rows behind it is a claim.

## What counts as evidence
The artifact and the per-sample rows of `eval.baseline` and of every other run that is linked: the levers under `tried`, the
base model before tuning, the candidate, both runs of each regression slice, the teacher. They are fetched at the pull
request's head commit and recognised by their content. A run is complete, no mock model answered, and no limit cut it short
(a regression slice may be as small as it likes). A file that is linked twice is judged once, and what several runs suffer
from is told once.

The value and N are computed anew from the rows. Where they hold answer and target and scores are 0 and 1, rows are scored
anew: an answer equal to its target to the letter is no 0 whatever the metric is called, and under a name like `exact_match`,
`label_match` or `json_match` an answer that its target does not hold is no 1. Rows that hold a digest or an id in place of
the texts count as an aggregate (grade C), unless the policy accepts them for confidential sets (`accept_hashed_rows`). A run that is not linked is asked for by the
check that needs it. The run of the base model is of the model that is to be tuned, as far as the names tell sizes.

## How to fix
Run the eval once more without a limit, log the samples (`--log_samples` in lm-evaluation-harness), commit both files,
and link them as `artifact` and `rows`.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import isclose

from bot.readiness import model_name
from bot.readiness.baseline import (
    BASELINE,
    TOLERANCE,
    UNTUNED,
    Measured,
    linked_files,
    measure,
    metric_of,
    of_a_slice,
    to_read,
)
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Unavailable
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.plausible import implausible
from bot.readiness.revalidation import EVERY
from bot.readiness.wording import beside, count, share

_TEXTS = (
    "Link rows with what was asked, the target and the answer. For a confidential set, ask the policy's leads to accept rows of "
    "digests (`accept_hashed_rows`)."
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Read every linked run, each once however often it is linked, and compare its numbers with its rows."""
    read: set[object] = set()
    told: set[object] = set()
    for at in to_read(dossier.proposal):
        files = linked_files(dossier.proposal, at)
        if files is not None and files in read and at != UNTUNED:
            continue
        read.add(files)
        measured = measure(CHECK, dossier, at)
        if isinstance(measured, Finding):
            yield _once(measured, _cause(dossier, measured, at), told)
        else:
            wanted = metric_of(dossier.proposal, at)
            lower = wanted is not None and wanted.direction == "lower"
            yield from list(_of_another_model(dossier, measured)) or _judge(measured, lower=lower)


def _cause(dossier: Dossier, finding: Finding, at: str) -> object:
    """Find what several runs may suffer from: a store that is down, a selector that two runs of a slice share."""
    fact = dossier.evidence.evals.get(at)
    if isinstance(fact, Unavailable):
        return fact
    return finding.at if finding.outcome is Outcome.FAILED else finding.outcome


def _once(finding: Finding, cause: object, told: set[object]) -> Finding:
    """Make a finding whose cause was told before a consequence of it: one cause gives one annotation."""
    if finding.because is not None:
        return finding
    again = cause in told
    told.add(cause)
    return replace(finding, because=CHECK.id) if again else finding


def _of_another_model(dossier: Dossier, measured: Measured) -> Iterator[Finding]:
    """Tell a run of the base model that is surely of another one: a weaker one would make any gain look large."""
    tuned, ran = dossier.proposal.training.base_model, measured.report.value.model
    if measured.at != UNTUNED:
        return
    if linked_files(dossier.proposal, UNTUNED) == linked_files(dossier.proposal, BASELINE):
        yield CHECK.failed(
            f"The run of {measured.name} is the baseline's own.",
            at=UNTUNED,
            fix="Run the eval with the very model that is to be tuned, and link that run.",
            source=measured.source,
            lever="evals",
        )
    elif tuned and ran and model_name.differ(tuned, ran):
        yield CHECK.failed(
            f"The run of {measured.name} is, by its artifact, of `{ran}`; the proposal tunes `{tuned}`.",
            at=measured.at,
            fix="Run the eval with the very model that is to be tuned.",
            source=measured.source,
            lever="evals",
        )


def _judge(measured: Measured, *, lower: bool) -> Iterator[Finding]:
    report, metric = measured.report.value, measured.metric
    faults = [*_faults(measured), *([] if lower else _contradictions(measured))]
    for message, fix in faults:
        yield CHECK.failed(message, at=measured.at, fix=fix, source=measured.source, lever="evals")
    if faults or metric.value is None:
        return
    number = f"{report.format}, {measured.name}: {metric.name} = {share(metric.value)}"
    n = metric.n if metric.n is not None else len(measured.scored)
    proof = "which its rows prove" if measured.proven else "which no rows prove"
    if measured.proven and measured.metric.hashed:
        proof = "which its rows give; they hold digests or ids in place of texts, so that none can be scored anew"
    yield CHECK.passed(
        f"{number} over {count(n, 'item')}, {proof}.",
        at=measured.at,
        source=measured.source,
        remark="; ".join(report.warnings) or None,
        fix=_TEXTS if measured.withheld else None,
    )


def _faults(measured: Measured) -> Iterator[tuple[str, str]]:
    report, metric = measured.report.value, measured.metric
    run = f"the run of {measured.name}"
    if report.status not in ("complete", "unknown"):
        yield f"By its artifact {run} did not end well ({report.status}).", "Run the eval to its end and link that run."
    if report.mock:
        yield f"In {run} a mock model answered.", "Run the eval with the model that the proposal speaks of."
    if report.limit is not None and not of_a_slice(measured.at):  # of a benchmark a part may be drawn
        yield f"A limit cut {run} to {report.limit:,g} items.", "Run the whole eval, without a limit."
    if report.rows_note:
        yield (
            f"The rows do not prove the number of {run}: {report.rows_note}.",
            "Link all rows of this very run, unedited.",
        )
    if metric.value is None:
        yield (
            f"In {run} the metric has no number.",
            "Look into the run, it may have failed; link one that has a number.",
        )
        return
    if metric.items and metric.recomputed is not None and not _same(metric.value, metric.recomputed):
        yield (
            f"In {run} the artifact says {beside(metric.value, metric.recomputed)}, its rows give {beside(metric.recomputed, metric.value)}.",
            "Link artifact and rows of one and the same run, unedited.",
        )
    if not metric.items and (doubt := implausible(metric, report.format)):
        yield (
            f"The number of {run} does not hold together: {doubt}.",
            "Link the artifact as the tool wrote it, with its rows.",
        )
    scored, rows = len(measured.scored), len(metric.items)
    distinct = len({item.key for item in metric.items})
    if metric.items and metric.n is not None and metric.n not in (scored, rows, distinct):
        yield (
            f"In {run} the artifact says N = {metric.n:,}, its rows hold {count(scored, 'scored item')}.",
            "Link all rows of the run, and no others.",
        )


def _contradictions(measured: Measured) -> Iterator[tuple[str, str]]:
    """Find rows whose score cannot follow from answer and target (of an error, 0 is what a right answer gets)."""
    wrong = [item.native_id for item in measured.metric.items if item.contradicts]
    if wrong:
        run = f"the run of {measured.name}"
        yield (
            f"Scored anew from answer and target, {len(wrong):,} of {len(measured.scored):,} rows of {run} contradict their score (rows {', '.join(wrong[:5])}).",
            "Link the rows as the tool wrote them.",
        )


def _same(stated: float, recomputed: float) -> bool:
    """Say whether a number is another one, rounded to the places that it shows (at least two)."""
    places = len(repr(stated).partition(".")[2]) if "e" not in repr(stated) else 16
    return isclose(stated, recomputed, rel_tol=1e-6, abs_tol=max(TOLERANCE, 0.501 * 10 ** -max(places, 2)))


CHECK = Check(id="eval-readable", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
