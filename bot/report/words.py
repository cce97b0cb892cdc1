"""Which words do all renderings share? Those for items, outcomes and decisions."""

from collections.abc import Sequence

from bot.readiness.command import EXPLAIN, RECHECK
from bot.readiness.finding import Item, Outcome
from bot.readiness.panel import FORM, POLICY
from bot.readiness.verdict import Decision, ItemResult, Verdict
from bot.readiness.way import Fit, Lever, Step
from bot.readiness.wording import count
from bot.report.answer import Answer, Answered
from bot.report.markdown import visible

CHECK_RUN_NAME = "Fine-tune readiness"
STATUS_CONTEXT = "tunegate/readiness"
BUTTONS = (  # of the check run: GitHub shows 20 characters of a label, 40 of a description
    {"label": "Re-check", "description": "Review this commit anew", "identifier": RECHECK},
    {"label": "Explain", "description": "A comment on what fails, and what helps", "identifier": EXPLAIN},
)

ITEM_TITLE = {
    Item.EVAL: "Eval",
    Item.BEHAVIOR: "Behavior",
    Item.DATA: "Data",
    Item.OWNER: "Owner",
    Item.COST: "Cost",
    Item.HOUSE: "House",
}
ITEM_QUESTION = {
    Item.EVAL: "An eval exists, and prompt + retrieval fails it",
    Item.BEHAVIOR: "The failure is behavior, not knowledge",
    Item.DATA: "Enough good examples in the production format",
    Item.OWNER: "Owned for 12 months and longer",
    Item.COST: "The gain justifies the running cost",
    Item.HOUSE: "The organisation's own rules",
}
DECISION_WORDS = {
    Decision.READY: "Ready",
    Decision.READY_WITH_WAIVERS: "Ready, with waivers",
    Decision.READY_ON_CONDITION: "Ready on condition",
    Decision.CANNOT_TELL: "Could not verify",
    Decision.NOT_YET: "Not yet",
    Decision.RETIRE: "Recommend retiring",
}
REVALIDATION_WORDS = {
    Decision.READY: "Revalidation passes",
    Decision.READY_WITH_WAIVERS: "Revalidation passes, with waivers",
    Decision.READY_ON_CONDITION: "Revalidation passes on condition",
    Decision.CANNOT_TELL: "Revalidation could not be verified",
    Decision.NOT_YET: "Revalidation: not yet",
    Decision.RETIRE: "Recommend retiring",
}
OUTCOME_MARK = {
    Outcome.PASSED: "✅",
    Outcome.FAILED: "❌",
    Outcome.UNVERIFIED: "❔",
    Outcome.NOT_APPLICABLE: "➖",  # a sign, not a hyphen
    Outcome.WAIVED: "⚖️",
    Outcome.BROKEN: "⚠️",
}
OUTCOME_WORDS = {
    Outcome.PASSED: "holds",
    Outcome.FAILED: "does not hold",
    Outcome.UNVERIFIED: "could not be verified",
    Outcome.NOT_APPLICABLE: "not asked",
    Outcome.WAIVED: "waived",
    Outcome.BROKEN: "our fault: a check stopped",
}
HOUSE_AGAINST = "a rule of the house is not met"
ON_CONDITION = "holds on condition"
"""How an item stands that passed, but for what is still to come."""

TELLING = (
    "baseline-falls-short", "failure-is-behavior", "enough-examples", "owner-exists", "gain-justifies-cost",
    "adapter-still-justified", "production-sample-fresh", "owner-confirms", "costs-within-estimate",
)  # fmt: skip
"""The checks whose pass says best why an item holds, one an item; those of a revalidation come last."""

ORIGIN_WORDS = {
    "proposal": "the proposal",
    "policy": "the policy",
    "evidence": "linked evidence",
    "computed": "computed",
}

LEVER_WORDS = {
    Lever.SHIP: "No tune is needed",
    Lever.MEASURE: "An eval first",
    Lever.PROMPT: "A better prompt",
    Lever.FEW_SHOT: "Few-shot examples",
    Lever.RETRIEVAL: "Retrieval",
    Lever.ORACLE: "The right passage by hand",
    Lever.TOOLS: "Tools",
    Lever.REASONING: "A reasoning model",
    Lever.DECODING: "Structured decoding",
    Lever.SMALL: "The small model, prompted",
    Lever.SETTLE: "Prompt and few-shot until it settles",
    Lever.EVALS: "The eval",
}
"""What a step pulls, where it is a lever that is cheaper than a tune; the steps of a tune's own items have no name."""

METHOD_WORDS = {
    "sft": "Supervised fine-tuning (`sft`)",
    "distillation": "Supervised fine-tuning on the teacher's answers (`distillation`)",
    "dpo": "Preference tuning on pairs (`dpo`)",
    "orpo": "Tuning and preference in one step (`orpo`)",
    "kto": "Preference tuning on thumbs (`kto`)",
    "rft": "Reinforcement fine-tuning (`rft`)",
    "continued_pretraining": "Continued pretraining (`continued_pretraining`)",
}


def doing(step: Step) -> str:
    """Say what to do, the lever first where it is one."""
    lever = LEVER_WORDS.get(step.lever)
    return f"{lever}: {step.do}" if lever else step.do


def fitting(fit: Fit) -> str:
    """Say which technique fits the rows, and why; and that the proposal names another."""
    named = f" The proposal names `{fit.named}`." if fit.named else ""
    return f"{METHOD_WORDS[fit.method]} with {fit.technique} fits: {fit.why}.{named}"


def headline(answer: Answer) -> str:
    """Say the answer in one short line, for a title; holds nothing that a pull request chose."""
    if not answer.proposals:
        return "No fine-tune proposal in this pull request"
    if len(answer.proposals) == 1:
        verdict = answer.proposals[0].verdict
        line = f"{decided(answer.proposals[0])}: {waiting(verdict.conditions) or holding(verdict)}"
    else:
        counts = {d: sum(a.verdict.decision is d for a in answer.proposals) for d in Decision}
        parts = ", ".join(f"{n} {DECISION_WORDS[d].lower()}" for d, n in counts.items() if n)
        line = f"{brought(answer.proposals)}: {parts}"
    return f"Shadow policy, would be: {line}" if answer.shadow else line


def decided(answered: Answered) -> str:
    """Say what was decided, in the words for a proposal or for a revalidation."""
    return (REVALIDATION_WORDS if answered.revalidates else DECISION_WORDS)[answered.verdict.decision]


def brought(answered: Sequence[Answered]) -> str:
    """Count what a pull request brings: proposals, revalidations, or both."""
    again = sum(each.revalidates for each in answered)
    parts = [(len(answered) - again, "proposal"), (again, "revalidation")]
    return " and ".join(count(number, thing) for number, thing in parts if number)


def waiting(conditions: Sequence[str]) -> str:
    """Say what a readiness on condition waits for; empty for every other verdict."""
    return f"{', '.join(conditions)}; until then it is not registered" if conditions else ""


def standing(verdict: Verdict, result: ItemResult) -> str:
    """Say how an item stands, in the words of its outcome or as one that waits for something."""
    own = (j.finding for j in verdict.judged if j.finding.item is result.item)
    waits = any(finding.condition in verdict.conditions for finding in own if finding.condition)
    return ON_CONDITION if waits and result.outcome is Outcome.PASSED else OUTCOME_WORDS[result.outcome]


def holding(verdict: Verdict) -> str:
    """Count the items that hold; an experiment is asked two of them."""
    five = [item for item in verdict.items if item.item is not Item.HOUSE]
    asked = [item for item in five if item.outcome is not Outcome.NOT_APPLICABLE] or five
    blocking = {j.finding.check for j in verdict.judged if j.finding.item is None and j.blocks}
    problems = "; the file has problems of form" if FORM in blocking else ""
    policy = "; the policy cannot be read in full" if POLICY in blocking else ""
    house = f"; {HOUSE_AGAINST}" if any(not i.holds for i in verdict.items if i not in five) else ""
    return f"{sum(i.holds for i in asked)} of {len(asked)} items hold{problems}{policy}{house}"


def reason(answered: Answered, item: Item, limit: int = 220) -> str:
    """Say in one line why an item stands as it does: its first blocking finding, else the pass that tells most."""
    left = answered.verdict.left_to_the_service
    own = [j for j in answered.verdict.judged if j.finding.item is item and j.finding.check not in left]
    blocking = [j for j in own if j.blocks]
    blocking.sort(key=lambda j: (j.finding.outcome is not Outcome.FAILED, j.finding.because is not None))
    passed = [j for j in own if j.finding.outcome is Outcome.PASSED]
    passed.sort(key=lambda j: j.finding.check not in TELLING)
    telling = blocking or passed or own
    if not telling:
        if answered.revalidates and not any(j.finding.item is item for j in answered.verdict.judged):
            return "not asked of a revalidation"
        return "only the service can see it" if left else "not asked of this proposal"
    more = len(blocking) - 1
    return visible(telling[0].finding.message, limit) + (f" (and {more} more)" if more > 0 else "")


def tiers(answered: Answered) -> list[str]:
    """Say of which tiers a proposal is and why, a sentence each."""
    said = []
    for tier in answered.tiers:
        why = f" {visible(tier.why, 200)}." if tier.why else ""
        said.append(f"Tier {visible(tier.name, 100)}: {visible('; '.join(tier.reasons), 300)}.{why}")
    return said
