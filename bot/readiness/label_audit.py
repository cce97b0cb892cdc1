"""How many labels did a second person find right? A CSV with the columns `row` and `verdict` (right or wrong)."""

import csv
from dataclasses import dataclass

from bot.readiness.check import Dossier
from bot.readiness.fact import Known, Source

FIELDS = ("eval.holdout.label_audit", "data.label_audit")  # the held-out set's own comes first


@dataclass(frozen=True, slots=True)
class LabelAudit:
    """What an audit counted, and where it was read."""

    right: int
    wrong: int
    source: Source

    @property
    def share_right(self) -> float:
        """The share of labels that both people agree on."""
        return self.right / (self.right + self.wrong)


def known(dossier: Dossier) -> LabelAudit | None:
    """Find the audit of the labels that was read; None when none was, or when it cannot be told what it says."""
    holdout = dossier.proposal.eval.holdout
    linked = (holdout.label_audit if holdout else None, dossier.proposal.data.label_audit)
    at = next((at for at, link in zip(FIELDS, linked, strict=True) if link is not None), None)
    fact = dossier.evidence.texts.get(at) if at else None
    if not isinstance(fact, Known):
        return None
    counts = counted(fact.value)
    return LabelAudit(*counts, fact.source) if counts else None


def counted(text: str) -> tuple[int, int] | None:
    """Count the labels that were found right and wrong; None where it cannot be told."""
    try:
        rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines(), skipinitialspace=True))
    except csv.Error:
        return None
    verdicts = [str(row.get("verdict") or "").strip().lower() for row in rows]
    if not verdicts or not set(verdicts) <= {"right", "wrong"}:
        return None
    return verdicts.count("right"), verdicts.count("wrong")


def verdicts_only(text: str) -> str:
    """Leave everything but the verdicts out of an audit's text: it counts the same."""
    counts = counted(text)
    return "\n".join(["verdict", *["right"] * counts[0], *["wrong"] * counts[1]]) if counts else ""
