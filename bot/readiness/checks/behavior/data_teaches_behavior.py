"""Do the training rows teach behavior, or facts?

## Why
An answer whose facts stand nowhere in its input can only be learnt by heart: that teaches knowledge, which goes stale and
cannot be cited, and a model that learns it learns to invent (S1, S3).

## What counts as evidence
A sample of the training rows. A word is specific when hardly any other answer uses it, and unsupported when the row's input
(instructions, passages, tools, question) does not hold it. Where at least half of the specific words are unsupported, in two of
five rows, and answers differ, the rows do not plainly teach behavior; where half of the users also ask bare questions, they
teach knowledge. Measured on 54 sets that a person had labelled. Below 200 rows it is a guess and not judged; nor are
translation, math, code and creative writing, whose answers are new words by nature. A run with the right passage that falls
short settles the question: then this is a remark. Lines are named with some of their words, unless the policy keeps words back
(`show_words`).

## How to fix
Put the source passage into each row's prompt: then retrieval supplies the facts, and the rows teach what to do with them.
"""

from collections.abc import Iterator

from bot.readiness import oracle
from bot.readiness.bar import bar
from bot.readiness.baseline import Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import Signal
from bot.readiness.fact import Known, Source
from bot.readiness.finding import Finding, Item
from bot.readiness.shortfall import Standing, place
from bot.readiness.training_data import path, profile, rows
from bot.readiness.wording import count

_ORACLE = "tried.oracle_context"
_SHOWN = 3
_FIX = "Put the passage that holds the facts into each row's prompt; then retrieval is what is missing."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Judge the signal of the training rows, where it says something."""
    kinds = dossier.policy.setting(CHECK.id, "new_words_by_nature")
    if dossier.proposal.task.kind in kinds:
        yield CHECK.not_applicable(
            f"The answers of `{dossier.proposal.task.kind}` are new words by nature.", at="task.kind"
        )
        return
    if dossier.proposal.scope == "experiment" and rows(dossier.proposal) is None:
        yield CHECK.not_applicable("An experiment is not asked for training rows.", at="scope")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    signal = known.value.signal
    if signal is None:
        yield CHECK.not_applicable("The rows have no answers that could teach facts.", at=path(dossier))
    elif signal.verdict == "too_few":
        yield CHECK.not_applicable(
            f"{count(signal.rows, 'row')} are too few to tell what they teach.", at=path(dossier)
        )
    elif signal.verdict == "behavior":
        yield CHECK.passed(f"The rows teach behavior: {_seen(signal)}.", at=path(dossier), source=known.source)
    else:
        yield _doubtful(dossier, signal, known.source)


def _doubtful(dossier: Dossier, signal: Signal, source: Source) -> Finding:
    evidence = _evidence(signal, words=bool(dossier.policy.setting(CHECK.id, "show_words")))
    told = f"In {100 * signal.rows_with:.0f} % of the answers stand facts that their inputs do not hold{evidence}"
    if signal.verdict == "review":
        return CHECK.passed(
            f"The rows do not plainly teach behavior: {_seen(signal)}.",
            at=path(dossier),
            source=source,
            remark=f"{told}. A person should look at them.",
        )
    if _settled(dossier):
        return CHECK.passed(
            "The run with the right passage falls short all the same, which settles it.",
            at=path(dossier),
            source=source,
            remark=f"{told}.",
        )
    return CHECK.failed(
        f"{told}: the rows teach knowledge.", at=path(dossier), fix=_FIX, source=source, lever="retrieval"
    )


def _seen(signal: Signal) -> str:
    return (
        f"{100 * signal.novelty:.0f} % of the specific words of {count(signal.rows, 'answer')} stand in no input, "
        f"{100 * signal.questions:.0f} % of the users ask bare questions"
    )


def _evidence(signal: Signal, *, words: bool) -> str:
    """Name the lines that show it most, with some of their words unless the policy keeps them back."""
    shown = [
        f"line {line:,}" + (f": {', '.join(f'`{word}`' for word in said)}" if words else "")
        for line, said in signal.lines[:_SHOWN]
    ]
    return f" ({'; '.join(shown)})" if shown else ""


def _settled(dossier: Dossier) -> bool:
    """Say whether a run with the right passage falls short of the bar: what fails is then no missing fact."""
    if not is_linked(dossier.proposal, _ORACLE) or not isinstance(dossier.evidence.evals.get(_ORACLE), Known):
        return False
    measured, baseline = measure(CHECK, dossier, _ORACLE), measure(CHECK, dossier)
    if not isinstance(measured, Measured) or not measured.averages or not isinstance(baseline, Measured):
        return False
    most = float(dossier.policy.number("failure-survives-right-context", "max_unpaired"))
    if oracle.another_set(measured.metric, baseline.metric, most):
        return False
    wanted = bar(CHECK, dossier, measured)
    confidence = float(dossier.policy.number("failure-survives-right-context", "confidence"))
    return not isinstance(wanted, Finding) and place(measured, wanted, confidence).standing is Standing.SHORT


CHECK = Check(id="data-teaches-behavior", item=Item.BEHAVIOR, doc=__doc__, run=run)
