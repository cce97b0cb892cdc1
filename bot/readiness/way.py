"""What is the way forward? The steps, the technique that fits, and where a proposal stands in the two pictures of the sources."""

from dataclasses import dataclass
from enum import StrEnum


class Lever(StrEnum):
    """What a step pulls, the cheapest first (S1, S2); behind the levers come the items that only a tune needs."""

    FORM = "form"
    SHIP = "ship"
    MEASURE = "measure"
    PROMPT = "prompt"
    FEW_SHOT = "few_shot"
    RETRIEVAL = "retrieval"
    ORACLE = "oracle_context"
    TOOLS = "tool_use"
    REASONING = "reasoning_model"
    DECODING = "structured_decoding"
    SMALL = "small_prompted"
    SETTLE = "settle"
    EVALS = "evals"
    BEHAVIOR = "behavior"
    DATA = "data"
    OWNER = "owner"
    COST = "cost"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: `seen` is what calls for it, `do` what to do, `check` and `at` which finding says so, and where."""

    lever: Lever
    check: str
    at: str
    seen: str
    do: str
    line: int | None = None  # set for problems of the file itself, which have no field


@dataclass(frozen=True, slots=True)
class Fit:
    """Which technique the rows call for, and why; `named` is the proposal's own method where that is another one."""

    method: str
    technique: str
    why: str
    named: str | None = None


class Passage(StrEnum):
    """How a gate of the walk was met."""

    PASSED = "passed"
    STOPPED = "stopped"
    DOUBTED = "doubted"  # nobody could see, or nobody looked
    NOT_ASKED = "not_asked"
    AHEAD = "ahead"  # the walk ended before it


@dataclass(frozen=True, slots=True)
class Gate:
    """One question of the walk (S0): its name, how it was met; where the walk ends, what was seen and what is to be pulled."""

    name: str
    passage: Passage
    seen: str = ""
    lever: Lever | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the square of kind and signal (S1)."""

    kind: str  # behavior | knowledge
    signal: str  # stable | volatile


@dataclass(frozen=True, slots=True)
class Way:
    """The way forward from a verdict: at most three steps, and how many findings they leave unsaid.

    `walk` are the gates in their order, `claimed` the cell that the proposal names and `shown` the one that the evidence
    speaks for, where that is another.
    """

    steps: tuple[Step, ...] = ()
    left: int = 0
    fit: Fit | None = None
    walk: tuple[Gate, ...] = ()
    claimed: Cell | None = None
    shown: Cell | None = None
