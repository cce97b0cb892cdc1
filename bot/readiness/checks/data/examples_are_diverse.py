"""Do the training rows differ enough from one another?

## Why
Diversity counts more than volume: a thousand inputs from one template teach the template (S0).

## What counts as evidence
A sample of the rows of `data.train`. Inputs that several rows share count once: several answers to one question are no lack of
variety, unless fewer than a tenth of the rows bring an input of their own. Inputs are of one template when they are the same but
for numbers and names; instructions that all inputs share are left out before, and data (JSON, XML, tables) and long inputs count
as made by nobody's template. A fifth of one template is a remark, half fails. Different pairs of neighbouring words among 20,000
words (distinct-2, Li et al. 2016): below 5 % a remark, of answers only where they are free text. A label in more than 80 % of the
rows is a remark too; of JSON only where each field has such a label.

## How to fix
Draw inputs from production, or write them without a template; more rows of the same do not help.
"""

from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import DataProfile, Variety
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import WITHOUT_TARGETS, path, profile
from bot.readiness.wording import count, percent

_OWN_WORDS = ("code", "math")  # whose answers are made of few words by nature


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the figures of variety with the policy."""
    method = dossier.proposal.training.method
    if method in WITHOUT_TARGETS:
        yield CHECK.not_applicable("Continued pretraining has no inputs that could be alike.", at="training.method")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    found = known.value.variety
    if found is None:
        yield CHECK.unverified("How much the rows differ was not looked at.", at=path(dossier), fix=NOT_LOOKED_AT)
        return
    most = float(dossier.policy.number(CHECK.id, "template", "fail"))
    made = found.template / found.inputs
    seen = (
        f"{found.inputs:,} different inputs in {count(found.rows, 'row')}, {100 * made:.0f} % of the commonest template"
    )
    if found.template > 1 and made > most:
        yield CHECK.failed(
            f"{seen} (first in line {found.line:,}): they differ in names and numbers only, and the policy bears {percent(most)}.",
            at=path(dossier),
            fix="Draw inputs from production, or write them without a template.",
            source=known.source,
        )
        return
    remarks = list(_remarks(dossier, known.value, found))
    yield CHECK.passed(f"{seen}.", at=path(dossier), source=known.source, remark=" ".join(remarks) or None)


def _remarks(dossier: Dossier, data: DataProfile, found: Variety) -> Iterator[str]:
    def number(name: str, key: str | None = None) -> float:
        return float(dossier.policy.number(CHECK.id, name, key))

    task = dossier.proposal.task
    if found.template > 1 and found.template > number("template", "remark") * found.inputs:
        yield (
            f"{found.template:,} of {found.inputs:,} inputs are of one template (first in line {found.line:,}): they differ in "
            "names and numbers only."
        )
    if found.inputs < number("inputs") * found.rows:
        yield f"Only {found.inputs:,} different inputs in {count(found.rows, 'row')}: add others."
    least = number("bigrams")
    judged = [("inputs", found.input_bigrams)]
    if task.output == "free_text" and task.kind not in _OWN_WORDS:
        judged.append(("answers", found.answer_bigrams))
    for what, share in judged:
        if share is not None and share < least:
            yield f"Of the word pairs of the {what} {100 * share:.1f} % are different ones, fewer than {percent(least)}."
    fields = [field for field in data.label_fields or () if field.labels > 1 and field.rows >= 2 * field.labels]
    if fields and all(field.largest.rows > number("label") * field.rows for field in fields):
        largest = max(fields, key=lambda field: field.labels)
        share = largest.largest.rows / largest.rows
        label = f"The label `{largest.largest.label}`" if largest.largest.label else "One label"
        yield f"{label} stands in {100 * share:.0f} % of the rows: answering it always is right so often."


CHECK = Check(id="examples-are-diverse", item=Item.DATA, doc=__doc__, run=run)
