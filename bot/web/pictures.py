"""Where does a proposal stand? The walk of S0 with its own path, and S1's square with its cell: what the templates draw.

All lengths are units of the picture's own width, which is that of a telephone: wider pages only enlarge it.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from bot.report import words

_STEP, _BOX = 62, 44  # from gate to gate, and the height of a gate
_QUESTIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "prompt": ("A strong model with a", "good prompt falls short?", ("Do that", "first")),
    "retrieval": ("Retrieval and tools", "tried, still short?", ("Do that", "first")),
    "reasoning": ("A reasoning model", "tried, still short?", ("Try that", "first")),
    "task": ("Behavior, one narrow task,", "its failures named?", ("Look at the", "task again")),
    "data": ("Enough good examples,", "as production sends them?", ("Build the", "data set first")),
}
_WAYS_OUT = {
    "ship": ("It is enough:", "ship it"),
    "measure": ("Measure that", "first"),
    "evals": ("Measure that", "first"),
    "settle": ("Let it settle", "first"),
}
_MARKS = {"passed": "✓", "stopped": "✗", "doubted": "?", "not_asked": "–", "ahead": ""}
_TOLD = {
    "passed": "passed",
    "stopped": "stops here",
    "doubted": "could not be verified, so it stops here",
    "not_asked": "not asked",
    "ahead": "not reached",
}
_CELLS = (
    ("knowledge", "stable", ("Continued", "pretraining (rare)")),
    ("knowledge", "volatile", ("Retrieval",)),
    ("behavior", "stable", ("Fine-tune", "(LoRA, QLoRA)")),
    ("behavior", "volatile", ("Prompt +", "few-shot")),
)
_LEFT, _TOP, _WIDE, _HIGH = 86, 26, 124, 84  # of the square: where its fields begin, and how large each is


def walk(
    gates: Sequence[Mapping[str, Any]], fit: Mapping[str, Any] | None, told: Container[str], *, ready: bool
) -> dict[str, Any] | None:
    """Lay out the walk from its stored gates; None where a review has none. What the steps told is not said again."""
    known = [gate for gate in gates if gate["gate"] in _QUESTIONS]
    if not known:
        return None
    drawn: list[dict[str, Any]] = []
    for number, gate in enumerate(known):
        first, second, way_out = _QUESTIONS[gate["gate"]]
        drawn.append(
            {
                "y": number * _STEP,
                "question": (first, second),
                "exit": _WAYS_OUT.get(gate["lever"] or "", way_out),
                "passage": gate["passage"],
                "mark": _MARKS[gate["passage"]],
                "seen": gate["seen"],
            }
        )
    through = all(gate["passage"] in ("passed", "not_asked") for gate in known)
    end = ("Fine-tune", f"{fit['method']} with {fit['technique']}") if fit else ("Fine-tune", "as a small adapter")
    if through and not ready:
        end = ("Through the gates;", "other items do not hold yet")
    stopped = next((gate for gate in drawn if gate["passage"] in ("stopped", "doubted")), None)
    return {
        "gates": drawn,
        "box": _BOX,
        "step": _STEP,
        "end": {"y": len(drawn) * _STEP, "lines": end, "tone": ("ready" if ready else "left") if through else "ahead"},
        "height": len(drawn) * _STEP + _BOX + 4,
        "caption": _caption(stopped, drawn, ready=ready),
        "seen": stopped["seen"] if stopped and stopped["seen"] not in told else None,
        "told": "; ".join(
            f"{number}. {' '.join(gate['question'])} {_TOLD[gate['passage']]}" for number, gate in enumerate(drawn, 1)
        )
        + f"; at the end: {' '.join(end)}.",
    }


def _caption(stopped: Mapping[str, Any] | None, drawn: list[dict[str, Any]], *, ready: bool) -> str:
    if stopped is not None:
        return f"The walk stops at question {drawn.index(dict(stopped)) + 1} of {len(drawn)}."
    return "The walk comes to its end." if ready else "The walk comes to its end; what is left lies in other items."


def square(claimed: Mapping[str, str] | None, shown: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Lay out the square of kind and signal; None where the proposal names no cell."""
    if claimed is None:
        return None
    cells = []
    for number, (kind, signal, lines) in enumerate(_CELLS):
        here = {"kind": kind, "signal": signal}
        cells.append(
            {
                "x": _LEFT + number % 2 * _WIDE,
                "y": _TOP + number // 2 * _HIGH,
                "lines": lines,
                "claimed": here == claimed,
                "shown": here == shown,
                "fits": (kind, signal) == ("behavior", "stable") and shown is None,
            }
        )
    said = f"The proposal says: {claimed['kind']}, {claimed['signal']}."
    if shown is not None:
        said += f" The evidence says: {shown['kind']}, {shown['signal']}."
    return {"cells": cells, "left": _LEFT, "top": _TOP, "wide": _WIDE, "high": _HIGH, "caption": said}


def steps(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the steps of a stored verdict; one of an older release had the one next step only."""
    advised = entry.get("advice")
    if advised is not None:
        return [{**step, "name": words.LEVER_WORDS.get(step["lever"])} for step in advised["steps"]]
    step = entry["next_step"]
    if step is None:
        return []
    return [{"name": None, "do": step["fix"] or step["message"], "seen": step["message"], "line": None}]
