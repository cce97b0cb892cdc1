"""How far does a proposal come on the walk of S0, and in which field of S1's square does it stand?

The gates are S0's five: a strong model with a good prompt, retrieval or tools, a reasoning model, a narrow task, enough good
examples. The walk ends at the first that holds it up; what nobody looked at is a doubt and no pass.
"""

from collections.abc import Sequence

from bot.readiness.check import Dossier
from bot.readiness.finding import Outcome
from bot.readiness.levers import State, state
from bot.readiness.verdict import Verdict
from bot.readiness.way import Cell, Gate, Lever, Passage, Step

# gate -> the levers of the steps that stop at it, and the checks that must have spoken before it counts as passed
_GATES: dict[str, tuple[tuple[Lever, ...], tuple[str, ...]]] = {
    "prompt": (
        (Lever.PROMPT, Lever.FEW_SHOT, Lever.DECODING, Lever.SMALL, Lever.SETTLE, Lever.SHIP),
        ("baseline-falls-short", "baseline-is-the-strong-prompt", "cheaper-levers-tried"),
    ),
    "retrieval": ((Lever.RETRIEVAL, Lever.TOOLS, Lever.ORACLE), ("cheaper-levers-tried",)),
    "reasoning": ((Lever.REASONING,), ("cheaper-levers-tried",)),
    "task": ((Lever.BEHAVIOR,), ("failure-is-behavior", "failure-is-specific")),
    "data": ((Lever.DATA,), ("examples-above-minimum", "enough-examples")),
}
NAMES = tuple(_GATES)
_MEASURED = ("eval-readable", "pass-criteria-written", "baseline-falls-short")  # without them no gate tells anything


def walk(verdict: Verdict, steps: Sequence[Step]) -> tuple[Gate, ...]:
    """Follow the gates until one stops; `steps` are all that the blocking findings call for."""
    gates: list[Gate] = []
    for name in _GATES:
        ended = any(gate.passage in (Passage.STOPPED, Passage.DOUBTED) for gate in gates)
        gates.append(Gate(name, Passage.AHEAD) if ended else _met(name, verdict, steps))
    return tuple(gates)


def _met(name: str, verdict: Verdict, steps: Sequence[Step]) -> Gate:
    failed = {j.finding.check for j in verdict.judged if j.blocks and j.finding.outcome is Outcome.FAILED}
    holding = [step for step in steps if _gate_of(step) == name]
    for step in sorted(holding, key=lambda each: each.check not in failed):
        passage = Passage.STOPPED if step.check in failed else Passage.DOUBTED
        return Gate(name, passage, step.seen, step.lever)
    spoken = [j for j in verdict.judged if j.finding.check in _GATES[name][1]]
    if not spoken:
        return Gate(name, Passage.NOT_ASKED)
    told = {
        step.check for step in steps if _gate_of(step) is not None
    }  # at a gate behind this one, for none before it stopped
    unmet = [j for j in spoken if j.blocks and j.finding.because is not None and j.finding.because not in told]
    return Gate(name, Passage.DOUBTED, unmet[0].finding.message) if unmet else Gate(name, Passage.PASSED)


def _gate_of(step: Step) -> str | None:
    """Find the gate at which a step holds a proposal up: of the lever whose run it speaks of, else of the lever that it pulls."""
    for name, (levers, _) in _GATES.items():
        if any(step.at == f"tried.{lever}" for lever in levers):
            return name
    if step.check in _MEASURED:
        return "prompt"
    return next((name for name, (levers, _) in _GATES.items() if step.lever in levers), None)


def cells(dossier: Dossier, verdict: Verdict) -> tuple[Cell | None, Cell | None]:
    """Find the cell that the proposal claims, and the one that the evidence speaks for where it is another."""
    failure = dossier.proposal.failure
    if failure.kind is None or failure.signal is None:
        return None, None
    claimed = Cell(failure.kind, failure.signal)
    told = {  # by evidence, and not by the proposal's own words
        j.finding.check
        for j in verdict.judged
        if j.blocks and j.finding.outcome is Outcome.FAILED and j.finding.lever is not None and j.finding.source
    }
    suffices = "failure-survives-right-context" in told and state(dossier, Lever.ORACLE) is State.MEETS
    shown = Cell(
        "knowledge" if "data-teaches-behavior" in told or suffices else failure.kind,
        "volatile" if "signal-is-stable" in told else failure.signal,
    )
    return claimed, shown if shown != claimed else None
