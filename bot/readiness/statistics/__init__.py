"""How sure can one be, given N? One file per question; scipy is imported only where a score is not 0 or 1, and late."""

from bot.readiness.statistics.effect import error_reduction, relative_gain
from bot.readiness.statistics.mean import (
    BOOTSTRAP_MAX_N,
    bootstrap_bound,
    bound_of_mean,
    needed_n_of_mean,
    seed_of,
)
from bot.readiness.statistics.multiple import holm
from bot.readiness.statistics.paired import agresti_min, mcnemar, sign_flip
from bot.readiness.statistics.power import (
    DISCORDANCE,
    detectable_gain,
    detectable_over_churn,
    detectable_shift,
    needed_pairs,
    needed_pairs_of_shift,
)
from bot.readiness.statistics.proportion import MAX_N, needed_n, wilson
from bot.readiness.statistics.unpaired import difference

__all__ = [
    "BOOTSTRAP_MAX_N",
    "DISCORDANCE",
    "MAX_N",
    "agresti_min",
    "bootstrap_bound",
    "bound_of_mean",
    "detectable_gain",
    "detectable_over_churn",
    "detectable_shift",
    "difference",
    "error_reduction",
    "holm",
    "mcnemar",
    "needed_n",
    "needed_n_of_mean",
    "needed_pairs",
    "needed_pairs_of_shift",
    "relative_gain",
    "seed_of",
    "sign_flip",
    "wilson",
]
