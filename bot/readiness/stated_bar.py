"""Has the bar moved? What a proposal states as its bar, and how that differs from what an earlier state of it did."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.evidence import StatedBar
from bot.readiness.schema import COMPRESSION, LinkField, Metric, Proposal

_UNSET = "*"  # a part of the metric that the proposal leaves open
_BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class Move:
    """A difference to an earlier state, in words; `eased` says whose claim holds more easily now (None: nobody's)."""

    said: str
    eased: str | None


def stated(proposal: Proposal, where: str) -> StatedBar:
    """Write the bar of a proposal as it is stated; `where` names the state that the proposal is read from."""
    threshold, holdout = proposal.eval.threshold, proposal.eval.holdout
    return StatedBar(
        where=where,
        threshold=None if threshold is None else f"{threshold.normalize():f}",
        metric=_metric(proposal.eval.metric),
        holdout=_link(holdout.path) if holdout and holdout.path else None,
    )


def moves(before: StatedBar, proposal: Proposal) -> Iterator[Move]:
    """Walk the differences between an earlier bar and the present one; what was not stated before has not moved."""
    now = stated(proposal, "now")
    if before.threshold is not None and now.threshold is not None:
        old, new = Decimal(before.threshold), Decimal(now.threshold)
        if old != new:
            yield Move(f"the bar moved {old:f} -> {new:f}", _eased(proposal, old, new))
    if before.metric is not None and now.metric is not None and _other(before.metric, now.metric):
        yield Move(f"the metric changed from `{before.metric}` to `{now.metric}`", "any run may reach it or miss it")
    if before.holdout is not None and now.holdout is not None and before.holdout != now.holdout:
        yield Move(f"the held-out set changed from `{before.holdout}` to `{now.holdout}`", None)


def _eased(proposal: Proposal, old: Decimal, new: Decimal) -> str | None:
    """Say what a moved threshold makes easier to show; a lower one at first only what is to be shown after training."""
    direction = proposal.eval.metric.direction if proposal.eval.metric else None
    if direction is None:
        return "without the metric's direction nobody can say whose claim it eases"
    harder = (new > old) == (direction == "higher")
    if proposal.failure.reason in COMPRESSION:
        return "the small model falls short of it more easily" if harder else "the large model meets it more easily"
    if harder:
        return "the prompted baseline falls short of it more easily"
    return "the tuned run meets it more easily" if proposal.eval.candidate is not None else None


def _metric(metric: Metric | None) -> str | None:
    if metric is None:
        return None
    return _BETWEEN.join(part or _UNSET for part in (metric.task, metric.name, metric.variant, metric.direction))


def _other(before: str, now: str) -> bool:
    """Say whether two metrics differ in more than that one names parts which the other leaves open."""
    old, new = before.split(_BETWEEN), now.split(_BETWEEN)
    if len(old) != len(new):
        return True
    return any(a != b and _UNSET not in (a, b) for a, b in zip(old, new, strict=True))


def _link(link: LinkField) -> str:
    revision = f"@{link.revision}" if link.revision else ""
    digest = f" sha256:{link.sha256}" if link.sha256 else ""
    return f"{link.uri}{revision}{digest}"
