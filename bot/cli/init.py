"""`tunegate init`: a commented proposal to fill in, with the fields that the default policy asks of most."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from bot.cli import EXIT_USAGE
from bot.clock import SystemClock
from bot.readiness.proposal import is_proposal

NAME = "finetune-proposal.yaml"
_STAYS = 550  # days, eighteen months: twelve are asked from the opening, which may be weeks away


def run(chosen: argparse.Namespace) -> int:
    """Write the proposal; never over a file that is there."""
    path = Path(chosen.path)
    if path.is_dir():
        path = path / NAME
    if not is_proposal(path.name):
        print(f"tunegate init: name it {NAME} or NAME.finetune-proposal.yaml", file=sys.stderr)
        return EXIT_USAGE
    today = SystemClock().today()
    until = today.replace(day=1) + timedelta(days=_STAYS)
    body = TEMPLATE.format(today=today.isoformat(), until=until.isoformat())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(body)
    except FileExistsError:
        print(f"tunegate init: {path} is there already; it was left as it is", file=sys.stderr)
        return EXIT_USAGE
    except OSError as error:
        print(f"tunegate init: {path}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    print(f"Wrote {path}. Fill it in, then: tunegate check {path}")
    return 0


TEMPLATE = """\
# A proposal to fine-tune. Fill in what is empty, then run `tunegate check` on this file.
# Before you do: a better prompt, retrieval or a better eval is the answer more often than not.
version: 1
adapter: my-adapter              # lower-case words joined by hyphens, unique in the organisation
summary:                         # one sentence that says what the adapter does
task:
  kind:                          # classification extraction structured_generation rewriting tool_use dialogue ...
  output:                        # closed_set | structured | free_text | tool_calls

# 1. Behavior: fine-tuning teaches behavior. For missing knowledge use retrieval.
failure:
  kind:                          # behavior | knowledge
  signal:                        # stable | volatile: will the right answer be the same in half a year?
  reason:                        # structured_output style refusal_or_tone domain_vocabulary classification extraction
                                 # tool_use retrieval_interface cost_or_latency distillation
  description:                   # what the prompted model does wrong, and how often
  # modes:                       # two to five ways of failing; `rows` lists the ids of failing rows of the baseline, one a line
  #   - {{name: wrong-category, share: 0.6, rows: evals/wrong_category.txt}}
tried:                           # the cheaper levers, each over the same held-out set: {{artifact: ..., rows: ...}}
  prompt:                        # or, but for `prompt`, {{not_applicable: CODE, why: ...}}
  few_shot:                      # over_latency_budget | over_cost_budget, with `eval.budget`
  retrieval:                     # nothing_to_retrieve | input_is_complete
  tool_use:                      # nothing_to_call
  structured_decoding:           # free_text_output | not_offered_by_provider
  reasoning_model:               # over_latency_budget | over_cost_budget
  oracle_context:                # the same model with the right passage by hand; input_is_complete
  small_prompted:                # only for cost_or_latency and distillation

# 2. Eval: prompt + retrieval, measured, below a bar that was set before training.
eval:
  baseline:                      # your best prompted run; paths are relative to this file
    model:                       # vendor/model
    artifact:                    # evals/baseline_results.json
    rows:                        # evals/baseline_rows.jsonl
    subject: prompt+retrieval    # prompt | prompt+retrieval | prompt+tools | prompt+retrieval+tools
  metric:
    task:
    name:                        # exact_match
    direction:                   # higher | lower
  threshold:                     # 0.9
  threshold_source:              # docs/why-this-bar.md
  untuned:                       # {{model: ..., artifact: ..., rows: ...}}: the base model before tuning, same prompt
  holdout:
    path:                        # data/holdout.jsonl: one item a line
    split_by:                    # user | time | source | random
    labels:                      # people | system_of_record | teacher
    sampled:                     # {{how: random, from: production, window: 2026-08-01/2026-10-31}}
  # regression:                  # a general task against forgetting, run with the model to be tuned; for a closed set behind
  #                              # a router {{not_applicable: closed_set_behind_router, why: ...}}
  #   - {{name: general, baseline: {{artifact: ..., rows: ...}}, metric: {{name: acc, direction: higher}}}}

# 3. Data: at least 500 good examples in exactly the format of production.
data:
  train:
    path:                        # data/train.jsonl
    format: openai-chat
    examples:                    # how many you count
  production_sample:             # data/production_sample.jsonl: some hundred requests; {{not_applicable: not_launched, why: ...}}
  output_schema:                 # schemas/answer.schema.json, for structured output
  group_key:                     # meta.user_id, where holdout and training are set apart by users
  label_audit:                   # data/audit.csv of `row,verdict`: 100 rows that a second person looked at
training:
  method:                        # sft dpo orpo kto rft continued_pretraining distillation
  technique: lora
  base_model:                    # vendor/base-model
  base_revision:                 # its commit, on machines of your own
  provider:                      # self_hosted openai azure bedrock vertex together fireworks ...
  config:                        # training/job.json: what the trainer takes
  seed:                          # 42, as the config says

# 4. Owner: a person who answers for the adapter for twelve months and longer.
serving:
  platform:                      # vllm sglang tgi lorax hosted other
  rollout: [shadow, canary]      # how it meets production traffic, in this order
owner:                           # both people open the pull request, approve it, or comment /tunegate own on it
  primary:                       # a GitHub login
  backup:                        # of a second person
  until: {until}
  revalidate_every: P3M          # at least quarterly
  rollback:                      # docs/rollback.md: to what one goes back, and the steps
  drift_checks:                  # what runs on a schedule, not a text about it; with / a path begins at the root
    data:                        # /.github/workflows/drift.yml
    base_model:
    eval:
  retune:
    cadence: P6M
    triggers: [base_model]
  migration_plan:                # docs/migration.md, where the base model may end before the adapter

# 5. Cost: what it costs to run, and why the gain is worth it.
ops_cost:
  currency: USD
  as_of: {today}
  volume:
    requests:
    period: day
    source:                      # docs/usage.csv: `date,requests` of 14 days or more; before launch `launched: false` instead
  baseline:
    model:                       # as its provider names it, with the version
    input_tokens:                # of one request: prompt, passages
    output_tokens:
    unit_cost:                   # of one request to the prompted model
  tuned:
    input_tokens:
    output_tokens:
    unit_cost:                   # of one request to the adapter
    hosting: {{kind: per_token, amount: 0, period: month}}   # or gpu, shared, flat with what it costs
  one_time:
    training:
    data:
    data_source: existing-labels # hand-labelled | purchased | teacher, when the labels cost something
    eval:
    engineer_hours:
    hourly_rate:                 # of an engineer; needed in any other currency than the policy's
  maintenance:                   # 0 is no budget: an adapter is looked after as long as it serves
    hours_per_month:
    revalidation:                # what one revalidation costs
  benefit:
    kind:                        # cost; or quality, latency, privacy: with evidence, or a lead's approval of the pull request
    # value_12_months:           # what such a gain is worth, and the CSV of `month,value` that shows it
    # artifact: docs/value.csv
"""
