"""Which figures led to the gain? What the proposal states, what the policy adds, and what was computed of both."""

from collections.abc import Iterator
from decimal import Decimal

from bot.readiness.economics import DAYS, MONTHS, QUARTERS, Economics, hosting12, rate
from bot.readiness.policy import Policy
from bot.readiness.schema import OpsCost
from bot.readiness.wording import percent
from bot.readiness.working import Entry, From, Working


def of(cost: OpsCost, policy: Policy, computed: Economics, value12: Decimal | None = None) -> Working:
    """List what went in and what came out; `value12` is what evidence says that the gain is worth besides in twelve months."""
    volume = Entry("requests_per_day", "volume", computed.requests_per_day, "requests", "proposal")
    came = (Entry("value12", "what it is worth besides, by evidence", value12, "money", "evidence"),) if value12 else ()
    return Working(
        cost.currency, (volume, *_taken(cost, policy), *_running(computed), *came, *_gained(computed, value12))
    )


def _taken(cost: OpsCost, policy: Policy) -> Iterator[Entry]:
    """List the amounts that were taken, in the order of the form."""
    for name, called, side in (("baseline", "prompted model", cost.baseline), ("tuned", "tuned model", cost.tuned)):
        if side is not None:
            yield Entry(f"unit_cost_{name}", f"a request to the {called}", side.unit_cost, "price", "proposal")
            if hosting := hosting12(side.hosting):
                yield Entry(f"hosting12_{name}", f"hosting of the {called}, 12 months", hosting, "money", "proposal")
    once, keep = cost.one_time, cost.maintenance
    if once is not None:
        hourly = rate(once, policy.number("cost-estimated", "hourly_rate"))
        yield Entry("training", "training", once.training, "money", "proposal")
        yield Entry("engineer_hours", "engineers' hours for it", once.engineer_hours, "hours", "proposal")
        origin: From = "policy" if once.hourly_rate is None else "proposal"
        yield Entry("hourly_rate", "an hour", hourly, "money", origin)
        yield Entry("data", "data and labels", once.data, "money", "proposal")
        yield Entry("eval", "eval", once.eval, "money", "proposal")
        share = policy.number("lifecycle-budgeted", "engineer_share")
        upkeep = share * (once.engineer_hours or 0) * hourly
        for name, called, times in (("month", "every month", MONTHS), ("quarter", "every quarter", QUARTERS)):
            said = f"{percent(share)} of those hours {called}, 12 months"
            yield Entry(f"upkeep12_by_{name}", said, upkeep * times, "money")
    if keep is not None:
        yield Entry("maintenance_hours", "maintenance a month", keep.hours_per_month or Decimal(0), "hours", "proposal")
        yield Entry("revalidation", "one revalidation", keep.revalidation or Decimal(0), "money", "proposal")
    multiplier = policy.number("gain-justifies-cost", "training_multiplier")
    yield Entry("training_multiplier", "ownership at least, times the training cost", multiplier, "times", "policy")


def _running(computed: Economics) -> Iterator[Entry]:
    yield Entry("run12_baseline", "running the prompted model, 12 months", computed.run12_baseline, "money")
    yield Entry("run12_tuned", "running the tuned model, 12 months", computed.run12_tuned, "money")
    yield Entry("gross_saving", "saved in running, 12 months", computed.gross_saving, "money")
    yield Entry("training_cost", "training with its labour", computed.training_cost, "money")
    yield Entry("one_time", "paid once", computed.one_time, "money")
    yield Entry("ownership_stated", "ownership as stated, 12 months", computed.ownership_stated, "money")
    yield Entry("ownership12", "ownership that counts, 12 months", computed.ownership12, "money")


def _gained(computed: Economics, value12: Decimal | None) -> Iterator[Entry]:
    if computed.days != DAYS:
        yield Entry("days_counted", "days that count, until the base model is retired", computed.days, "days")
    yield Entry("net12", "net of 12 months", computed.net12, "money")
    if value12:
        yield Entry("net12_with_value", "net with that worth", computed.net12 + value12, "money")
    yield Entry("payback_bare", "payback without labour", computed.payback_bare, "days")
    yield Entry("payback_labour", "payback with labour", computed.payback_labour, "days")
    yield Entry("payback_loaded", "payback with labour and ownership", computed.payback_loaded, "days")
    yield Entry("break_even_per_day", "breaks even at", computed.break_even_per_day, "requests")
