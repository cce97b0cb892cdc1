"""Is the baseline the best that prompting a strong model can do?

## Why
A tuned model that beats a weak prompt on a small model proves nothing: the question is what is left to gain over the best
model one can prompt, with what it needs to know put before it (S0, S1).

## What counts as evidence
The model that the baseline's artifact names, or else the one that the proposal writes: one of the policy's list, no smaller
sibling, tuned by nobody and without an adapter. Retrieval is part of the baseline (`subject`), or was tried and is no
better, or is not applicable by an accepted code. Where a good large model is to be made cheap, retrieval is not asked for.

## How to fix
Run the eval with the strongest model that you may use, with your retrieval, and link that run as `eval.baseline`. Does the
list lack your model? It is a number of the policy like any other: ask its leads.
"""

from collections.abc import Iterator

from bot.readiness.baseline import BASELINE, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.finding import Finding, Item
from bot.readiness.model_name import Strong, are_alike
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import COMPRESSION

_RETRIEVAL = "tried.retrieval"
_SUBJECT = "eval.baseline.subject"
_FIX = "Run the eval with the strongest model that you may use, and link that run; or ask the policy's leads to list this one."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at the model that answered, then at whether retrieval was part of it."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    yield _model(dossier, measured)
    if dossier.proposal.failure.reason not in COMPRESSION:
        yield _retrieval(dossier, measured)


def _model(dossier: Dossier, measured: Measured) -> Finding:
    report, source = measured.report.value, measured.source
    if report.adapter is not None:
        return CHECK.failed(
            f"The baseline answered with the adapter `{report.adapter}`: that is no prompted model.",
            at=BASELINE,
            fix="Link a run of the strong model itself.",
            source=source,
            lever="prompt",
        )
    stated = dossier.proposal.eval.baseline.model if dossier.proposal.eval.baseline else None
    model = report.model or stated
    if model is None:
        return CHECK.failed(
            "Neither the artifact nor the proposal says which model the baseline prompts.",
            at=BASELINE,
            fix="Write `model` under `eval.baseline`, or link an artifact that names it.",
            source=source,
            lever="prompt",
        )
    if weakness := strong(dossier).weakness(model):
        whose = "By its artifact the baseline prompts" if report.model else "The baseline prompts"
        return CHECK.failed(
            f"{whose} `{model}`; {weakness}.",
            at=BASELINE,
            fix=_FIX,
            source=source if report.model else None,
            lever="prompt",
        )
    if report.model is None:
        return CHECK.passed(
            f"The baseline prompts `{model}`, a strong model.",
            at=BASELINE,
            remark="The artifact names no model: this rests on the proposal's word.",
        )
    other = stated if stated and not are_alike(stated, model) else None
    remark = f"The proposal says `{other}`; what the artifact says counts." if other else None
    return CHECK.passed(f"The baseline prompts `{model}`, a strong model.", at=BASELINE, source=source, remark=remark)


def _retrieval(dossier: Dossier, measured: Measured) -> Finding:
    proposal = dossier.proposal
    subject = proposal.eval.baseline.subject if proposal.eval.baseline else None
    if subject is not None and "retrieval" in subject:
        return CHECK.passed(f"The baseline is {subject}.", at=_SUBJECT, stated=True)
    excuse = judged(proposal, dossier.policy, _RETRIEVAL)
    if isinstance(excuse, Accepted):
        return CHECK.passed(f"Retrieval does not apply ({excuse.code}): {excuse.why}", at=_RETRIEVAL, stated=True)
    if isinstance(excuse, Refused):
        return CHECK.failed(
            excuse.message, at=_RETRIEVAL, fix=excuse.fix, lever="retrieval", because="cheaper-levers-tried"
        )
    if is_linked(proposal, _RETRIEVAL):
        return CHECK.passed(
            "Retrieval was tried by itself, and the baseline stands without it.",
            at=_RETRIEVAL,
            source=measured.source,
            remark="Write `subject: prompt+retrieval` if the baseline is that run.",
        )
    return CHECK.failed(
        "Nothing says that the baseline retrieves what it needs to know.",
        at=_SUBJECT if subject else BASELINE,
        fix="Link a run with retrieval and write `subject: prompt+retrieval`, or excuse `tried.retrieval` by a code.",
        source=measured.source,
        lever="retrieval",
        because="cheaper-levers-tried",
    )


def strong(dossier: Dossier) -> Strong:
    """Read the list of strong models from the policy."""

    def words(name: str) -> tuple[str, ...]:
        return tuple(str(word) for word in dossier.policy.setting(CHECK.id, name))

    billions = float(dossier.policy.number(CHECK.id, "billions"))
    return Strong(words("models"), billions, frozenset(words("small")), frozenset(words("tuned")))


CHECK = Check(id="baseline-is-the-strong-prompt", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
