"""Is the eval of the artifact that serves?

## Why
A run of another checkpoint says nothing about the one that answers people: weights are exchanged more easily than evals are
run again (house, from S1).

## What counts as evidence
`serving.digest` is the digest that the registry knows of what serves, and the artifact of `eval.candidate` names it: the digest
itself, or twelve of its first digits, in its `model` or `adapter`; or the registered reference of a version that cannot change,
like `hf://acme/router@COMMIT` or a hosted model's own id. A run that names another digest fails; one that names none is
unverified. Where the registry knows no digest (an adapter that was imported), the stated one counts, with a remark.

## How to fix
Run the eval on what serves, and let it name the digest: in the native format by `adapter`, elsewhere by the path or name under
which the weights were loaded. Where another version serves by now, register that one first.
"""

from collections.abc import Iterator

from bot.readiness.baseline import CANDIDATE, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.registered import Registered
from bot.readiness.revalidation import OF_REVALIDATIONS, names_digest, other_digests, pins, same_digest
from bot.readiness.wording import cut_short

DIGEST = "serving.digest"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the stated digest against the registry, and the run against the digest."""
    again = dossier.revalidation
    if again is None:
        yield CHECK.not_applicable("Nothing is revalidated here.", at="")
        return
    stated = again.own.serving.digest
    if stated is None:
        yield CHECK.failed(
            "The file does not say what serves.",
            at=DIGEST,
            fix="Add `serving: {digest: sha256:...}`: of the weights that answer now.",
        )
        return
    if isinstance(again.registered, Unavailable):
        yield CHECK.unavailable(
            again.registered, at=DIGEST, what="What serves could not be looked up", because="cycle-is-open"
        )
        return
    adapter = again.registered.value
    if adapter.digest is not None and not same_digest(adapter.digest, stated):
        yield CHECK.failed(
            f"By the registry `{cut_short(adapter.digest)}` serves, the file says `{cut_short(stated)}`.",
            at=DIGEST,
            fix="Run the eval on what serves; where another version serves by now, register that one first.",
        )
        return
    yield _named(dossier, adapter, stated)


def _named(dossier: Dossier, adapter: Registered, stated: str) -> Finding:
    """Judge whether the candidate's run names what serves."""
    if not is_linked(dossier.proposal, CANDIDATE):
        return CHECK.failed(
            "No run of what serves is linked.",
            at=CANDIDATE,
            fix=f"Run the eval on what serves; link its artifact and rows under `{CANDIDATE}`.",
            lever="evals",
        )
    measured = measure(CHECK, dossier, CANDIDATE)
    if isinstance(measured, Finding):
        return measured
    report, source = measured.report.value, measured.report.source
    told = [text for text in (report.adapter, report.model) if text]
    unknown = None if adapter.digest else "The registry knows no digest of it; the one that the file states counts."
    if any(names_digest(text, stated) for text in told):
        return _passed(f"The run names the digest that serves, `{cut_short(stated)}`.", source, unknown)
    others = [digest for text in told for digest in other_digests(text, stated)]
    if others:
        return CHECK.failed(
            f"The run is of `{cut_short(others[0])}`, and `{cut_short(stated)}` serves.",
            at=CANDIDATE,
            fix="Run the eval on what serves, and link that run.",
            source=source,
            lever="evals",
        )
    if adapter.artifact is not None and adapter.artifact in told and pins(adapter.artifact):
        return _passed(f"The run names the version that is registered, `{adapter.artifact[:120]}`.", source, unknown)
    named = f"names `{told[0][:80]}`" if told else "names no model"
    return CHECK.unverified(
        f"The run {named}, which does not say that it is of `{cut_short(stated)}`.",
        at=CANDIDATE,
        fix="Let the run name the digest: in the native format by `adapter`, elsewhere by the path of the weights.",
        source=source,
    )


def _passed(message: str, source: Source, remark: str | None) -> Finding:
    return CHECK.passed(message, at=CANDIDATE, source=source, remark=remark)


CHECK = Check(id="eval-is-of-what-serves", item=Item.EVAL, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
