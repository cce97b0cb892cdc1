"""Which of two settings asks for more? Each key of a policy has a direction, so that a lower layer can only tighten.

A number that is not in the table is `fixed`: only the organisation's policy changes it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.readiness.fact import Grade
from bot.readiness.policy import APPROVERS, NOBODY, AcceptedCode, Enforcement, Path


class Stricter(StrEnum):
    """Which way is stricter. Of numbers None asks for nothing; of lists the words count, not their order."""

    HIGHER = "higher"
    LOWER = "lower"
    MORE = "more words"
    FEWER = "fewer words"
    FALSE = "false"
    BOTH = "both"  # instead of either
    HARDER = "harder"  # enforcement
    BETTER = "better"  # grade of evidence
    FEWER_PEOPLE = "by fewer people"  # who waives: the approvers, then one role, then nobody
    NARROWER = "narrower"  # where "not applicable" is accepted
    FIXED = "fixed"
    FREE = "free"  # no matter of strictness


_HARDER = (Enforcement.OFF, Enforcement.ADVISORY, Enforcement.SOFT, Enforcement.HARD)
_HIGHER, _LOWER, _MORE, _FEWER = Stricter.HIGHER, Stricter.LOWER, Stricter.MORE, Stricter.FEWER
_FALSE, _FIXED = Stricter.FALSE, Stricter.FIXED

SETTINGS: Mapping[str, Mapping[str, Stricter]] = {
    # eval
    "eval-readable": {"accept_hashed_rows": _FALSE},
    "baseline-falls-short": {"max_error_share": _LOWER, "confidence": _HIGHER},
    "baseline-is-the-strong-prompt": {"models": _FEWER, "billions": _HIGHER, "small": _MORE, "tuned": _MORE},
    "cheaper-levers-tried": {
        "asked": _MORE,
        "budget_codes": _MORE,
        "most_by_budget": _LOWER,
        "max_unpaired": _LOWER,
        "max_error_share": _LOWER,
        "confidence": _HIGHER,
    },
    "holdout-large-enough": {"floor": _HIGHER},
    "holdout-is-representative": {"most": _LOWER, "small_sample": _HIGHER},
    "judge-calibrated": {"rows_share": _HIGHER, "rows": _HIGHER, "agreement": _HIGHER, "confidence": _HIGHER},
    "regression-slices-planned": {"max_overlap": _LOWER},
    "gain-is-real": {
        "min_relative": _HIGHER,
        "min_absolute": _HIGHER,
        "ceiling": _HIGHER,  # above it a share of the errors is asked for, which is less
        "fewer_errors": _HIGHER,
        "max_loss": _LOWER,
        "bound_above": _HIGHER,
        "confidence": _FIXED,  # the surer of a gain, the less of a loss is held to be one
        "power": _HIGHER,
        "max_unpaired": _LOWER,
    },
    "no-regression": {
        "min_rows": _LOWER,  # smaller slices are not judged
        "max_loss": _LOWER,
        "confidence": _LOWER,  # the surer one has to be of a loss, the less is held to be one
        "power": _HIGHER,
        "discordance": _HIGHER,
        "max_unpaired": _LOWER,
    },
    "eval-fresh": {"days": _LOWER, "days_after_opening": _LOWER, "days_to_commit": _LOWER, "stays_advisory": _FALSE},
    "runs-are-of-this-cycle": {"days_after_opening": _LOWER},
    "adapter-still-justified": {"max_error_share": _LOWER, "confidence": _HIGHER},
    "experiments-bounded": {"max_recent": _LOWER, "window_days": _HIGHER},
    # behavior
    "signal-is-stable": {"days": _HIGHER, "remark_above": _LOWER, "most_changes": _LOWER},
    "failure-is-specific": {
        "least": _HIGHER,
        "max_strays": _LOWER,
        "share_tolerance": _LOWER,
        "most_modes": _LOWER,
        "empty_words": _MORE,
        "scale_words": _MORE,
    },
    "failure-survives-right-context": {
        "retrieval_gain": _LOWER,
        "worse_by": _LOWER,
        "max_unpaired": _LOWER,
        "max_error_share": _LOWER,
        "confidence": _HIGHER,
    },
    "data-teaches-behavior": {"new_words_by_nature": _FEWER, "show_words": _FALSE},
    # data
    "enough-examples": {
        "floor": _HIGHER,
        "token_floor": _HIGHER,
        "constrained_floor": _HIGHER,
        "per_label": _HIGHER,
        "overclaim": _LOWER,
        "curate_above": _LOWER,
        "pilot": _HIGHER,
        "plan_months": _LOWER,
        "rows_per_day": _LOWER,
        "double_review": _LOWER,
    },
    "examples-above-minimum": {"minimum": _HIGHER, "minimum_rft": _HIGHER},
    "examples-well-formed": {"max_faulty_share": _LOWER, "manifest": _FIXED},  # its numbers pull both ways
    "outputs-fit-schema": {"least": _HIGHER},
    "production-sample-fresh": {"rows": _HIGHER, "days": _LOWER, "days_after_opening": _LOWER},
    "examples-match-production": {
        "least": _HIGHER,
        "chance": _LOWER,
        "rows": _HIGHER,
        "small_sample": _HIGHER,
        "copied": _LOWER,
        "apart": _LOWER,
    },
    "duplicates-collapsed": {"warn": _LOWER, "fail": _LOWER},
    "labels-agree": {"warn": _LOWER, "fail": _LOWER, "small": _HIGHER, "fail_small": _LOWER},
    "labels-audited": {"most": _LOWER, "confidence": _HIGHER},
    "synthetic-is-augmentation": {"most": _LOWER},
    "examples-are-diverse": {"template": _LOWER, "inputs": _HIGHER, "bigrams": _HIGHER, "label": _LOWER},
    "data-fits-reason": {
        "calls": _HIGHER,
        "per_label": _HIGHER,
        "each": _HIGHER,
        "refusals": _LOWER,
        "one_side_longer": _LOWER,
        "only_longer": _LOWER,
    },
    "technique-fits-data": {"few_pairs": _HIGHER},
    "grader-proven": {"rows": _HIGHER, "each": _HIGHER, "equal": _HIGHER},
    "no-train-eval-leak": {"most": _LOWER},
    # owner
    "owner-stays-12-months": {"months": _HIGHER},
    "revalidation-scheduled": {"months": _LOWER},
    "rollback-planned": {"words": _HIGHER},
    "drift-watched": {"days": _LOWER},
    "rollout-proven": {
        "max_loss": _LOWER,
        "min_rows": _HIGHER,
        "max_held_out": _LOWER,
        "confidence": _FIXED,  # as in gain-is-real
        "power": _HIGHER,
        "max_unpaired": _LOWER,
    },
    "base-model-outlives-commitment": {"months": _HIGHER, "stale_after_days": _HIGHER, "words": _HIGHER},
    "base-model-outlives-cycle": {"words": _HIGHER},
    "platform-fits-recipe": {
        "facts_days": _HIGHER,
        "tenants": _LOWER,
        "high_volume": _HIGHER,
        "at_scale": _LOWER,
        "closed": _MORE,
    },
    "training-reproducible": {"without_seed": _FEWER, "large_rank": _LOWER, "few_rows": _HIGHER},
    # cost
    "cost-estimated": {
        "stale_after_days": _LOWER,
        "days_after_opening": _LOWER,
        "currency": _FIXED,
        "hourly_rate": _HIGHER,
        "least_hourly_rate": _HIGHER,
        "least_unit_cost": _HIGHER,
    },
    "costs-within-estimate": {"remark": _LOWER},
    "prices-plausible": {"warn": _LOWER, "fail": _LOWER},
    "volume-evidenced": {
        "days": _HIGHER,
        "warn": _LOWER,
        "fail": _LOWER,
        "stale_after_days": _LOWER,
        "too_old_after_days": _LOWER,
        "days_after_opening": _LOWER,
    },
    "totals-add-up": {"warn": _LOWER, "fail": _LOWER},
    "lifecycle-budgeted": {"engineer_share": _HIGHER},
    "gain-justifies-cost": {
        "proof": Stricter.BOTH,
        "value_months": _HIGHER,
        "value_old_months": _LOWER,
        "days_after_opening": _LOWER,
        "payback_days": _LOWER,
        "payback_remark_days": _LOWER,
        "training_multiplier": _HIGHER,
    },
    "estimate-robust": {"volume": _LOWER, "tuned_cost": _HIGHER, "training_multiplier": _HIGHER},
    "parameter-efficient": {"adapters_by_default": _FEWER},
}


def direction(path: Path) -> Stricter:
    """Find the direction of a key of a policy, like ("checks", "enough-examples", "floor", "sft")."""
    match path:
        case ("checks", _, "enforcement"):
            return Stricter.HARDER
        case ("checks", _, "least_grade"):
            return Stricter.BETTER
        case ("checks", _, "waived_by"):
            return Stricter.FEWER_PEOPLE
        case ("waivers", "max_days") | ("waivers", "most_at_once"):
            return Stricter.LOWER
        case ("checks", check, setting, *_):
            return SETTINGS.get(check, {}).get(setting, Stricter.FIXED)
        case ("accepted_codes", _, _):
            return Stricter.NARROWER
        case ("shadow",):
            return Stricter.FALSE
        case ("time_zone",) | ("name",):
            return Stricter.FREE
        case _:
            return Stricter.FIXED


def tightened(path: Path, above: Any, below: Any) -> Any:
    """Combine what two layers say of a key: `below` where it asks for as much as `above`, else the stricter of both."""
    match direction(path):
        case Stricter.HIGHER:
            return above if below is None or (above is not None and below < above) else below
        case Stricter.LOWER:
            return above if below is None or (above is not None and below > above) else below
        case Stricter.MORE:
            return below if set(below) >= set(above) else (*above, *(word for word in below if word not in above))
        case Stricter.FEWER:
            return below if set(below) <= set(above) else tuple(word for word in above if word in below)
        case Stricter.FALSE:
            return above and below
        case Stricter.BOTH:
            return "both" if "both" in (above, below) else below
        case Stricter.HARDER:
            return max(above, below, key=_HARDER.index)
        case Stricter.BETTER:
            return min(above, below, key=lambda grade: Grade(grade).value)
        case Stricter.FEWER_PEOPLE:
            return below if above == APPROVERS or below == NOBODY else above
        case Stricter.NARROWER:
            return _narrowed(above, below)
        case Stricter.FREE:
            return below
        case Stricter.FIXED:
            return above


def _narrowed(above: AcceptedCode | None, below: AcceptedCode | None) -> AcceptedCode | None:
    """Accept a code only where both do; None accepts it nowhere."""
    if above is None or below is None:
        return None
    only = {
        field: tuple(value for value in above.only.get(field, below.only.get(field, ())) if _in(below, field, value))
        for field in (*above.only, *below.only)
    }
    never = {
        field: tuple(dict.fromkeys((*above.never.get(field, ()), *below.never.get(field, ()))))
        for field in (*above.never, *below.never)
    }
    # one of these fields must be given: fewer fields ask for more. Where they share none, both cannot be said in one list
    needs = tuple(field for field in above.needs if field in below.needs) if below.needs else above.needs
    both = AcceptedCode(only=only, never=never, needs=needs or above.needs or below.needs)
    return below if _same(both, below) else both


def _in(rule: AcceptedCode, field: str, value: str) -> bool:
    return field not in rule.only or value in rule.only[field]


def _same(one: AcceptedCode, other: AcceptedCode) -> bool:
    def plain(rule: AcceptedCode) -> object:
        words = ({field: frozenset(values) for field, values in part.items()} for part in (rule.only, rule.never))
        return (*words, frozenset(rule.needs))

    return plain(one) == plain(other)
