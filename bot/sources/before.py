"""What was there before this pull request? The histories and earlier bars that checks look at, for one proposal."""

from collections.abc import Sequence
from typing import Any

from bot import ports
from bot.readiness import link
from bot.readiness.evidence import History, StatedBar
from bot.readiness.fact import Fact
from bot.readiness.proposal import LinkField, Proposal
from bot.sources import bars
from bot.sources.file_history import history_of

# linked files whose history counts, and whether their versions are read: a held-out set is large, and blanks seldom move in it
FILES = {
    "data.output_schema": True,
    "tried.prompt.prompt_file": True,
    "eval.baseline.prompt_file": True,
    "eval.holdout.path": False,
}


def histories(
    proposal: Proposal, proposal_path: str, history: ports.History, besides: Sequence[str] = ()
) -> dict[str, Fact[History]]:
    """List the versions of the proposal's bar and base model, and of the linked files of this repository (`FILES`).

    Those at the fields `besides` are listed too, unread.
    """
    found = bars.since_when(history, proposal_path, proposal)
    known: dict[str, Fact[History]] = {}
    for at, meanings in {**FILES, **dict.fromkeys(besides, False)}.items():
        if path := _path(proposal, proposal_path, at):
            if path not in known:
                known[path] = history_of(history, path, meanings=meanings)
            found[at] = known[path]
    return found


def earlier_bars(
    proposal_path: str, history: ports.History, earlier: Sequence[ports.Earlier]
) -> dict[str, Fact[tuple[StatedBar, ...]]]:
    """Read the bars that the base branch ("base") and earlier reviews of this pull request ("reviews") state."""
    return {"base": bars.on_base(history, proposal_path), "reviews": bars.in_reviews(earlier)}


def _path(proposal: Proposal, proposal_path: str, at: str) -> str | None:
    """Find the repository path of a linked file; None where nothing is linked, or a file elsewhere."""
    found: Any = proposal
    for name in at.split("."):
        found = getattr(found, name, None)
    if not isinstance(found, LinkField):
        return None
    try:
        parsed = link.parse(found.uri)
        return link.resolve(parsed, proposal_path) if parsed.in_repository else None
    except link.BadLink:
        return None
