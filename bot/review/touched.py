"""Which proposals does a pull request touch? Those that it changes, and those that link a file which it changes."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from bot import ports
from bot.readiness import link, proposal, revalidation
from bot.readiness.fact import Known, Unavailable
from bot.readiness.reading import links as every_link
from bot.readiness.revalidation import is_revalidation
from bot.readiness.strict_yaml import MAX_BYTES
from bot.review.judge import MAX_PROPOSALS

_MAX_REMEMBERED = 20_000  # proposals whose links are kept in mind; beyond it the memory starts anew


def is_judged(path: str) -> bool:
    """Say whether a path is a proposal's or a revalidation's."""
    return proposal.is_proposal(path) or is_revalidation(path)


class Links:
    """Which files each proposal links, remembered by path and content: unchanged proposals are not read again.

    Safe to share between threads: what two of them find out is the same.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, path: str, content: str, files: ports.RepositoryFiles, opened_on: date) -> frozenset[str]:
        """Find the repository files that a proposal links; `content` is git's name of its text ("" for not known)."""
        if content and (found := self._known.get((path, content))) is not None:
            return found
        raw = files.read(path, max_bytes=MAX_BYTES)
        linked = frozenset() if isinstance(raw, Unavailable) else _linked(path, raw.value, opened_on)
        if content:
            if len(self._known) >= _MAX_REMEMBERED:
                self._known = {}
            self._known[path, content] = linked
        return linked


def touched(
    changed: Sequence[ports.ChangedFile], files: ports.CommitFiles, opened_on: date, links: Links
) -> tuple[str, ...]:
    """Find the proposals and revalidations that a pull request touches: those that it changes, and proposals that link a file it changes.

    A revalidation that it does not change itself is left alone: it speaks of a cycle that has ended.

    The commit's other proposals are looked at only when some changed file is not explained by a changed proposal. Of a
    repository too large to list (100,000 files) only the changed proposals are found; its others are told by their own
    pull requests. A pull request that changes 3,000 files or more touches every proposal.
    """
    if len(changed) >= ports.MOST_CHANGED_FILES:  # the list may be cut: whatever is there may have been touched
        listing = files.listing()
        if isinstance(listing, Unavailable):
            raise ports.ForgeTrouble(
                f"too many files are changed to tell which proposals are touched: {listing.reason}"
            )
        return tuple(sorted(path for path in listing.value if proposal.is_proposal(path)))
    direct = [c.path for c in changed if c.status != "removed" and is_judged(c.path)]
    if len(direct) > MAX_PROPOSALS:  # more than are judged: the answer is no already, whatever else is touched
        return tuple(sorted(direct))
    unexplained = {path for c in changed for path in (c.path, c.previous_path) if path} - set(direct)
    # a file that is new here is linked by no other proposal yet; one that was there before may well be
    new = {c.path for c in changed if c.status == "added"}
    for path in direct:
        unexplained -= links.of(path, "", files, opened_on) & new
    if not unexplained:
        return tuple(sorted(direct))
    listing = files.listing()
    known = listing.value if isinstance(listing, Known) else {}
    candidates = {path: sha for path, sha in known.items() if proposal.is_proposal(path) and path not in direct}
    others = [path for path, sha in candidates.items() if unexplained & links.of(path, sha, files, opened_on)]
    return tuple(sorted([*direct, *others]))


def _linked(path: str, raw: bytes, opened_on: date) -> frozenset[str]:
    own: BaseModel | None
    if is_revalidation(path):
        own = revalidation.read(raw, path).own
    else:
        own = proposal.read(raw, opened_on=opened_on).proposal
    found = set()
    for _, linked in every_link(own) if own else ():
        try:
            parsed = link.parse(linked.uri)
            if parsed.in_repository:
                found.add(link.resolve(parsed, path))
        except link.BadLink:
            continue  # told as a problem at its line when the proposal is judged
    return frozenset(found)
