"""When does a cycle end? Evidence in a pull request marks it as in progress; the merge ends it, with the verdict of that head.

Nothing else ends it: neither a comment nor a closed issue. Each step repeats safely: what is so already is left alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from bot import ports
from bot.lifecycle.adapter import Adapter
from bot.lifecycle.happening import Change, Happening, Refused
from bot.lifecycle.stages import Event, Impossible
from bot.readiness.policy import Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Decision
from bot.report import revalidated as words
from bot.report.markdown import Markdown

_ENDS = {  # the verdict on the merged head -> what happens to the cycle; one that could not be verified ends nothing
    Decision.READY: Event.PASSED,
    Decision.READY_WITH_WAIVERS: Event.PASSED_ON_CONDITION,
    Decision.READY_ON_CONDITION: Event.PASSED_ON_CONDITION,
    Decision.NOT_YET: Event.FAILED,
    Decision.RETIRE: Event.FAILED,
}
_MOST_SAID = 5  # findings that an event keeps; the review has them all


class Adapters(Protocol):
    """The registry of adapters, as far as their cycles go."""

    def find(self, account: str, name: str) -> Adapter | None:
        """Find an adapter by its account and name."""

    def happen(self, account: str, name: str, what: Happening) -> tuple[Adapter, Change]:
        """Let something happen to an adapter; raises Impossible, Refused."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A pull request that was closed, on a day in the policy's time zone.

    `merge_sha` None: without a merge, or with one into another branch than the default one, `base_ref`.
    """

    repo_id: int
    number: int
    account: str
    head_sha: str
    on: date
    by: str
    by_id: int | None = None
    merge_sha: str | None = None
    base_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one revalidation: the adapter, its cycle, the event; None where nothing changed, for the reason `why`.

    `due_on` is the deadline that follows, `verdict` what was judged. `before` says that the cycle had ended already.
    """

    adapter: str
    cycle: int
    event: Event | None
    why: str = ""
    due_on: date | None = None
    verdict: Decision | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Revalidations:
    """The use case `revalidation`: from a verdict to the end of a cycle."""

    adapters: Adapters
    ledger: ports.Ledger
    forges: ports.Forges
    in_force: Callable[[tuple[PolicyText, ...]], Policy]
    day: Callable[[Policy, datetime | None], date]  # of an instant (None: now), in the policy's time zone

    def close(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> str:
        """Do what is to be done about a pull request that is open no more; returns what was done in a word.

        Raises ForgeTrouble, Superseded.
        """
        review = self.ledger.latest(request.repo_id, request.number)
        if review is None or not any(_revalidations(review)):
            return "nothing revalidated"  # for which nobody needs to be asked
        forge = self.forges(request, guard)
        pull = forge.pull_request()
        if pull is None or pull.state == "open":
            return "not closed"
        on = self.day(self.in_force(forge.policy_files()), pull.merged_at)
        by = pull.merged_by or pull.author
        closed = Closed(
            pull.repo_id,
            pull.number,
            pull.owner,
            pull.head_sha,
            on,
            by,
            # whoever may write has branches of their own, with whatever bar: a merge there ends nothing
            merge_sha=pull.merge_sha if pull.merged_at and pull.base_ref == pull.default_branch else None,
            base_ref=pull.base_ref,
        )
        ended = self.ended(closed)
        told = [said for each in ended if (said := _words(each))]
        if told and closed.merge_sha is not None:
            forge.conversation().reply(f"cycles:{closed.merge_sha}", "\n\n".join(told))
        return ", ".join(f"{each.adapter} {each.event or each.why}" for each in ended)

    def begun(self, account: str, repo_id: int, number: int, on: date) -> tuple[Ended, ...]:
        """Mark the cycles for which an open pull request brings evidence as in progress."""
        review = self.ledger.latest(repo_id, number)
        if review is None:
            return ()
        return tuple(self._started(account, entry, review, on) for entry in _revalidations(review))

    def ended(self, closed: Closed) -> tuple[Ended, ...]:
        """End the cycles of a pull request that was merged; of one that was not, they are in progress no more.

        Raises ForgeTrouble while the merged head has no verdict yet: a review of it is on its way.
        """
        review = self.ledger.latest(closed.repo_id, closed.number)
        if review is None:
            return ()
        entries = list(_revalidations(review))
        if closed.merge_sha is None:
            return tuple(self._stopped(closed, entry, review) for entry in entries)
        if review.head_sha != closed.head_sha:
            raise ports.ForgeTrouble("the head that was merged has no verdict yet")
        if review.verdict["pull_request"].get("base_ref", closed.base_ref) != closed.base_ref:
            why = "it was judged against another branch than the one that it was merged into"
            return tuple(replace(self._stopped(closed, entry, review), why=why) for entry in entries)
        return tuple(self._ended(closed, entry, review) for entry in entries)

    def _started(self, account: str, entry: Mapping[str, Any], review: ports.StoredReview, on: date) -> Ended:
        name, adapter, number = entry["adapter"], self.adapters.find(account, entry["adapter"]), review.number
        why = _unfit(adapter, entry, review)
        if why or adapter is None or adapter.cycle is None:
            return Ended(name, entry["cycle"], None, why)
        if adapter.cycle.evidence_pull == number:
            return Ended(name, entry["cycle"], None, "it is in progress already")
        pull = review.verdict["pull_request"]
        proof = {"pull_request": number, "repository": pull["repository"], "path": entry["path"]}
        what = Happening(Event.STARTED, on, pull["author"], pull=number, proof=proof)
        return self._happen(account, entry, what)

    def _stopped(self, closed: Closed, entry: Mapping[str, Any], review: ports.StoredReview) -> Ended:
        adapter = self.adapters.find(closed.account, entry["adapter"])
        begun = adapter is not None and adapter.cycle is not None and adapter.cycle.evidence_pull == closed.number
        if adapter is None or not begun or not _is_here(adapter, review):
            return Ended(entry["adapter"], entry["cycle"], None, "it was not in progress by this pull request")
        what = Happening(Event.STOPPED, closed.on, closed.by, closed.by_id, proof={"pull_request": closed.number})
        return self._happen(closed.account, entry, what)

    def _ended(self, closed: Closed, entry: Mapping[str, Any], review: ports.StoredReview) -> Ended:
        adapter = self.adapters.find(closed.account, entry["adapter"])
        why = _unfit(adapter, entry, review)
        event = _ENDS.get(Decision(entry["verdict"]))
        if why:
            cycle = adapter.cycle if adapter else None
            return Ended(
                entry["adapter"], entry["cycle"], None, why, before=bool(cycle and cycle.number > entry["cycle"])
            )
        if event is None:  # it goes on, and nobody is at it any more
            return replace(self._stopped(closed, entry, review), why="its evidence could not be verified")
        proof = {
            "evidence": entry["path"],
            "sha256": _digest(review, entry["path"]),
            "cycle": entry["cycle"],
            "verdict": entry["verdict"],
            "review": review.id,
            "policy_sha256": review.policy_sha256,
            "head_sha": review.head_sha,
            "merge_sha": closed.merge_sha,
            "pull_request": closed.number,
            "said": [f["message"] for f in entry["findings"] if f["level"] == "failure"][:_MOST_SAID],
        }
        what = Happening(event, closed.on, closed.by, closed.by_id, pull=closed.number, proof=proof)
        return self._happen(closed.account, entry, what)

    def _happen(self, account: str, entry: Mapping[str, Any], what: Happening) -> Ended:
        try:
            after, _ = self.adapters.happen(account, entry["adapter"], what)
        except (Impossible, Refused) as refused:
            return Ended(entry["adapter"], entry["cycle"], None, str(refused))
        due_on = after.cycle.due_on if after.cycle else None
        return Ended(entry["adapter"], entry["cycle"], what.event, "", due_on, Decision(entry["verdict"]))


def _words(ended: Ended) -> Markdown | None:
    """Put what became of a cycle into words; what a merge that is told again finds is told by its first telling."""
    match ended.event:
        case Event.PASSED | Event.PASSED_ON_CONDITION:
            return words.passed(ended.adapter, ended.cycle, ended.due_on)
        case Event.FAILED:
            return words.failed(ended.adapter, ended.cycle, ended.due_on, ended.verdict is Decision.RETIRE)
        case _:
            return None if ended.before else words.left_open(ended.adapter, ended.cycle, ended.why)


def _revalidations(review: ports.StoredReview) -> Iterator[Mapping[str, Any]]:
    """Walk the revalidations of a review that name an adapter; of what cannot be read nothing begins or ends."""
    for entry in review.verdict.get("proposals", ()):
        if entry.get("kind") == "revalidation" and entry["adapter"] and entry["cycle"] is not None:
            yield entry


def _is_here(adapter: Adapter, review: ports.StoredReview) -> bool:
    """Say whether an adapter is of the repository of a review: nobody ends, or holds up, what another repository answers for."""
    known = adapter.particulars
    if known.repo_id is not None:
        return known.repo_id == review.repo_id
    repository: str = review.verdict["pull_request"]["repository"]  # what was imported comes with a name alone
    return known.repository.lower() == repository.lower()


def _unfit(adapter: Adapter | None, entry: Mapping[str, Any], review: ports.StoredReview) -> str:
    """Say why a revalidation cannot end the adapter's open cycle; empty where it can. A second merge finds another cycle open."""
    if adapter is None:
        return "no such adapter is registered"
    if not _is_here(adapter, review):
        return "it is registered in another repository"  # which one, whoever reads this may not know
    if adapter.cycle is None:
        return "no cycle is open"
    if adapter.cycle.number != entry["cycle"]:
        return f"cycle {adapter.cycle.number} is open"
    return ""


def _digest(review: ports.StoredReview, path: str) -> str | None:
    """Find the digest of the evidence file that was judged."""
    source = review.dossier.get("proposals", {}).get(path, {}).get("proposal", {}).get("source") or {}
    digest: str | None = source.get("sha256")
    return digest
