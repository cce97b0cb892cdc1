"""What is the shortest way forward? Of "not yet", at most three steps; of ready, the technique that the rows call for.

A step names the lever first: prompt, few-shot, retrieval, tools, a reasoning model, structured decoding, then better evals, then
all that only a tune needs (S1, S2). Each follows from a finding that blocks, from the failure's reason and from what was tried:
a lever whose run fell short is never advised again, and one that meets the bar ends the matter.
"""

from collections.abc import Iterable, Iterator

from bot.readiness.baseline import BASELINE, is_linked, small_models
from bot.readiness.check import Dossier
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.levers import LADDER, POLICY, SUITED, State, asked, by_suit, how, open_to, state, told
from bot.readiness.schema import COMPRESSION, NotApplicable, at
from bot.readiness.technique import fitting
from bot.readiness.verdict import Judged, Verdict, causes
from bot.readiness.walk import cells, walk
from bot.readiness.way import Lever, Step, Way

MOST = 3  # READINESS section 1: at most three next steps
_ORDER = {lever: place for place, lever in enumerate(Lever)}
_OF_ITEM = {
    None: Lever.FORM,
    Item.EVAL: Lever.EVALS,
    Item.BEHAVIOR: Lever.BEHAVIOR,
    Item.DATA: Lever.DATA,
    Item.OWNER: Lever.OWNER,
    Item.COST: Lever.COST,
    Item.HOUSE: Lever.HOUSE,
}
_WRONG_TOOL = ("failure-is-behavior", "signal-is-stable")  # the checks that say so
_NO_TUNE = (Lever.DATA, Lever.OWNER, Lever.COST, Lever.HOUSE)  # what nobody needs while a tune is the wrong tool
_MEND = "mend retrieval (chunks, ranking, queries): with the right passage before it the model meets the bar."
_BY_HAND = "put the right passage into each prompt by hand, run the eval and link it as `tried.oracle_context`: it tells whether retrieval misses the passage or the model misses the point."
_BEHAVIOR_AFTER_ALL = "With retrieval, and even with the right passage, the model falls short: then it is behavior that fails. Name it in `failure.kind` and `failure.reason`."
_SETTLE = "rules in a prompt are changed in a day. Propose again once they have not changed for a quarter."
_VALIDATE = "Check each answer before it is used. If what is invented are fields or categories, the reason is `structured_output` or `classification`: say so."
_MEASURE = "write down some 200 held-out cases with their right answers and a bar, and run a strong model with your best prompt over them: without that nobody sees what helps."
_NOT_GOOD_YET = "With every lever the large model misses the bar: there is nothing to make cheap yet. Name what fails in `failure.reason`."
_GATHER = (
    "Gather more examples from production, or plan it in `data.curation_plan`; until then prompt and few-shot serve."
)


def advise(verdict: Verdict, dossier: Dossier | None) -> Way:
    """Find the way forward from a verdict; without a dossier (nothing could be read) the findings alone tell it."""
    blocking = causes(verdict)
    suited = SUITED.get((dossier.proposal.failure.reason if dossier else None) or "", LADDER)
    steps = [(judged, step) for judged in blocking for step in _steps(judged, dossier)]
    told = _relevant([step for _, step in steps], blocking, suited)
    wrong_tool = bool(blocking) and _is_no_reason(blocking[0].finding)
    chosen = _chosen(told, suited, wrong_tool=wrong_tool)
    pulled = {step.lever for step in chosen if step.lever not in _OF_ITEM.values()}
    spoken = {id(j) for j, step in steps if step.lever in pulled or any(step is each for each in chosen)}
    if dossier is None:
        return Way(tuple(chosen), len(blocking) - len(spoken))
    claimed, shown = cells(dossier, verdict)
    return Way(
        steps=tuple(chosen),
        left=len(blocking) - len(spoken),
        fit=fitting(dossier) if verdict.decision.is_ready else None,
        walk=walk(verdict, told),
        claimed=claimed,
        shown=shown,
    )


def again(verdict: Verdict) -> Way:
    """Find the way forward of a revalidation: each finding's own cure; where the adapter is needed no more, that alone."""
    blocking = causes(verdict)
    needless = [judged for judged in blocking if judged.finding.retire]
    told = [_own(judged.finding, Lever.SHIP if needless else None) for judged in needless or blocking]
    return Way(tuple(told[:MOST]), 0 if needless else max(0, len(told) - MOST))


def _relevant(steps: list[Step], blocking: list[Judged], suited: Iterable[Lever]) -> list[Step]:
    """Leave out what nobody needs to do: all but the eval where a prompted model is good enough, and what only a tune needs
    where a tune is the wrong tool."""
    if any(step.lever is Lever.SHIP for step in steps):
        return [step for step in steps if step.lever in (Lever.FORM, Lever.SHIP, Lever.MEASURE, Lever.EVALS)]
    if any(_is_no_reason(judged.finding) for judged in blocking):
        unfit = [step for step in steps if step.lever in _NO_TUNE or _is_unsuited(step.lever, suited)]
        return [step for step in steps if step.check in _WRONG_TOOL or not any(step is each for each in unfit)]
    return steps


def _chosen(steps: list[Step], suited: Iterable[Lever], *, wrong_tool: bool) -> list[Step]:
    """Take three: the verdict's next step, then one of each lever in their order, then what else there is.

    Without any eval it comes first (S1, S2), but where a tune is the wrong tool for what is missing.
    """
    measure = [step for step in steps if step.lever is Lever.MEASURE]
    head = steps if wrong_tool or not measure else measure
    ranked = head[:1] + sorted(
        (step for step in steps if step is not head[0]), key=lambda step: _rank(step.lever, suited)
    )
    first: dict[Lever, Step] = {}
    for step in ranked:
        first.setdefault(step.lever, step)
    items = _OF_ITEM.values()  # of an item several things may be left to do; a lever is pulled once
    others = [step for step in ranked if step is not first[step.lever] and step.lever in items]
    return [*first.values(), *others][:MOST]


def _rank(lever: Lever, suited: Iterable[Lever]) -> tuple[bool, bool, int]:
    """Rank levers before the items that only a tune needs, and of the levers those last that do not speak to the failure."""
    return _ORDER[lever] > _ORDER[Lever.SETTLE], _is_unsuited(lever, suited), _ORDER[lever]


def _is_unsuited(lever: Lever, suited: Iterable[Lever]) -> bool:
    """Say whether a lever does not speak to the failure; the right passage by hand tells of retrieval only."""
    means = Lever.RETRIEVAL if lever is Lever.ORACLE else lever
    return means in LADDER and means not in suited


def _is_no_reason(finding: Finding) -> bool:
    """Say whether a finding tells that a tune is the wrong tool for this failure."""
    return finding.check in _WRONG_TOOL and finding.lever is not None


def _steps(judged: Judged, dossier: Dossier | None) -> Iterator[Step]:
    """Say what a finding calls for: its own cure, or the lever that it goes back to."""
    finding = judged.finding
    if dossier is None or finding.outcome is not Outcome.FAILED:
        yield _own(finding)
        return
    match finding.check:
        case "eval-readable" if finding.at == BASELINE and not is_linked(dossier.proposal, BASELINE):
            yield _own(finding, Lever.MEASURE, _MEASURE)
        case "cheaper-levers-tried":
            yield from _untried(finding, dossier)
        case "failure-is-behavior" | "data-teaches-behavior" if finding.lever == "retrieval":
            yield from _knowledge(finding, dossier)
        case "failure-is-behavior":
            yield from _no_reason(finding, dossier)
        case "signal-is-stable":
            yield from _volatile(finding, dossier)
        case "failure-survives-right-context":
            yield _right_context(finding, dossier)
        case "baseline-falls-short":
            yield from _good_enough(finding, dossier)
        case "baseline-is-the-strong-prompt" if finding.lever in ("prompt", "retrieval"):
            yield _own(finding, Lever(finding.lever))
        case "examples-above-minimum":
            yield from _few(finding, dossier)
        case _:
            yield _own(finding)


def _own(finding: Finding, lever: Lever | None = None, do: str | None = None) -> Step:
    """Make a step of a finding's own cure, or of another that fits better."""
    way = do or finding.fix or ""
    chosen = lever or (Lever.EVALS if finding.lever == "evals" else _OF_ITEM[finding.item])
    return Step(chosen, finding.check, finding.at, finding.message, way, finding.line)


def _pulled(finding: Finding, dossier: Dossier, lever: Lever, seen: str | None = None) -> Step:
    """Make a step of a lever that nobody has tried; it may be left out only where no finding calls for this very lever."""
    said = seen or told(dossier.proposal, lever)
    asked_for = finding.check == POLICY
    where = f"tried.{lever}" if asked_for else finding.at
    return Step(lever, finding.check, where, said, how(dossier, lever, may_be_left_out=asked_for))


def _untried(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    """Take the levers one by one: what lacks a run is to be tried, what has one and meets the bar is to be shipped."""
    proposal = dossier.proposal
    lever = next((each for each in LADDER if finding.at == f"tried.{each}"), None)
    if lever is not None and is_linked(proposal, f"tried.{lever}"):
        meets = state(dossier, lever) is State.MEETS and finding.lever != "evals"
        yield _own(finding, Lever.SHIP if meets else Lever.EVALS)
    elif finding.at == f"tried.{Lever.SMALL}":
        yield _own(finding, Lever.SMALL)
    elif lever is not None and isinstance(at(proposal, finding.at), NotApplicable):  # the excuse does not hold
        yield _pulled(finding, dossier, lever, finding.message)
    elif lever is not None:
        measured = is_linked(proposal, BASELINE)  # where it is not, the first run is that of the prompt
        waiting = [each for each in LADDER if each in asked(dossier) and (measured or each is not Lever.PROMPT)]
        there = (State.UNTRIED, State.IN_BASELINE)
        for each in by_suit(dossier, (each for each in waiting if state(dossier, each) in there)):
            yield _pulled(finding, dossier, each)
    else:
        yield _own(finding)


def _knowledge(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    """Facts belong into retrieval; where that fell short, find out what it misses."""
    if dossier.proposal.failure.reason == "hallucination" and finding.check == "failure-is-behavior":
        yield from _no_reason(finding, dossier)
        return
    match state(dossier, Lever.RETRIEVAL), state(dossier, Lever.ORACLE):
        case _, State.MEETS:
            yield _own(finding, Lever.RETRIEVAL, _MEND)
        case State.MEETS, _:
            yield _own(finding, Lever.SHIP, "Ship the run with retrieval: it meets the bar.")
        case State.SPENT, State.SPENT:
            yield _own(finding, Lever.BEHAVIOR, _BEHAVIOR_AFTER_ALL)
        case State.SPENT | State.IN_BASELINE, _:
            yield _own(finding, Lever.ORACLE, _BY_HAND)
        case State.UNTRIED, _:
            yield _pulled(finding, dossier, Lever.RETRIEVAL, finding.message)
        case _:
            yield _own(finding, Lever.RETRIEVAL)


def _no_reason(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    """Name the levers that help such a failure and were not tried; when all were, the finding's own cure."""
    reason = dossier.proposal.failure.reason or ""
    if finding.at == "tried.few_shot" and finding.lever == "prompt":
        yield _own(finding, Lever.SHIP)
        return
    helping = [lever for lever in SUITED.get(reason, ()) if finding.lever is not None]
    left = open_to(dossier, helping)
    for number, lever in enumerate(left):
        yield _pulled(finding, dossier, lever, None if number else finding.message)
    if not left:
        yield _own(finding, Lever.BEHAVIOR, _VALIDATE if reason == "hallucination" else None)


def _volatile(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    if finding.lever == "retrieval":
        yield from _knowledge(finding, dossier)
        return
    if finding.lever is None:
        yield _own(finding)
        return
    stated = dossier.proposal.failure.signal == "volatile"
    left = open_to(dossier, (Lever.PROMPT, Lever.FEW_SHOT)) if stated else []
    for number, lever in enumerate(left):
        yield _pulled(finding, dossier, lever, None if number else finding.message)
    if not left:
        yield _own(finding, Lever.SETTLE, _SETTLE)


def _right_context(finding: Finding, dossier: Dossier) -> Step:
    if state(dossier, Lever.ORACLE) is State.MEETS and finding.lever == "retrieval":
        return _own(finding, Lever.RETRIEVAL, _MEND)
    if is_linked(dossier.proposal, finding.at):  # the run is there, and is to be made again
        return _own(finding, Lever.EVALS)
    return _own(finding, Lever.ORACLE if finding.lever == "retrieval" else None)


def _good_enough(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    """Tell a model that is to be shipped from one that is not good enough to be made cheap."""
    compressed = dossier.proposal.failure.reason in COMPRESSION
    ends = (*small_models(dossier.proposal), "eval.budget") if compressed else (BASELINE,)
    if finding.lever != "prompt" or finding.at in ends:
        yield _own(finding, Lever.SHIP if finding.lever == "prompt" else None)
        return
    left = open_to(dossier, LADDER)
    yield _pulled(finding, dossier, left[0], finding.message) if left else _own(finding, Lever.BEHAVIOR, _NOT_GOOD_YET)


def _few(finding: Finding, dossier: Dossier) -> Iterator[Step]:
    """Few rows make good examples in a prompt; where that fell short, more rows are needed."""
    if finding.lever == "prompt" and state(dossier, Lever.FEW_SHOT) is State.UNTRIED:
        yield _pulled(finding, dossier, Lever.FEW_SHOT, finding.message)
    elif finding.lever == "prompt":
        yield _own(finding, Lever.DATA, _GATHER)
    else:
        yield _own(finding)
