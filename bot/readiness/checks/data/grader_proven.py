"""Does the grader of a reinforcement fine-tuning reward right answers, and only those?

## Why
Reinforcement learns whatever its grader rewards, its mistakes before all else. It pays where a right answer can be told from a
wrong one by a grader that is proven before training begins (S0, S1).

## What counts as evidence
Only for `training.method: rft`. `training.grader` links the grader (`path`) and its `tests`: CSV, JSON or JSONL rows of `id`,
`expected` and `graded`, written by the repository's own CI, for the bot runs no code of a pull request. At least 50 tests by
distinct id, a tenth of them at least of right and of wrong answers each (1 or right, 0 or wrong; what lies between is
neither), and 95 % graded as expected; a test without a grade is graded wrongly. Each of `keys` (a dotted path, like
`meta.answer`) holds something in every row of `data.train` that is well-formed. No test is a held-out item, by the ids of the
eval's rows; mere numbers of up to six digits only count rows, and give a remark.

## How to fix
Collect right answers and wrong ones that look right, let your CI grade them, and commit what came out. Where the grader errs,
mend the grader.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.grader import examine


def run(dossier: Dossier) -> Iterator[Finding]:
    """Judge the grader, where the method has one."""
    method = dossier.proposal.training.method
    if method != "rft":
        yield CHECK.not_applicable("Only reinforcement fine-tuning has a grader.", at="training.method")
        return
    yield from examine(CHECK, dossier)


CHECK = Check(id="grader-proven", item=Item.DATA, doc=__doc__, run=run)
