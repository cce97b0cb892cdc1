"""How is one pull request reviewed? Read it as it is now, gather facts, judge, remember, then tell GitHub.

A crash anywhere repeats safely: the same inputs give the same verdict, and what was told is remembered by the forge.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot import ports
from bot.readiness import link, proposal
from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Evidence, Fact, Known, Trouble, Unavailable
from bot.readiness.panel import deliberate, unreadable
from bot.readiness.policy import Policy
from bot.readiness.strict_yaml import MAX_BYTES, Problem
from bot.report.answer import Answer, Answered
from bot.report.as_json import FORMAT, as_json
from bot.report.record import record

MAX_PROPOSALS = 20  # house: of one pull request; more is an attack or a mistake, and says so


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
        files: ports.RepositoryFiles,
        directory: ports.Directory,
        opened_on: date,
    ) -> tuple[Answer, dict[str, Any]]:
        """Judge proposals by their paths; returns the answer and the dossiers as JSON, by path."""
        answered, dossiers = [], {}
        for path in paths:
            raw = files.read(path, max_bytes=MAX_BYTES)
            one, evidence = self._one(path, raw, files, directory, opened_on)
            answered.append(one)
            dossiers[path] = record(raw, evidence, opened_on)
        policy = self.policy
        return Answer(tuple(answered), policy.name, policy.sha256, policy.shadow), dossiers

    def _one(
        self,
        path: str,
        raw: Fact[bytes],
        files: ports.RepositoryFiles,
        directory: ports.Directory,
        opened_on: date,
    ) -> tuple[Answered, Evidence]:
        if isinstance(raw, Unavailable):
            problem = Problem(1, "", f"The proposal could not be read: {raw.reason}", raw.fix or "Correct the file.")
            reading = proposal.Reading(None, (problem,))
        else:
            reading = proposal.read(raw.value, opened_on=opened_on)
        if reading.proposal is None:
            return Answered(path, reading, unreadable(reading.problems, offline=self.offline)), Evidence()
        evidence = self.sources.gather(reading.proposal, path, files, directory)
        dossier = Dossier(reading.proposal, self.policy, evidence, opened_on)
        verdict = deliberate(dossier, self.checks, reading.problems, offline=self.offline)
        return Answered(path, reading, verdict), evidence


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The use case `review`: one pull request, from hint to posted answer."""

    judge: Judge
    ledger: ports.Ledger
    forges: ports.Forges
    bot_version: str
    details_url: Callable[[str], str]  # of a review, by its id ("" for none yet)

    def review(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> str:
        """Review a pull request; returns what was done in a word. Raises ForgeTrouble, Superseded."""
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
        paths = touched(changed, files, pull.opened_on)
        if paths:
            forge.begin(pull, self.details_url(""))
        answer, dossiers = self.judge.answer(paths, files, forge.directory(), pull.opened_on)
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
        return answer.decision.value if answer.decision else "no proposal"

    def _is_answered(self, pull: ports.PullRequest) -> bool:
        """Say whether this very state was answered already, for good: same commits, policy and bot, nothing doubtful."""
        latest = self.ledger.latest(pull.repo_id, pull.number)
        return (
            latest is not None
            and latest.answer_state == "given"
            and (latest.head_sha, latest.base_sha) == (pull.head_sha, pull.base_sha)
            and (latest.policy_sha256, latest.bot_version) == (self.judge.policy.sha256, self.bot_version)
            and not any(
                finding["outcome"] in ("unverified", "broken")
                for entry in latest.verdict["proposals"]
                for finding in entry["findings"]
            )
            and self.ledger.publication(pull.repo_id, pull.number, "check_run", pull.head_sha) is not None
        )


class _Kept:
    """Files of which proposals are read once; while the forge is in trouble over one, the job must try again."""

    def __init__(self, files: ports.RepositoryFiles) -> None:
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

    def exists(self, path: str) -> Known[bool] | Unavailable:
        """Say whether a file is there."""
        return self._files.exists(path)

    def paths(self) -> Known[tuple[str, ...]] | Unavailable:
        """List every file."""
        return self._files.paths()


def touched(changed: Sequence[ports.ChangedFile], files: ports.RepositoryFiles, opened_on: date) -> tuple[str, ...]:
    """Find the proposals that a pull request touches: those that it changes, and those that link a file it changes.

    The commit's other proposals are looked for only when some changed file is not explained by a changed proposal.
    """
    present = [c.path for c in changed if c.status != "removed"]
    direct = [path for path in present if proposal.is_proposal(path)]
    unexplained = {c.path for c in changed} - set(direct)
    for path in direct:
        unexplained -= _links(path, files, opened_on)
    others: list[str] = []
    if unexplained:
        listing = files.paths()
        known = listing.value if isinstance(listing, Known) else ()
        candidates = [path for path in known if proposal.is_proposal(path) and path not in direct]
        others = [path for path in candidates[:MAX_PROPOSALS] if unexplained & _links(path, files, opened_on)]
    return tuple(sorted(direct + others)[:MAX_PROPOSALS])


def _links(path: str, files: ports.RepositoryFiles, opened_on: date) -> set[str]:
    raw = files.read(path, max_bytes=MAX_BYTES)
    if isinstance(raw, Unavailable):
        return set()
    read = proposal.read(raw.value, opened_on=opened_on)
    found = set()
    for _, field in proposal.linked(read.proposal) if read.proposal else ():
        try:
            parsed = link.parse(field.uri)
            if parsed.in_repository:
                found.add(link.resolve(parsed, path))
        except link.BadLink:
            continue  # told as a problem at its line when the proposal is judged
    return found


def _pull(pull: ports.PullRequest) -> dict[str, Any]:
    return {
        "repository": pull.repository,
        "number": pull.number,
        "title": pull.title,
        "author": pull.author,
        "head_sha": pull.head_sha,
    }
