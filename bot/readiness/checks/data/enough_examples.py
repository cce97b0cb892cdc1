"""Are there enough training examples, and as many as claimed?

## Why
Below about 500 good examples a fine-tune often makes things worse (S0); diversity counts more than volume, so copies count
once.

## What counts as evidence
The rows of `data.train`, counted one by one: *effective* examples are what is left when every row is taken away that is not
valid for the format, a copy or nearly a copy of an earlier one, in the held-out set, or at odds with an earlier row where one
answer is right. The
floor depends on `training.method`. Where the method learns one right answer (sft, distillation) and the rows show a closed
set of outputs, 200 examples and 10 per label are enough (S0); so are 200 where the rows hold to a schema of enums and of
patterns that leave nearly nothing open. `data.train.examples` is compared with the effective count;
up to 5 % above it passes.

While there is no training file, `data.curation_plan` may stand for it (S1): then the check passes *on condition*, and so does the
proposal. The plan's pilot has at least 50 effective examples, and every other check on data judges it as it would the file. Its
`target` reaches the floor; `by` lies within six months of the pull request's opening; `source` is a link that leads somewhere;
what is left to collect is at most 200 rows for each of the `labelers` and working day (Monday to Friday), half of that where
`review` names a second look (any word but `none` or `single`); `cost` is above 0 and the same as `ops_cost.one_time.data`.
Nothing is registered on a plan: once `data.train` is linked, it is judged itself.

## How to fix
Add the number of examples named, different ones, in the production format. Or correct the claim. Where rows are still to come,
leave `data.train` out and write `data.curation_plan: {pilot, target, by, source, labelers, review, cost}`.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from bot.readiness import curation
from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.schema.data import CurationPlan
from bot.readiness.training_data import ONE_ANSWER, WITHOUT_TARGETS, condition, minimum, path, plan, profile
from bot.readiness.waterfall import in_words, left
from bot.readiness.wording import count

BETTER = {
    "rlhf": "Take dpo: it learns preferences without a reward model.",
    "pretraining": "Use retrieval for knowledge.",
}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the effective count with the policy's floor and with the claim, or look at what is planned."""
    known, planned = profile(CHECK, dossier), plan(dossier.proposal)
    if planned is not None:
        yield from _planned(dossier, planned, known)
        return
    if isinstance(known, Finding):
        yield known
        return
    claims, floor = list(_claim(dossier, known)), _floor(dossier, known)
    told = [*claims, *([floor] if not claims or floor.outcome != "passed" else [])]
    yield replace(told[0], rows=left(known.value))
    yield from told[1:]


def _claim(dossier: Dossier, known: Known[DataProfile]) -> Iterator[Finding]:
    claimed = dossier.proposal.data.train.examples if dossier.proposal.data.train else None
    effective = known.value.effective
    if claimed is not None and claimed > effective * (1 + dossier.policy.number(CHECK.id, "overclaim")):
        yield CHECK.failed(
            f"Claimed {claimed:,}, counted {effective:,} effective ({in_words(known.value)}).",
            at="data.train.examples",
            fix=f"Write `examples: {effective}`, or add the missing {claimed - effective:,}.",
            source=known.source,
        )


def _asked(dossier: Dossier, data: DataProfile) -> curation.Floor | Finding:
    """Find how many examples the policy asks for, where it counts examples."""
    method, floors = dossier.proposal.training.method, dossier.policy.setting(CHECK.id, "floor")
    if method is None:
        return CHECK.failed(
            "How many examples are enough depends on the method, which is not stated.",
            at="training.method",
            fix="Add `training.method`: sft, dpo, orpo, kto, rft, distillation or continued_pretraining.",
        )
    if method not in floors:
        return CHECK.failed(
            f"The policy has no number of examples that is enough for {method}: a product team hardly ever needs it.",
            at="training.method",
            fix=BETTER.get(method, f"Take one of {', '.join(floors)}."),
        )
    floor = int(dossier.policy.number(CHECK.id, "floor", method))
    if method in ONE_ANSWER and data.closed_set and data.labels:
        per_label = int(dossier.policy.number(CHECK.id, "per_label"))
        constrained = max(int(dossier.policy.number(CHECK.id, "constrained_floor")), per_label * len(data.labels))
        if constrained < floor:
            return curation.Floor(constrained, f"a closed set of {len(data.labels):,} outputs")
    elif method in ONE_ANSWER and _is_choice(dossier, data):
        least = int(dossier.policy.number(CHECK.id, "constrained_floor"))
        if least < floor:
            return curation.Floor(least, "outputs of which the schema leaves only a choice")
    return curation.Floor(floor, str(method))


def _floor(dossier: Dossier, known: Known[DataProfile]) -> Finding:
    if dossier.proposal.training.method in WITHOUT_TARGETS:
        return _tokens(dossier, known)
    data, asked = known.value, _asked(dossier, known.value)
    if isinstance(asked, Finding):
        return asked
    floor, whom = asked.examples, asked.whom
    seen = (
        f"Counted {data.effective:,} effective examples, the policy asks for {floor:,} for {whom} ({in_words(data)})."
    )
    if data.effective < floor:
        return CHECK.failed(
            seen,
            at=path(dossier),
            fix=f"Add {count(floor - data.effective, 'example')} in the production format{_or_plan(dossier)}.",
            source=known.source,
            because="examples-above-minimum" if data.effective < minimum(dossier) else None,
        )
    curate = int(dossier.policy.number(CHECK.id, "curate_above"))
    remark = f"More than {curate:,} examples: curate rather than collect." if data.effective > curate else None
    return CHECK.passed(seen, at=path(dossier), source=known.source, remark=remark)


def _planned(dossier: Dossier, planned: CurationPlan, known: Known[DataProfile] | Finding) -> Iterator[Finding]:
    """Hold a plan to its own rules, all of them at once; one that keeps them passes on condition."""
    if isinstance(known, Finding):
        yield known
        yield from curation.troubles(CHECK, dossier, planned, None, None)
        return
    floor = _tokens_planned(dossier, known.value) or _asked(dossier, known.value)
    troubles = list(curation.troubles(CHECK, dossier, planned, known, None if isinstance(floor, Finding) else floor))
    if isinstance(floor, Finding):
        yield floor
    yield from troubles
    if isinstance(floor, Finding) or troubles:
        return
    pace = curation.pace(dossier, planned, known.value)
    yield CHECK.passed(
        f"The plan brings {condition(dossier)}, the policy asks for {floor.examples:,} for {floor.whom}. The pilot has "
        f"{known.value.effective:,} ({in_words(known.value)}); {pace or 0:,} a day at most are left to each of "
        f"{count(planned.labelers or 0, 'labeler')}.",
        at=curation.TARGET,
        source=known.source,
        condition=condition(dossier),
    )


def _tokens_planned(dossier: Dossier, pilot: DataProfile) -> curation.Floor | None:
    """Find how many texts like the pilot's hold the tokens that are asked for; None for methods that count examples."""
    if dossier.proposal.training.method not in WITHOUT_TARGETS:
        return None
    tokens, each = int(dossier.policy.number(CHECK.id, "token_floor")), pilot.tokens / max(pilot.effective, 1)
    whom = f"{tokens:,} tokens of continued pretraining, {each:,.0f} in a text of the pilot (characters / 4)"
    return curation.Floor(math.ceil(tokens / max(each, 1.0)), whom)


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
            at=path(dossier),
            fix="Use retrieval instead, or collect more text.",
            source=known.source,
            lever="retrieval",
        )
    return CHECK.passed(seen, at=path(dossier), source=known.source)


def _or_plan(dossier: Dossier) -> str:
    """Say how a plan that stands beside a training file comes to count."""
    if dossier.proposal.data.curation_plan is None:
        return ""
    return ", or leave `data.train` out and link these as the plan's `pilot`"


CHECK = Check(id="enough-examples", item=Item.DATA, doc=__doc__, run=run)
