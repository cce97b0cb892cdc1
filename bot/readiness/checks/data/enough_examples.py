"""Are there enough training examples, and as many as claimed?

## Why
Below about 500 good examples a fine-tune often makes things worse (S0); diversity counts more than volume, so copies count
once.

## What counts as evidence
The rows of `data.train`, counted one by one: *effective* examples are valid for the format and not copies of another. The
floor depends on `training.method`. Where the method learns one right answer (sft, distillation) and the rows show a closed
set of outputs, 200 examples and 10 per label are enough (S0); so are 200 where the rows hold to a schema of enums and of
patterns that leave nearly nothing open. `data.train.examples` is compared with the effective count;
up to 5 % above it passes.

## How to fix
Add the number of examples named, different ones, in the production format. Or correct the claim.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import DataProfile, Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import ONE_ANSWER, minimum, profile
from bot.readiness.wording import count

BETTER = {
    "rlhf": "Take dpo: it learns preferences without a reward model.",
    "pretraining": "Use retrieval for knowledge.",
}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the effective count with the policy's floor and with the claim."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    claims, floor = list(_claim(dossier, known)), _floor(dossier, known)
    yield from claims
    if not claims or floor.outcome != "passed":
        yield floor


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


def _floor(dossier: Dossier, known: Known[DataProfile]) -> Finding:
    method, data, floors = dossier.proposal.training.method, known.value, dossier.policy.setting(CHECK.id, "floor")
    if method is None:
        return CHECK.failed(
            "How many examples are enough depends on the method, which is not stated.",
            at="training.method",
            fix="Add `training.method`: sft, dpo, orpo, kto, rft, distillation or continued_pretraining.",
        )
    if method == "continued_pretraining":
        return _tokens(dossier, known)
    if method not in floors:
        return CHECK.failed(
            f"The policy has no number of examples that is enough for {method}: a product team hardly ever needs it.",
            at="training.method",
            fix=BETTER.get(method, f"Take one of {', '.join(floors)}."),
        )
    floor, whom = int(dossier.policy.number(CHECK.id, "floor", method)), str(method)
    if method in ONE_ANSWER and data.closed_set and data.labels:
        per_label = int(dossier.policy.number(CHECK.id, "per_label"))
        constrained = max(int(dossier.policy.number(CHECK.id, "constrained_floor")), per_label * len(data.labels))
        if constrained < floor:
            floor, whom = constrained, f"a closed set of {len(data.labels):,} outputs"
    elif method in ONE_ANSWER and _is_choice(dossier, data):
        least = int(dossier.policy.number(CHECK.id, "constrained_floor"))
        if least < floor:
            floor, whom = least, "outputs of which the schema leaves only a choice"
    seen = (
        f"Counted {data.effective:,} effective examples, the policy asks for {floor:,} for {whom} ({waterfall(data)})."
    )
    if data.effective < floor:
        return CHECK.failed(
            seen,
            at="data.train.path",
            fix=f"Add {count(floor - data.effective, 'example')} in the production format.",
            source=known.source,
            because="examples-above-minimum" if data.effective < minimum(dossier) else None,
        )
    curate = int(dossier.policy.number(CHECK.id, "curate_above"))
    remark = f"More than {curate:,} examples: curate rather than collect." if data.effective > curate else None
    return CHECK.passed(seen, at="data.train.path", source=known.source, remark=remark)


def _is_choice(dossier: Dossier, data: DataProfile) -> bool:
    """Say whether the schema leaves only a choice, and the rows hold to it."""
    if not data.constrained or data.misfits is None:
        return False
    return data.misfits <= (1 - dossier.policy.number("outputs-fit-schema", "least")) * data.valid


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
    losses += [f"{data.duplicates:,} {'copy' if data.duplicates == 1 else 'copies'}"] if data.duplicates else []
    return f"{count(data.rows, 'row')}" + (f", less {' and '.join(losses)}" if losses else ", none lost")


CHECK = Check(id="enough-examples", item=Item.DATA, doc=__doc__, run=run)
