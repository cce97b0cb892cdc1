"""Are the training rows different ones?

## Why
A row that stands there ten times is one example with ten votes: the model learns its words, not the task (S0, S1).

## What counts as evidence
The rows of `data.train` whose whole context and target are the same as an earlier row's but for case, blanks and punctuation; of
preferences both answers, of thumbs the answer with its thumb. And rows that are nearly the same: at least seven of ten runs of
three words stand in both, in what the user says and in the context, and the answer is the same or as near. Runs of words that
more than a tenth of the rows share are a template and count for nothing; where hardly a word is left beside the template, what
the user says decides. Above 10 % a remark, above 30 % too many.

## How to fix
Leave the copies out; add rows that differ in what production brings.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import path, profile
from bot.readiness.wording import count, percent


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the share of copies to the policy."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    near, valid = known.value.near_duplicates, known.value.valid
    copies = known.value.duplicates + near
    share = copies / valid if valid else 0.0
    warn, fail = (float(dossier.policy.number(CHECK.id, name)) for name in ("warn", "fail"))
    only_near = f" ({near:,} of them nearly)" if near else ""
    seen = f"{copies:,} of {count(valid, 'valid row')} are copies of another{only_near}, {100 * share:.0f} %"
    if share > fail:
        yield CHECK.failed(
            f"{seen}; the policy bears {percent(fail)}.",
            at=path(dossier),
            fix="Leave the copies out, and add different rows.",
            source=known.source,
        )
    else:
        remark = f"More than {percent(warn)} are copies: leave them out." if share > warn else None
        yield CHECK.passed(f"{seen}.", at=path(dossier), source=known.source, remark=remark)


CHECK = Check(id="duplicates-collapsed", item=Item.DATA, doc=__doc__, run=run)
