"""Which words do all renderings share? Those for items, outcomes and decisions."""

from collections.abc import Collection, Mapping, Sequence

from bot.readiness.command import EXPLAIN, RECHECK, WAIVE
from bot.readiness.finding import FIVE, Item, Outcome
from bot.readiness.panel import FORM, POLICY
from bot.readiness.verdict import Decision, ItemResult, Verdict
from bot.readiness.way import Fit, Lever, Step
from bot.readiness.wording import count
from bot.report.answer import Answer, Answered
from bot.report.markdown import visible

CHECK_RUN_NAME = "Fine-tune readiness"
POLICY_RUN_NAME = "Fine-tune policy"
STATUS_CONTEXT = "tunegate/readiness"
BUTTONS = (  # of the check run: GitHub shows 20 characters of a label, 40 of a description
    {"label": "Re-check", "description": "Review this commit anew", "identifier": RECHECK},
    {"label": "Explain", "description": "A comment on what fails, and what helps", "identifier": EXPLAIN},
    {"label": "Request waiver", "description": "The lines to copy, and who may approve", "identifier": WAIVE},
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
    Decision.READY_WITH_WAIVERS: "Ready with waivers",
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
HOUSE_UNSEEN = "a rule of the house could not be verified"
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
        if answer.unproposed:
            line = "Training without a proposal"
        elif answer.decision is not None:
            return "Could not verify whether something is trained without a proposal"
        else:
            return "No fine-tune proposal in this pull request"
        if answer.decision is None:
            return line
    elif len(answer.proposals) == 1:
        verdict = answer.proposals[0].verdict
        line = f"{decided(answer.proposals[0])}: {waiting(verdict.conditions) or holding(verdict)}"
    else:
        counts = {d: sum(a.verdict.decision is d for a in answer.proposals) for d in Decision}
        parts = ", ".join(f"{n} {DECISION_WORDS[d].lower()}" for d, n in counts.items() if n)
        line = f"{brought(answer.proposals)}: {parts}"
    return f"Shadow policy, would be: {line}" if answer.shadow else line


def deciding(decision: Decision, until: Sequence[str], *, again: bool = False) -> str:
    """Put a decision into words, with the waivers that it rests on, each until a day (ISO 8601): the first to end counts.

    `again` is for a revalidation, on which no waiver bears.
    """
    if again:
        return REVALIDATION_WORDS[decision]
    said = f"with {len(until)} waiver{'s' if len(until) > 1 else ''} until {min(until)}" if until else ""
    if decision is Decision.READY_WITH_WAIVERS:
        return f"Ready {said}" if said else DECISION_WORDS[decision]
    return f"{DECISION_WORDS[decision]}, {said}" if said and decision.is_ready else DECISION_WORDS[decision]


def decided(answered: Answered) -> str:
    """Say what was decided, in the words for a proposal or for a revalidation."""
    verdict = answered.verdict
    return deciding(
        verdict.decision, [waiver.until.isoformat() for waiver in verdict.waivers], again=answered.revalidates
    )


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
    stand = {item.item: (item.holds, item.outcome) for item in verdict.items}
    return held(stand, {j.finding.check for j in verdict.judged if j.finding.item is None and j.blocks})


def held(stand: Mapping[Item, tuple[bool, Outcome]], of_none: Collection[str]) -> str:
    """Count the items that hold, of how each stands; `of_none` are the checks of none of them that block."""
    five = [stand[item] for item in FIVE if item in stand]
    asked = [one for one in five if one[1] is not Outcome.NOT_APPLICABLE] or five
    problems = "; the file has problems of form" if FORM in of_none else ""
    policy = "; the policy cannot be read in full" if POLICY in of_none else ""
    holds, outcome = stand.get(Item.HOUSE, (True, Outcome.PASSED))
    house = "" if holds else f"; {HOUSE_AGAINST if outcome is Outcome.FAILED else HOUSE_UNSEEN}"
    return f"{sum(one[0] for one in asked)} of {len(asked)} items hold{problems}{policy}{house}"


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
