"""How is one pull request reviewed? Read it as it is now, gather facts, judge, remember, then tell GitHub.

A crash anywhere repeats safely: the same inputs give the same verdict, and what was told is remembered by the forge.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from bot import ports
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.finding import Outcome
from bot.readiness.policy import Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.strict_yaml import MAX_BYTES
from bot.readiness.unproposed import PROPOSAL_NAME, begun
from bot.readiness.waiver import State, Waiver, standing
from bot.report.answer import Answer
from bot.report.as_json import FORMAT, as_json
from bot.report.record import record_policy, record_trainings
from bot.review import policy_preview
from bot.review.judge import MAX_PROPOSALS, Experimented, Judge, Refused
from bot.review.policy_preview import PolicyPreview
from bot.review.touched import Links, is_judged, touched
from bot.review.trained import ToolOf, unproposed

__all__ = ["MAX_PROPOSALS", "Judge", "Links", "Reviewer", "touched"]

# words that people say on a pull request: no commit shows them, so that an answered head must be looked at again
_WORDS = frozenset({"issue_comment", "pull_request_review"})
_HEADS = 3  # heads that one job follows while they move under it


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The use case `review`: one pull request, from hint to posted answer."""

    judge: Judge
    ledger: ports.Ledger
    facts: Callable[[int], ports.Facts]  # of a repository, by its id
    forges: ports.Forges
    bot_version: str
    details_url: Callable[[str], str]  # of a review, by its id ("" for none yet)
    in_force: Callable[[tuple[PolicyText, ...]], Policy]  # the policy that files make of the built-in one
    pulls: ports.Pulls
    waivers: ports.Waivers
    clock: ports.Clock
    links: Links = field(default_factory=Links)
    refusals: ports.Refusals | None = None
    experiments: ports.Experiments | None = None
    tool_of: ToolOf = lambda _text: None
    web_url: str = "https://github.com"  # of the forge's pages
    # of a fork's commit: repository, pull request, commit
    is_ok_to_check: Callable[[int, int, str], bool] = lambda _repo_id, _number, _head_sha: False
    begun: Callable[[ports.PullRequest, Policy], None] = lambda _pull, _policy: None  # told of evidence for a cycle

    def review(self, request: ports.ReviewRequested, guard: Callable[[], None], events: Collection[str] = ()) -> str:
        """Review a pull request; returns what was done in a word. Raises ForgeTrouble, Superseded.

        `events` are the webhooks that ask for it, by name: after some of them an answered head is looked at again.
        An answer for which something could not be read just then is given all the same, and tried again.
        """
        for _ in range(_HEADS):
            with suppress(ports.HeadMoved):
                return self._review(request, guard, anew=not _WORDS.isdisjoint(events))
        # a forge that does not know a new commit yet says the same: to stop here could leave the head without an answer
        raise ports.ForgeTrouble("the head moves, or is not known everywhere yet")

    def give_up(self, request: ports.ReviewRequested) -> None:
        """Say on the head that its review came to no end, unless an answer stands there; raises ForgeTrouble, Superseded."""
        forge = self.forges(request, lambda: None)
        pull = forge.pull_request()
        if pull is not None and pull.state == "open" and self._standing(pull) is None:
            forge.give_up(pull, self.details_url(""))

    def _review(self, request: ports.ReviewRequested, guard: Callable[[], None], *, anew: bool) -> str:
        forge = self.forges(request, guard)
        pull = forge.pull_request()
        if pull is None:
            return "gone"
        self.pulls.seen(pull)
        if pull.state != "open":
            return "closed"
        policy_files = forge.policy_files()
        judge = replace(self.judge, policy=self.in_force(policy_files))
        now = self.clock.now()
        waivers = [
            standing(kept.waiver, is_over=kept.ends_at <= now) for kept in self.waivers.of(pull.repo_id, pull.number)
        ]
        if not anew and self._is_answered(pull, judge.policy, waivers):
            return "unchanged"
        changed = forge.changed_files()
        files = _Kept(forge.files())
        paths = touched(changed, files, pull.opened_on, self.links)
        trainings = unproposed(changed, files, lambda: self._linked(paths, files, pull.opened_on), self.tool_of)
        if paths:
            forge.begin(pull, self.details_url(""))
        changes = policy_preview.places(changed, pull)
        if changes:
            forge.begin_policy(pull, self.details_url(""))
        around = ports.Surroundings(
            files=files,
            directory=forge.directory(),
            history=forge.history(),
            attachments=forge.attachments(),
            trusted=not pull.from_fork or self.is_ok_to_check(pull.repo_id, pull.number, pull.head_sha),
            repository=pull.repository,
            commit=pull.head_sha,
            facts=self.facts(pull.repo_id),
        )
        earlier = self.ledger.earlier(pull.repo_id, pull.number, pull.head_sha) if paths else ()
        if earlier:  # one call that names every file's content is worth it where some of it is known
            files.listing()
        answer, dossiers = judge.answer(
            paths, around, pull.opened_on, earlier, waivers, trainings, self._refused(pull), self._experimented(pull)
        )
        answer = replace(answer, begin_at=self._begin_at(pull, answer))
        concluded = ports.Concluded(
            repo_id=pull.repo_id,
            number=pull.number,
            head_sha=pull.head_sha,
            base_sha=pull.base_sha,
            policy_sha256=answer.policy_sha256,
            bot_version=self.bot_version,
            format=FORMAT,
            decision=answer.decision.value if answer.decision else "no_proposal",
            dossier={
                "format": FORMAT,
                "opened_on": pull.opened_on.isoformat(),
                "policy": record_policy(policy_files),
                "proposals": dossiers,
                "trainings": record_trainings(trainings),
            },
            verdict={**as_json(answer), "pull_request": _pull(pull)},
        )
        review_id = self.ledger.record(concluded)
        for waiver in (each for answered in answer.proposals for each in answered.verdict.over):
            if waiver.state is State.LAPSED:  # once for each: what has ended stays as it is
                self.waivers.end(waiver.id, waiver.state, waiver.why)
        if any(answered.revalidates for answered in answer.proposals):
            self.begun(pull, judge.policy)
        forge.publish(pull, answer, review_id, self.details_url(review_id))
        if changes:
            rendered = self._preview.of(changes, changed, pull, files, policy_files)
            forge.publish_policy(pull, rendered, review_id, self.details_url(review_id))
        self.ledger.given(review_id, forge.calls())
        if _may_turn_out_otherwise(dossiers, as_json(answer)):
            raise ports.ForgeTrouble("answered as far as could be seen; what could not be read just now is tried again")
        return answer.decision.value if answer.decision else "no proposal"

    def _linked(self, paths: tuple[str, ...], files: "_Kept", opened_on: date) -> frozenset[str]:
        return frozenset().union(*(self.links.of(path, "", files, opened_on) for path in paths[:MAX_PROPOSALS]))

    def _refused(self, pull: ports.PullRequest) -> Refused | None:
        return None if self.refusals is None else partial(self.refusals.of, pull.repo_id, pull.number)

    def _experimented(self, pull: ports.PullRequest) -> Experimented | None:
        return None if self.experiments is None else partial(self.experiments.of, pull.repo_id, pull.number)

    def _begin_at(self, pull: ports.PullRequest, answer: Answer) -> str:
        """Give the address of the forge's form for a new file beside what has no proposal; "" where there is nothing to begin."""
        if not answer.unproposed or not pull.head_repository or not pull.head_ref:
            return ""
        folder = answer.unproposed[0].path.rpartition("/")[0]
        where = "/".join(quote(part, safe="/") for part in (pull.head_repository, "new", pull.head_ref, folder) if part)
        return f"{self.web_url}/{where}?{urlencode({'filename': PROPOSAL_NAME, 'value': begun(answer.unproposed[0])})}"

    def _is_answered(self, pull: ports.PullRequest, policy: Policy, waivers: Sequence[Waiver]) -> bool:
        """Say whether this very state was answered already, for good: same commits, policy, bot and waivers, all facts read."""
        shown = self._standing(pull)
        preview = self.ledger.publication(pull.repo_id, pull.number, "policy_run", pull.head_sha)
        return (
            shown is not None
            and (preview is None or preview.is_written)
            and shown.verdict["pull_request"]["draft"] is pull.draft
            and shown.verdict["pull_request"].get("base_ref", pull.base_ref) == pull.base_ref
            and shown.base_sha == pull.base_sha
            and (shown.policy_sha256, shown.bot_version) == (policy.sha256, self.bot_version)
            and _waived(shown.dossier["proposals"])
            == {(each.id, each.state.value) for each in waivers if each.path in shown.dossier["proposals"]}
            and not _may_turn_out_otherwise(shown.dossier["proposals"], shown.verdict)
        )

    @property
    def _preview(self) -> PolicyPreview:
        return PolicyPreview(self.judge, self.in_force, self.ledger, self.pulls, self.details_url)

    def _standing(self, pull: ports.PullRequest) -> ports.StoredReview | None:
        """Find the review whose answer shows on the head: not one that only began there, or was given up."""
        latest = self.ledger.latest(pull.repo_id, pull.number)
        shown = self.ledger.publication(pull.repo_id, pull.number, "check_run", pull.head_sha)
        given = latest is not None and latest.answer_state == "given" and latest.head_sha == pull.head_sha
        return latest if given and shown is not None and shown.review_id is not None else None


def _waived(dossiers: Mapping[str, Any]) -> set[tuple[int, str]]:
    return {(each["id"], each["state"]) for dossier in dossiers.values() for each in dossier.get("waivers", ())}


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
        if not is_judged(path):
            return self._files.read(path, max_bytes=max_bytes)
        if path not in self._proposals:
            fact = self._files.read(path, max_bytes=MAX_BYTES)
            if isinstance(fact, Unavailable) and fact.trouble is Trouble.PASSING:
                raise ports.ForgeTrouble(f"the proposal could not be read now: {fact.reason}")
            self._proposals[path] = fact
        return self._proposals[path]

    def pin(self, path: str) -> str | None:
        """Name a file's content without reading it, where the files were listed."""
        return self._files.pin(path)

    def listing(self) -> Known[Mapping[str, str]] | Unavailable:
        """List every file; raises ForgeTrouble when they cannot be listed now."""
        listed = self._files.listing()
        if isinstance(listed, Unavailable) and listed.trouble is Trouble.PASSING:
            raise ports.ForgeTrouble(listed.reason)
        return listed


def _pull(pull: ports.PullRequest) -> dict[str, Any]:
    return {
        "repository": pull.repository,
        "number": pull.number,
        "title": pull.title,
        "author": pull.author,
        "draft": pull.draft,
        "head_sha": pull.head_sha,
        "base_ref": pull.base_ref,
    }
