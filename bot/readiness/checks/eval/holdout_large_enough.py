"""Is the held-out set large enough to tell?

## Why
About 200 representative held-out examples are the least (S0): below, a gain and luck look alike.

## What counts as evidence
The scored items of the baseline's rows, distinct by normalised input + target, never by an id of the tool's. The smallest
gain that this N can show is printed (paired test, 80 % power, a fifth of the pairs discordant).

## How to fix
Add held-out examples, drawn like production and kept out of the training data.
"""

from collections.abc import Iterator

from bot.readiness.baseline import measure
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.statistics import DISCORDANCE, detectable_gain
from bot.readiness.wording import count


def run(dossier: Dossier) -> Iterator[Finding]:
    """Count distinct scored items against the policy's floor."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    source, floor = measured.source, int(dossier.policy.number(CHECK.id, "floor"))
    if not measured.metric.items:
        stated = f"says N = {measured.metric.n:,}" if measured.metric.n is not None else "does not say N"
        yield CHECK.unverified(
            f"The artifact {stated}, but there are no rows in which distinct items could be counted.",
            at="eval.baseline",
            fix="Link the per-sample rows under `eval.baseline.rows`.",
            source=source,
            because="eval-readable",
        )
        return
    distinct = len({item.key for item in measured.scored})
    repeated = len(measured.scored) - distinct
    counted = f"{count(distinct, 'distinct scored item')}" + (
        f", {repeated:,} more are repetitions" if repeated else ""
    )
    if distinct < floor:
        yield CHECK.failed(
            f"Counted {counted}, the policy asks for {floor:,}. {_shows(distinct)}",
            at="eval.holdout.path" if dossier.proposal.eval.holdout else "eval.baseline",
            fix=f"Add {count(floor - distinct, 'held-out example')} and run the baseline again.",
            source=source,
            lever="evals",
        )
        return
    yield CHECK.passed(
        f"Counted {counted}, the policy asks for {floor:,}. {_shows(distinct)}", at="eval.baseline", source=source
    )


def _shows(n: int) -> str:
    gain = detectable_gain(n) if n else DISCORDANCE
    least = f"about {100 * gain:.0f}" if gain < DISCORDANCE else f"more than {100 * DISCORDANCE:.0f}"
    return f"The smallest gain that so many can show is {least} points."


CHECK = Check(id="holdout-large-enough", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
