"""Is it planned to see what the tuned model forgets?

## Why
Fine-tuning can cost a model what it could do before. That is seen only on tasks beside the one that is tuned, over which the
model ran before (S1).

## What counts as evidence
At least one slice under `eval.regression`: a name, its metric, and the `baseline` run with its rows. Of a slice of fewer
than 100 rows a remark says that it will show nothing; the number of rows that would show a loss is always printed. An
adapter that answers with a closed set of labels and stands behind a router needs none:
`{not_applicable: closed_set_behind_router, why: ...}`.

## How to fix
Choose a few hundred items of general tasks that the model serves or may be asked, run the model over them before training,
and link artifact and rows.
"""

from collections.abc import Iterator

from bot.readiness import regression
from bot.readiness.baseline import measure, slices
from bot.readiness.check import Check, Dossier
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.finding import Finding, Item
from bot.readiness.regression import Limits
from bot.readiness.wording import count


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at each slice's baseline, or at the reason for having none."""
    limits = Limits.of(dossier)
    excuse = judged(dossier.proposal, dossier.policy, regression.AT)
    if isinstance(excuse, Accepted):
        yield CHECK.not_applicable(f"No slice is asked for ({excuse.code}): {excuse.why}", at=regression.AT)
        return
    if isinstance(excuse, Refused):
        yield CHECK.failed(excuse.message, at=f"{regression.AT}.not_applicable", fix=excuse.fix, lever="evals")
        return
    listed = slices(dossier.proposal)
    if not listed:
        yield CHECK.failed(
            f"No regression slice is planned: what the tune forgets would not be seen. {limits.needed()}",
            at=regression.AT,
            fix="Add a slice of general tasks under `eval.regression`: name, metric, and the baseline's artifact and rows.",
            lever="evals",
        )
    for number, planned in enumerate(listed):
        yield _planned(dossier, f"{regression.AT}[{number}]", planned.name, limits)


def _planned(dossier: Dossier, at: str, name: str, limits: Limits) -> Finding:
    measured = measure(CHECK, dossier, f"{at}.baseline")
    if isinstance(measured, Finding):
        return measured
    higher = regression.higher_is_better(dossier.proposal, measured)
    if isinstance(higher, str):
        return CHECK.failed(
            higher,
            at=f"{at}.metric",
            fix="Write `direction: higher` or `lower` there.",
            source=measured.source,
            lever="evals",
        )
    rows = len({item.key for item in measured.scored})
    seen = f"Slice `{name}`: the baseline ran over {count(rows, 'item')}."
    small = f"Fewer than {limits.min_rows:,} items will show nothing." if rows < limits.min_rows else None
    return CHECK.passed(f"{seen} {limits.needed()}", at=at, source=measured.source, remark=small)


CHECK = Check(id="regression-slices-planned", item=Item.EVAL, doc=__doc__, run=run)
