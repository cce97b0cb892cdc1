"""Can the examples come to be as the curation plan says? Its own rules, each broken one with both values that contradict.

They are READINESS section 4, `data`: how many, by when, from where, by whose hands and at what price. The numbers are settings of
`enough-examples`, the check that asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema.data import CurationPlan
from bot.readiness.training_data import AT, PILOT, PLAN, SOURCE, minimum
from bot.readiness.wording import count

POLICY = "enough-examples"
TARGET, BY, LABELERS, COST = f"{PLAN}.target", f"{PLAN}.by", f"{PLAN}.labelers", f"{PLAN}.cost"
_DATA_COST = "ops_cost.one_time.data"
_ONE_PERSON = ("none", "no", "single")  # words under `review` that say that nobody looks a second time


@dataclass(frozen=True, slots=True)
class Floor:
    """How many examples the policy asks for, and for whom: a method, a closed set of outputs."""

    examples: int
    whom: str


def troubles(
    check: Check, dossier: Dossier, planned: CurationPlan, pilot: Known[DataProfile] | None, floor: Floor | None
) -> Iterator[Finding]:
    """Find every reason why a plan is not credible; `pilot` and `floor` are None where they could not be told."""
    yield from _pilot(check, dossier, pilot)
    yield from _target(check, dossier, planned, pilot, floor)
    yield from _by(check, dossier, planned)
    yield from _source(check, dossier, planned)
    yield from _labelers(check, dossier, planned, pilot)
    yield from _cost(check, dossier, planned)


def pace(dossier: Dossier, planned: CurationPlan, pilot: DataProfile) -> int | None:
    """Count the rows that each labeler makes in a working day, rounded up; None where the plan does not say, or has no day."""
    if planned.target is None or planned.by is None or not planned.labelers:
        return None
    days = working_days(dossier.opened_on, planned.by)
    return -(-max(planned.target - pilot.effective, 0) // (planned.labelers * days)) if days else None


def working_days(after: date, until: date) -> int:
    """Count Mondays to Fridays after a day up to another one, that one included; 0 when it does not come later."""
    weeks, rest = divmod(max((until - after).days, 0), 7)
    return 5 * weeks + sum((after + timedelta(days=day)).weekday() < 5 for day in range(1, rest + 1))


def _pilot(check: Check, dossier: Dossier, pilot: Known[DataProfile] | None) -> Iterator[Finding]:
    least = int(dossier.policy.number(POLICY, "pilot"))
    if pilot is not None and pilot.value.effective < least:
        rows = pilot.value.rows
        yield check.failed(
            f"The pilot has {count(pilot.value.effective, 'effective example')} ({count(rows, 'row')}), the policy asks for "
            f"{least:,} before anybody can tell what the others will be like.",
            at=PILOT,
            fix=f"Add {count(least - pilot.value.effective, 'example')}, made as all will be.",
            source=pilot.source,
        )


def _target(
    check: Check, dossier: Dossier, planned: CurationPlan, pilot: Known[DataProfile] | None, floor: Floor | None
) -> Iterator[Finding]:
    target, train = planned.target, dossier.proposal.data.train
    if train is not None and train.examples is not None:
        yield check.failed(
            f"`{AT}.examples` claims {train.examples:,}, and no training file is linked that holds them.",
            at=f"{AT}.examples",
            fix=f"Leave it out: `{TARGET}` says how many there will be.",
        )
    if target is None:
        yield check.failed(
            "The plan does not say how many examples it ends with.",
            at=TARGET,
            fix=f"Add `target: {floor.examples if floor else 500}` or more.",
        )
    elif floor is not None and target < floor.examples:
        yield check.failed(
            f"The plan ends with {target:,} examples, the policy asks for {floor.examples:,} for {floor.whom}.",
            at=TARGET,
            fix=f"Plan for {floor.examples:,} or more.",
            because="examples-above-minimum" if target < minimum(dossier) else None,
        )
    elif pilot is not None and target <= pilot.value.effective:
        yield check.failed(
            f"The plan ends with {target:,} examples, and the pilot has {pilot.value.effective:,} already.",
            at=TARGET,
            fix=f"Link it as `{AT}.path` and leave the plan out, or plan for more.",
            source=pilot.source,
        )


def _by(check: Check, dossier: Dossier, planned: CurationPlan) -> Iterator[Finding]:
    months, opened = int(dossier.policy.number(POLICY, "plan_months")), dossier.opened_on
    last = opened + relativedelta(months=months)
    if planned.by is None:
        yield check.failed("The plan does not say until when.", at=BY, fix=f"Add `by:` a day up to {last}.")
    elif planned.by > last:
        yield check.failed(
            f"The plan ends on {planned.by}, more than {months} months after the pull request was opened ({opened}).",
            at=BY,
            fix=f"Plan up to {last} at the latest, or propose the fine-tune when the data is nearer.",
        )
    elif planned.by <= opened:
        yield check.failed(
            f"The plan ends on {planned.by}, and the pull request was opened on {opened}.",
            at=BY,
            fix=f"Link the data as `{AT}.path` if it is there, else plan for a day up to {last}.",
        )


def _source(check: Check, dossier: Dossier, planned: CurationPlan) -> Iterator[Finding]:
    if planned.source is None:
        yield check.failed(
            "The plan does not say where the examples come from.",
            at=SOURCE,
            fix="Link it as `source`: the export they are drawn from, or the page that says how they are collected.",
        )
        return
    match dossier.evidence.texts.get(SOURCE):
        case None:
            yield check.unverified("The plan's source was not looked at.", at=SOURCE, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield check.unavailable(trouble, at=SOURCE, what="The plan's source could not be read")
        case Known():
            pass


def _labelers(
    check: Check, dossier: Dossier, planned: CurationPlan, pilot: Known[DataProfile] | None
) -> Iterator[Finding]:
    if not planned.labelers:
        stated = "does not say who labels" if planned.labelers is None else "has 0 labelers"
        yield check.failed(f"The plan {stated}.", at=LABELERS, fix="Add `labelers`: how many people.")
        return
    if planned.target is None or planned.by is None or pilot is None or planned.by <= dossier.opened_on:
        return  # told above
    most, twice = float(dossier.policy.number(POLICY, "rows_per_day")), _is_reviewed(planned)
    if twice:
        most *= float(dossier.policy.number(POLICY, "double_review"))
    left, per_day = max(planned.target - pilot.value.effective, 0), pace(dossier, planned, pilot.value)
    if per_day is not None and per_day <= most:
        return
    days = working_days(dossier.opened_on, planned.by)
    speed = f", {per_day:,} a day for each" if per_day is not None else ""
    reviewed = " where a second person looks at them" if twice else ""
    people = -(-left // int(most * days)) if days and most >= 1 else None
    yield check.failed(
        f"Left to {count(planned.labelers, 'labeler')} in {count(days, 'working day')} ({dossier.opened_on} to {planned.by}): "
        f"{count(left, 'row')}{speed}; the policy believes {most:,g} a day{reviewed}.",
        at=BY,
        fix=f"Plan with {people:,} labelers, more days or fewer examples." if people else "Plan more days.",
        source=pilot.source,
    )


def _is_reviewed(planned: CurationPlan) -> bool:
    """Say whether a second person looks at each row: what `review` says otherwise than nobody takes time."""
    return planned.review is not None and planned.review.strip().lower() not in _ONE_PERSON


def _cost(check: Check, dossier: Dossier, planned: CurationPlan) -> Iterator[Finding]:
    once, currency = dossier.proposal.ops_cost.one_time, dossier.proposal.ops_cost.currency
    stated = once.data if once else None
    if not planned.cost:
        yield check.failed(
            f"The plan {'does not say what it costs' if planned.cost is None else 'costs nothing'}: labels have their price.",
            at=COST,
            fix=f"Add `cost`, and the same amount as `{_DATA_COST}`.",
        )
    elif stated is None:
        yield check.failed(
            f"The plan costs {_exactly(planned.cost, currency)}, and `{_DATA_COST}` states nothing.",
            at=COST,
            fix=f"Write `{_DATA_COST}: {planned.cost:f}`.",
            because="cost-estimated",
        )
    elif stated != planned.cost:
        yield check.failed(
            f"The plan costs {_exactly(planned.cost, currency)}, `{_DATA_COST}` says {_exactly(stated, currency)}.",
            at=COST,
            fix="Write the same amount in both.",
        )


def _exactly(amount: Decimal, currency: str | None) -> str:
    """Write an amount unrounded: two that differ by cents must look different."""
    return f"{amount:,f} {currency or ''}".rstrip()
