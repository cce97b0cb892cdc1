"""Which dossier does a case file describe? Reads `tests/checks/<check-id>/<case>.yaml`: see `bot/readiness/cases`."""

from pathlib import Path
from typing import Any

from bot.readiness.cases import case
from bot.readiness.cases.case import OPENED_ON as TODAY
from bot.readiness.cases.case import shared
from bot.readiness.cases.facts import evidence, source
from bot.readiness.cases.ready import READY, READY_FACTS
from bot.readiness.check import Dossier
from bot.readiness.policy import Policy
from bot.readiness.proposal import Reading, read
from bot.wiring import policy

__all__ = ["CASES", "POLICY", "READY", "READY_FACTS", "TODAY", "Dossier", "dossier", "evidence", "read_case", "source"]

CASES = Path(__file__).parent / "checks"
POLICY: Policy = policy()


def read_case(path: Path) -> tuple[Dossier, Reading, set[tuple[int, str]]]:
    """Read a case: the dossier, the reading (for lines), and the expected (line, outcome) pairs."""
    found = case.read_case(path.read_text(), POLICY)
    return found.dossier, found.reading, {(each.line, each.outcome) for each in found.expected}


def dossier(text: str = READY, facts: dict[str, Any] = READY_FACTS, *, policy: Policy = POLICY) -> Dossier:
    """Build a dossier from a proposal's whole text and from facts as a case states them."""
    reading = read(text.encode(), opened_on=TODAY)
    assert reading.proposal is not None
    return Dossier(reading.proposal, policy, shared(reading.proposal, evidence(facts)), TODAY)
