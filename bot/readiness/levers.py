"""How does each cheaper lever stand in a proposal: never tried, rightly left out, or tried and found short?"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.excuse import Accepted, judged, open_codes
from bot.readiness.finding import Item
from bot.readiness.schema import Proposal, at
from bot.readiness.way import Lever

POLICY = "cheaper-levers-tried"
LADDER = (Lever.PROMPT, Lever.FEW_SHOT, Lever.RETRIEVAL, Lever.TOOLS, Lever.REASONING, Lever.DECODING)
"""The levers that an eval can show to be enough, in the order in which they are worth a try (S0, S1, S2)."""

# which of them speak to a failure at all (S0-S3, house); a reason that is not named may be helped by any
_FORM = (Lever.PROMPT, Lever.FEW_SHOT, Lever.DECODING)
SUITED: Mapping[str, tuple[Lever, ...]] = {
    "knowledge": (Lever.RETRIEVAL, Lever.TOOLS),
    "hallucination": (Lever.RETRIEVAL, Lever.TOOLS, Lever.DECODING),
    "reasoning": (Lever.PROMPT, Lever.TOOLS, Lever.REASONING),
    "persona": (Lever.PROMPT, Lever.FEW_SHOT),
    "style": (Lever.PROMPT, Lever.FEW_SHOT),
    "refusal_or_tone": (Lever.PROMPT, Lever.FEW_SHOT),
    "structured_output": _FORM,
    "classification": _FORM,
    "extraction": _FORM,
    "tool_use": (Lever.PROMPT, Lever.FEW_SHOT, Lever.TOOLS, Lever.REASONING, Lever.DECODING),
    "domain_vocabulary": (Lever.PROMPT, Lever.FEW_SHOT, Lever.RETRIEVAL),
    "retrieval_interface": (Lever.PROMPT, Lever.FEW_SHOT, Lever.RETRIEVAL),
}
_DO = {
    Lever.PROMPT: "write the prompt out (the rules, the borderline cases, the form of the answer) and run the eval with a strong model.",
    Lever.FEW_SHOT: "put a handful of worked examples{about} into the prompt and run the same eval.",
    Lever.RETRIEVAL: "look up what the answer needs, put it into the prompt and run the same eval.",
    Lever.TOOLS: "give the model tools for what it cannot do in its head and run the same eval.",
    Lever.REASONING: "let a reasoning model answer the same held-out set.",
    Lever.DECODING: "have the provider hold the answer to a schema while it is written and run the same eval.",
}
_ASKING = Check(id="advice", item=Item.EVAL, doc="Which levers are left?", run=lambda _: ())


class State(StrEnum):
    """How a lever stands."""

    UNTRIED = "untried"
    IN_BASELINE = "in_baseline"  # the baseline does it, and the run is not linked for itself
    EXCUSED = "excused"
    UNCLEAR = "unclear"  # linked, and nobody can tell what it reaches
    MEETS = "meets"
    SPENT = "spent"  # tried, and it falls short


def asked(dossier: Dossier) -> tuple[str, ...]:
    """List the levers that the policy asks for under this reason, and that the answer's form leaves room for."""
    if POLICY not in dossier.policy.checks:
        return ()
    table = dossier.policy.setting(POLICY, "asked")
    levers = table.get(dossier.proposal.failure.reason or "", table["default"])
    free = dossier.proposal.task.output == "free_text"
    return tuple(lever for lever in levers if not (lever == "structured_decoding" and free))


def state(dossier: Dossier, lever: Lever) -> State:
    """Find out how a lever stands; what its run reaches is held against the bar as it is."""
    proposal, field = dossier.proposal, f"tried.{lever}"
    if is_linked(proposal, field):
        return _reached(dossier, field)
    if isinstance(judged(proposal, dossier.policy, field), Accepted):
        return State.EXCUSED
    return State.IN_BASELINE if _does(proposal, lever) else State.UNTRIED


def _reached(dossier: Dossier, field: str) -> State:
    measured = measure(_ASKING, dossier, field)
    wanted = bar(_ASKING, dossier, measured) if isinstance(measured, Measured) else measured
    if not isinstance(measured, Measured) or not isinstance(wanted, Bar) or measured.metric.value is None:
        return State.UNCLEAR
    return State.MEETS if wanted.met_by(measured.metric.value) else State.SPENT


def _does(proposal: Proposal, lever: Lever) -> bool:
    """Say whether the baseline pulls a lever, by its subject."""
    word = {Lever.RETRIEVAL: "retrieval", Lever.TOOLS: "tools"}.get(lever)
    subject = proposal.eval.baseline.subject if proposal.eval.baseline else None
    return word is not None and word in (subject or "") and is_linked(proposal, BASELINE)


def open_to(dossier: Dossier, among: Iterable[Lever]) -> list[Lever]:
    """List those of some levers that nobody has tried, that nothing excuses and that the answer's form leaves room for."""
    free = dossier.proposal.task.output == "free_text"
    fitting = (lever for lever in among if not (free and lever is Lever.DECODING))
    return [lever for lever in fitting if state(dossier, lever) is State.UNTRIED]


def by_suit(dossier: Dossier, among: Iterable[Lever]) -> list[Lever]:
    """Sort levers as they are worth a try: those that speak to the failure first, each group cheapest first."""
    suited = SUITED.get(dossier.proposal.failure.reason or "", LADDER)
    return sorted(among, key=lambda lever: (lever not in suited, LADDER.index(lever)))


def how(dossier: Dossier, lever: Lever, *, may_be_left_out: bool = True) -> str:
    """Say how a lever is tried, where its run is linked, and by which code it may be left out."""
    proposal, field = dossier.proposal, f"tried.{lever}"
    if state(dossier, lever) is State.IN_BASELINE:
        return f"the baseline does it already: link its run as `{field}` too."
    modes = sorted(proposal.failure.modes, key=lambda mode: -(mode.share or 0))
    about = f", most of them of `{modes[0].name}`," if modes else ""
    codes = open_codes(proposal, dossier.policy, field) if may_be_left_out else []
    unless = f", or say why not: `{{not_applicable: {codes[0]}, why: ...}}`" if codes else ""
    return f"{_DO[lever].format(about=about)} Link that run as `{field}`{unless}."


def told(proposal: Proposal, lever: Lever) -> str:
    """Say that a lever was not tried."""
    field = at(proposal, f"tried.{lever}")
    return f"`tried.{lever}` " + ("names no run." if field is None else "is no run, and its reason does not hold.")
