"""How is one pull request reviewed? Read it as it is now, gather facts, judge, remember, then tell GitHub.

A crash anywhere repeats safely: the same inputs give the same verdict, and what was told is remembered by the forge.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot import ports
from bot.readiness import link, proposal
from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Evidence, Fact, Known, Trouble, Unavailable
from bot.readiness.finding import Outcome
from bot.readiness.panel import deliberate, unreadable
from bot.readiness.policy import Policy
from bot.readiness.strict_yaml import MAX_BYTES, Problem
from bot.report.answer import Answer, Answered
from bot.report.as_json import FORMAT, as_json
from bot.report.record import record, restore

MAX_PROPOSALS = 20  # house: of one pull request; the others are answered by saying so, never passed over
_HEADS = 3  # heads that one job follows while they move under it
_ONE_TOO_MANY = Unavailable(
    f"This pull request touches more than {MAX_PROPOSALS} proposals, and this is one too many.",
    Trouble.DEFINITIVE,
    f"Split the pull request: at most {MAX_PROPOSALS} proposals in one.",
)
_MAX_REMEMBERED = 20_000  # proposals whose links are kept in mind; beyond it the memory starts anew


@dataclass(frozen=True, slots=True)
class Judge:
    """All that judging needs besides the files: readers, checks, policy. Used online and offline alike."""

    sources: ports.Sources
    checks: Sequence[Check]
    policy: Policy
    offline: bool = False

    def answer(
        self,
        paths: Iterable[str],
        around: ports.Surroundings,
        opened_on: date,
    ) -> tuple[Answer, dict[str, Any]]:
        """Judge proposals by their paths; returns the answer and the dossiers as JSON, by path."""
        answered, dossiers = [], {}
        names: dict[str, str] = {}
        for number, path in enumerate(paths):
            raw = around.files.read(path, max_bytes=MAX_BYTES) if number < MAX_PROPOSALS else _ONE_TOO_MANY
            reading = _unique(_read(path, raw, opened_on), path, names)
            gathered = reading.proposal and self.sources.gather(reading.proposal, path, around)
            evidence = gathered or Evidence()
            answered.append(self._judged(path, reading, evidence, opened_on))
            wanted = reading.proposal.eval.metric if reading.proposal else None
            dossiers[path] = record(raw, evidence, opened_on, metric=wanted)
        return self._answer(answered), dossiers

    def replay(self, dossiers: Mapping[str, Any]) -> Answer:
        """Judge again what was recorded: with the same policy and checks the answer is the same."""
        answered = []
        names: dict[str, str] = {}
        for path in sorted(dossiers):
            raw, evidence, opened_on = restore(dossiers[path])
            reading = _unique(_read(path, raw, opened_on), path, names)
            answered.append(self._judged(path, reading, evidence, opened_on))
        return self._answer(answered)

    def _judged(self, path: str, reading: proposal.Reading, evidence: Evidence, opened_on: date) -> Answered:
        if reading.proposal is None:
            return Answered(path, reading, unreadable(reading.problems, offline=self.offline))
        dossier = Dossier(reading.proposal, self.policy, evidence, opened_on)
        return Answered(path, reading, deliberate(dossier, self.checks, reading.problems, offline=self.offline))

    def _answer(self, answered: Iterable[Answered]) -> Answer:
        return Answer(tuple(answered), self.policy.name, self.policy.sha256, self.policy.shadow)


def _read(path: str, raw: Fact[bytes], opened_on: date) -> proposal.Reading:
    if isinstance(raw, Unavailable):
        problem = Problem(1, "", f"The proposal could not be read: {raw.reason}", raw.fix or "Correct the file.")
        return proposal.Reading(None, (problem,))
    return proposal.read(raw.value, opened_on=opened_on, path=path)


def _unique(reading: proposal.Reading, path: str, names: dict[str, str]) -> proposal.Reading:
    """Note an adapter's name; a second proposal of the same name is told so at its line."""
    name = reading.proposal.adapter if reading.proposal else None
    first = names.setdefault(name, path) if name else path
    if first == path:
        return reading
    problem = Problem(
        reading.line("adapter"),
        "adapter",
        f"The adapter `{name}` is proposed in {first} too.",
        "Give each its own name.",
    )
    return replace(reading, problems=(*reading.problems, problem))


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


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The use case `review`: one pull request, from hint to posted answer."""

    judge: Judge
    ledger: ports.Ledger
    forges: ports.Forges
    bot_version: str
    details_url: Callable[[str], str]  # of a review, by its id ("" for none yet)
    links: Links = field(default_factory=Links)

    def review(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> str:
        """Review a pull request; returns what was done in a word. Raises ForgeTrouble, Superseded.

        An answer for which something could not be read just then is given all the same, and tried again.
        """
        for _ in range(_HEADS):
            with suppress(ports.HeadMoved):
                return self._review(request, guard)
        # a forge that does not know a new commit yet says the same: to stop here could leave the head without an answer
        raise ports.ForgeTrouble("the head moves, or is not known everywhere yet")

    def give_up(self, request: ports.ReviewRequested) -> None:
        """Say on the head that its review came to no end, unless an answer stands there; raises ForgeTrouble, Superseded."""
        forge = self.forges(request, lambda: None)
        pull = forge.pull_request()
        if pull is not None and pull.state == "open" and self._standing(pull) is None:
            forge.give_up(pull, self.details_url(""))

    def _review(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> str:
        forge = self.forges(request, guard)
        pull = forge.pull_request()
        if pull is None:
            return "gone"
        if pull.state != "open":
            return "closed"
        if self._is_answered(pull):
            return "unchanged"
        changed = forge.changed_files()
        files = _Kept(forge.files())
        paths = touched(changed, files, pull.opened_on, self.links)
        if paths:
            forge.begin(pull, self.details_url(""))
        around = ports.Surroundings(
            files,
            forge.directory(),
            forge.history(),
            forge.attachments(),
            trusted=not pull.from_fork,
            repository=pull.repository,
        )
        answer, dossiers = self.judge.answer(paths, around, pull.opened_on)
        review_id = self.ledger.record(
            repo_id=pull.repo_id,
            number=pull.number,
            head_sha=pull.head_sha,
            base_sha=pull.base_sha,
            policy_sha256=answer.policy_sha256,
            bot_version=self.bot_version,
            format=FORMAT,
            decision=answer.decision.value if answer.decision else "no_proposal",
            dossier={"format": FORMAT, "opened_on": pull.opened_on.isoformat(), "proposals": dossiers},
            verdict={**as_json(answer), "pull_request": _pull(pull)},
        )
        forge.publish(pull, answer, review_id, self.details_url(review_id))
        self.ledger.given(review_id)
        if _may_turn_out_otherwise(dossiers, as_json(answer)):
            raise ports.ForgeTrouble("answered as far as could be seen; what could not be read just now is tried again")
        return answer.decision.value if answer.decision else "no proposal"

    def _is_answered(self, pull: ports.PullRequest) -> bool:
        """Say whether this very state was answered already, for good: same commits, policy and bot, all facts read."""
        standing = self._standing(pull)
        return (
            standing is not None
            and standing.verdict["pull_request"]["draft"] is pull.draft
            and standing.base_sha == pull.base_sha
            and (standing.policy_sha256, standing.bot_version) == (self.judge.policy.sha256, self.bot_version)
            and not _may_turn_out_otherwise(standing.dossier["proposals"], standing.verdict)
        )

    def _standing(self, pull: ports.PullRequest) -> ports.StoredReview | None:
        """Find the review whose answer shows on the head: not one that only began there, or was given up."""
        latest = self.ledger.latest(pull.repo_id, pull.number)
        shown = self.ledger.publication(pull.repo_id, pull.number, "check_run", pull.head_sha)
        given = latest is not None and latest.answer_state == "given" and latest.head_sha == pull.head_sha
        return latest if given and shown is not None and shown.review_id is not None else None


def _may_turn_out_otherwise(dossiers: Mapping[str, Any], verdict: Mapping[str, Any]) -> bool:
    """Say whether asking again could change the answer: a fact could not be read just then, or a check of ours stopped."""
    facts = [fact for dossier in dossiers.values() for kind in dossier["evidence"].values() for fact in kind.values()]
    findings = [finding for entry in verdict["proposals"] for finding in entry["findings"]]
    return any(fact.get("trouble") == Trouble.PASSING for fact in facts) or any(
        finding["outcome"] == Outcome.BROKEN for finding in findings
    )


class _Kept:
    """Files of which proposals are read once; while the forge is in trouble over one, the job must try again."""

    def __init__(self, files: ports.CommitFiles) -> None:
        self._files = files
        self._proposals: dict[str, Known[bytes] | Unavailable] = {}

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file; raises ForgeTrouble for a proposal that cannot be read now."""
        if not proposal.is_proposal(path):
            return self._files.read(path, max_bytes=max_bytes)
        if path not in self._proposals:
            fact = self._files.read(path, max_bytes=MAX_BYTES)
            if isinstance(fact, Unavailable) and fact.trouble is Trouble.PASSING:
                raise ports.ForgeTrouble(f"the proposal could not be read now: {fact.reason}")
            self._proposals[path] = fact
        return self._proposals[path]

    def listing(self) -> Known[Mapping[str, str]] | Unavailable:
        """List every file; raises ForgeTrouble when they cannot be listed now."""
        listed = self._files.listing()
        if isinstance(listed, Unavailable) and listed.trouble is Trouble.PASSING:
            raise ports.ForgeTrouble(listed.reason)
        return listed


def touched(
    changed: Sequence[ports.ChangedFile], files: ports.CommitFiles, opened_on: date, links: Links
) -> tuple[str, ...]:
    """Find the proposals that a pull request touches: those that it changes, and those that link a file it changes.

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
    direct = [c.path for c in changed if c.status != "removed" and proposal.is_proposal(c.path)]
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
    read = proposal.read(raw, opened_on=opened_on)
    found = set()
    for _, linked in proposal.linked(read.proposal) if read.proposal else ():
        try:
            parsed = link.parse(linked.uri)
            if parsed.in_repository:
                found.add(link.resolve(parsed, path))
        except link.BadLink:
            continue  # told as a problem at its line when the proposal is judged
    return frozenset(found)


def _pull(pull: ports.PullRequest) -> dict[str, Any]:
    return {
        "repository": pull.repository,
        "number": pull.number,
        "title": pull.title,
        "author": pull.author,
        "draft": pull.draft,
        "head_sha": pull.head_sha,
    }
