"""Are there enough training examples, and as many as claimed?

## Why
Below about 500 good examples a fine-tune often makes things worse (S0); diversity counts more than volume, so copies count
once.

## What counts as evidence
The rows of `data.train`, counted one by one: *effective* examples are valid for the format and not copies of another. The
floor depends on the method. Where the rows show a closed set of outputs, 200 examples and 10 per label are enough (S0).
`data.train.examples` is compared with the effective count; up to 5 % above it passes.

## How to fix
Add the number of examples named, different ones, in the production format. Or correct the claim.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import DataProfile, Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import profile

COUNTED = ("sft", "dpo", "orpo", "kto", "rft", "distillation")


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the effective count with the policy's floor and with the claim."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    findings = [*_claim(dossier, known), *_floor(dossier, known)]
    yield from (f for f in findings if f.outcome != "passed")
    if all(f.outcome == "passed" for f in findings):
        yield findings[-1]


def _claim(dossier: Dossier, known: Known[DataProfile]) -> Iterator[Finding]:
    claimed = dossier.proposal.data.train.examples if dossier.proposal.data.train else None
    effective = known.value.effective
    if claimed is not None and claimed > effective * (1 + dossier.policy.number(CHECK.id, "overclaim")):
        yield CHECK.failed(
            f"Claimed {claimed:,}, counted {effective:,} effective ({waterfall(known.value)}).",
            at="data.train.examples",
            fix=f"Write `examples: {effective}`, or add the missing {claimed - effective:,}.",
            source=known.source,
        )


def _floor(dossier: Dossier, known: Known[DataProfile]) -> Iterator[Finding]:
    method, data = dossier.proposal.training.method or "sft", known.value
    if method == "continued_pretraining":
        yield _tokens(dossier, known)
        return
    if method not in COUNTED:
        yield CHECK.failed(
            f"No number of examples is enough for `{method}`: it is not a method that a product team needs.",
            at="training.method",
            fix="Take sft, dpo, orpo, kto, rft or distillation.",
        )
        return
    floor, why = int(dossier.policy.number(CHECK.id, "floor", method)), f"the policy asks for {{floor}} for {method}"
    if data.closed_set and data.labels:
        per_label = int(dossier.policy.number(CHECK.id, "per_label"))
        constrained = max(int(dossier.policy.number(CHECK.id, "constrained_floor")), per_label * len(data.labels))
        if constrained < floor:
            floor, why = constrained, f"the policy asks for {{floor}} for a closed set of {len(data.labels)} outputs"
    asked = why.format(floor=f"{floor:,}")
    if data.effective < floor:
        yield CHECK.failed(
            f"Counted {data.effective:,} effective examples, {asked} ({waterfall(data)}).",
            at="data.train.path",
            fix=f"Add {floor - data.effective:,} examples in the production format.",
            source=known.source,
        )
        return
    curate = int(dossier.policy.number(CHECK.id, "curate_above"))
    yield CHECK.passed(
        f"Counted {data.effective:,} effective examples, {asked} ({waterfall(data)}).",
        at="data.train.path",
        source=known.source,
        remark=f"More than {curate:,} examples: curate rather than collect." if data.effective > curate else None,
    )


def _tokens(dossier: Dossier, known: Known[DataProfile]) -> Finding:
    floor = int(dossier.policy.number(CHECK.id, "token_floor"))
    seen = f"Counted about {known.value.tokens:,} tokens (characters / 4), the policy asks for {floor:,} for continued pretraining."
    if known.value.tokens < floor:
        return CHECK.failed(
            seen,
            at="data.train.path",
            fix="Use retrieval instead, or collect more text.",
            source=known.source,
            lever="retrieval",
        )
    return CHECK.passed(seen, at="data.train.path", source=known.source)


def waterfall(data: DataProfile) -> str:
    """Say where the rows went: all rows, each loss, what is left."""
    faulty = data.rows - data.valid
    losses = [f"{faulty:,} faulty"] if faulty else []
    losses += [f"{data.duplicates:,} copies"] if data.duplicates else []
    return f"{data.rows:,} rows" + (f", less {' and '.join(losses)}" if losses else ", none lost")


CHECK = Check(id="enough-examples", item=Item.DATA, doc=__doc__, run=run)
