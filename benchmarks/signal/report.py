"""What is said of the signal? Each set judged by the real data profile; counts, shares with their intervals, tables."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.signal import sets
from benchmarks.signal.rows import Label
from bot.readiness.data_profile import DataProfile, Signal
from bot.readiness.statistics.proportion import wilson
from bot.sources import datasets

VERDICTS = ("knowledge", "review", "behavior", "too_few")
SIDE = 0.975  # of each bound: 95 % between both


@dataclass(frozen=True, slots=True)
class Judged:
    """A set with what the signal says of it."""

    name: str
    label: Label | None
    group: str
    signal: Signal
    share: float | None = None
    origin: str | None = None


def judge(raw: bytes, form: str = "openai-chat") -> Signal:
    """Run the signal as the service does: through the data profile."""
    found = datasets.profile(raw, form, "sft")
    assert isinstance(found, DataProfile), found
    assert found.signal is not None
    assert found.valid == found.rows, found.faults
    return found.signal


def made() -> list[Judged]:
    """Judge every set that is made here."""
    return [Judged(s.name, s.label, s.group, judge(s.raw(), s.form), s.share, s.origin) for s in sets.made()]


def public() -> list[Judged]:
    """Judge every labelled set of the corpus."""
    return [
        Judged(name, label, "unseen" if unseen else "seen", judge(raw)) for name, label, unseen, raw in sets.public()
    ]


def of_made(found: Sequence[Judged]) -> str:
    """Write the report on the sets that are made here."""
    plain = [one for one in found if one.group == "plain"]
    stress = [one for one in found if one.group == "stress"]
    return "\n\n".join(
        (
            f"### Made sets ({_counted(plain)})",
            _confusion(plain),
            _rates(plain),
            "### Made sets under stress",
            _variants(stress),
            "### Mixtures of facts into behavior",
            _mixtures([one for one in found if one.group == "mixture"]),
            "### Too few rows",
            _few([one for one in found if one.group == "few"]),
            "### New words by nature",
            "Behavior that the check does not judge when the proposal declares its kind; judged here all the same.",
            _each([one for one in found if one.group == "nature"]),
            "### Each plain set",
            _each(plain),
        )
    )


def of_public(found: Sequence[Judged]) -> str:
    """Write the report on the corpus."""
    parts = []
    for group, title in (("seen", "while the rule was chosen"), ("unseen", "only after the rule was fixed")):
        some = [one for one in found if one.group == group]
        parts += [f"### Public sets looked at {title} ({_counted(some)})", _confusion(some), _rates(some), _each(some)]
    return "\n\n".join(parts)


def _counted(found: Sequence[Judged]) -> str:
    labels = Counter(one.label for one in found)
    return f"{len(found)}: {labels['knowledge']} knowledge, {labels['behavior']} behavior"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _confusion(found: Sequence[Judged]) -> str:
    counts = Counter((one.label, one.signal.verdict) for one in found)
    return _table(
        ("meant to teach", *(f"`{verdict}`" for verdict in VERDICTS)),
        ((label, *(counts[label, verdict] for verdict in VERDICTS)) for label in ("knowledge", "behavior")),
    )


def _rates(found: Sequence[Judged]) -> str:
    """Give precision and recall; sets of too few rows, of which nothing is said, are left out."""
    told = [one for one in found if one.signal.verdict != "too_few"]
    meant = sum(one.label == "knowledge" for one in told)
    rows = []
    for name, verdicts in (("`knowledge` (fails)", ("knowledge",)), ("`knowledge` or `review` (flagged)", ("knowledge", "review"))):  # fmt: skip
        said = [one for one in told if one.signal.verdict in verdicts]
        right = sum(one.label == "knowledge" for one in said)
        rows.append((name, share(right, len(said)), share(right, meant)))
    return _table(("said", "precision (95 %)", "recall (95 %)"), rows)


def share(hits: int, of: int) -> str:
    """Write a share with Wilson's interval."""
    if not of:
        return "none said"
    low, high = wilson(hits, of, SIDE, upper=False), wilson(hits, of, SIDE, upper=True)
    return f"{hits}/{of} = {hits / of:.2f} ({low:.2f} to {high:.2f})"


def _variants(found: Sequence[Judged]) -> str:
    kinds = dict.fromkeys((one.name.removesuffix(f"_{one.origin}"), one.label) for one in found)
    rows = []
    for kind, label in kinds:
        some = [o for o in found if (o.name.removesuffix(f"_{o.origin}"), o.label) == (kind, label)]
        counts = Counter(one.signal.verdict for one in some)
        rows.append(
            (kind.replace("_", " "), label, ", ".join(f"{o.origin}" for o in some), *(counts[v] for v in VERDICTS))
        )
    return _table(("variant", "meant to teach", "made from", *(f"`{verdict}`" for verdict in VERDICTS)), rows)


def _mixtures(found: Sequence[Judged]) -> str:
    return _table(
        ("behavior", "share of facts", "rows with new words", "said"),
        ((one.origin, f"{one.share:.0%}", f"{one.signal.rows_with:.0%}", f"`{one.signal.verdict}`") for one in found),
    )


def _few(found: Sequence[Judged]) -> str:
    silent = sum(one.signal.verdict == "too_few" for one in found)
    return f"Of {len(found)} sets cut down to their first rows, {silent} are said to have too few."


def _each(found: Sequence[Judged]) -> str:
    rows = []
    for one in found:
        said = one.signal
        wrong = one.label is not None and said.verdict not in (one.label, "too_few")
        figures = (said.novelty, said.rows_with, said.distinct, said.questions)
        rows.append(
            (
                one.name,
                one.label,
                f"`{said.verdict}`{' (!)' if wrong else ''}",
                said.rows,
                *(f"{f:.2f}" for f in figures),
            )
        )
    return _table(("set", "meant to teach", "said", "rows", "novelty", "rows with", "distinct", "questions"), rows)
