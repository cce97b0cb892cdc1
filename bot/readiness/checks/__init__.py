"""PURE. Which checks are there? The table: every check of every item, in the order in which they are shown."""

from bot.readiness.check import Check
from bot.readiness.checks.behavior import (
    data_teaches_behavior,
    failure_is_behavior,
    failure_is_specific,
    failure_survives_right_context,
    signal_is_stable,
    words_agree,
)
from bot.readiness.checks.cost import cost_estimated, gain_justifies_cost, totals_add_up
from bot.readiness.checks.data import (
    enough_examples,
    examples_above_minimum,
    examples_well_formed,
    no_secrets,
    no_train_eval_leak,
)
from bot.readiness.checks.eval import (
    bar_not_moved,
    baseline_falls_short,
    baseline_is_the_strong_prompt,
    cheaper_levers_tried,
    eval_fresh,
    eval_readable,
    gain_is_real,
    holdout_is_representative,
    holdout_large_enough,
    judge_calibrated,
    no_regression,
    pass_criteria_written,
    regression_slices_planned,
)
from bot.readiness.checks.owner import owner_exists, owner_stays_12_months, revalidation_scheduled

CHECKS: tuple[Check, ...] = (
    eval_readable.CHECK,
    pass_criteria_written.CHECK,
    bar_not_moved.CHECK,
    baseline_falls_short.CHECK,
    baseline_is_the_strong_prompt.CHECK,
    cheaper_levers_tried.CHECK,
    holdout_large_enough.CHECK,
    holdout_is_representative.CHECK,
    regression_slices_planned.CHECK,
    judge_calibrated.CHECK,
    eval_fresh.CHECK,
    gain_is_real.CHECK,
    no_regression.CHECK,
    failure_is_behavior.CHECK,
    signal_is_stable.CHECK,
    failure_is_specific.CHECK,
    failure_survives_right_context.CHECK,
    data_teaches_behavior.CHECK,
    words_agree.CHECK,
    examples_well_formed.CHECK,
    examples_above_minimum.CHECK,
    enough_examples.CHECK,
    no_train_eval_leak.CHECK,
    no_secrets.CHECK,
    owner_exists.CHECK,
    owner_stays_12_months.CHECK,
    revalidation_scheduled.CHECK,
    cost_estimated.CHECK,
    totals_add_up.CHECK,
    gain_justifies_cost.CHECK,
)
