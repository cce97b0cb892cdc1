"""Is the adapter of a merged proposal kept from now on? Only what was judged ready, exactly as it was merged.

The pull request is read as it is now and the proposal at the merge commit; the verdict is the one that was given on its head. Doing
it again changes nothing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, Protocol

from bot import ports
from bot.lifecycle.adapter import Adapter, Particulars
from bot.lifecycle.dates import day_in, first_due
from bot.lifecycle.happening import Change, Happening
from bot.lifecycle.stages import Event, is_alive
from bot.readiness import proposal
from bot.readiness.fact import Known, Trouble
from bot.readiness.period import length
from bot.readiness.policy import Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.proposal import Proposal
from bot.readiness.strict_yaml import MAX_BYTES
from bot.readiness.verdict import Decision
from bot.report import registered as words
from bot.report.markdown import Markdown
from bot.report.record import restore

READY = (Decision.READY, Decision.READY_WITH_WAIVERS, Decision.READY_ON_CONDITION)
EVERY = "P3M"
"""How often an adapter is revalidated whose proposal does not say it: quarterly (S1)."""

_AGAIN = "Open a pull request that touches the proposal, and merge it when it is ready."


class Registry(Protocol):
    """The adapters, as far as merges go."""

    def find(self, account: str, name: str) -> Adapter | None:
        """Find an adapter by its account and name."""

    def happen(self, account: str, name: str, what: Happening) -> tuple[Adapter, Change]:
        """Let something happen to an adapter, known or not; return it as it is then, and the change."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """The use case `registration`: what becomes of the adapters of one pull request that was merged."""

    registry: Registry
    ledger: ports.Ledger
    forges: ports.Forges
    in_force: Callable[[tuple[PolicyText, ...]], Policy]
    zone: Callable[[str], tzinfo]

    def register(self, request: ports.ReviewRequested, guard: Callable[[], None]) -> str:
        """Register what a merge brings; returns what was done in a word. Raises ForgeTrouble, Superseded."""
        review = self.ledger.latest(request.repo_id, request.number)
        if review is None or not review.verdict["proposals"]:
            return "nothing proposed"  # for which nobody needs to be asked
        forge = self.forges(request, guard)
        pull = forge.pull_request()
        if pull is None or pull.merge_sha is None or pull.merged_at is None:
            return "not merged"
        if pull.base_ref != pull.default_branch:
            return "merged into another branch"  # whoever may write has branches of their own: nobody looked at these
        policy = self.in_force(forge.policy_files())
        on = day_in(self.zone(policy.time_zone), pull.merged_at)
        files, said, done = forge.files(pull.merge_sha), list[Markdown](), 0
        for entry in review.verdict["proposals"]:
            if entry.get("kind") == "revalidation":
                continue  # of an adapter that is registered already
            merged = _Merged(pull, review, entry, policy, on)
            match merged.particulars(files):
                case None:
                    continue
                case Particulars() as found:
                    kept = self._keep(merged, found)
                case _Refused() as refused:
                    kept = refused
            if isinstance(kept, _Refused):
                said.append(words.not_registered(str(entry["adapter"]), kept.why, kept.fix))
            else:
                done += 1
                said.append(kept)
        if said:
            forge.conversation().reply(f"merge:{pull.merge_sha}", "\n\n".join(said))
        return f"{done} registered" if done else "none registered"

    def _keep(self, merged: "_Merged", found: Particulars) -> "Markdown | _Refused":
        before = self.registry.find(found.account, found.name)
        other = before is not None and (before.particulars.repo_id, before.particulars.path) != (
            found.repo_id,
            found.path,
        )
        if before is not None and other and is_alive(before.stage) and before.particulars.repo_id is not None:
            here = before.particulars.repo_id == found.repo_id  # of others, whoever reads this may not know
            where = f"`{before.particulars.path}`" if here else "Another repository"
            return _Refused(f"{where} has an adapter of that name already.", "Give this one a name of its own.")
        again = before is not None and before.particulars.merge_sha == found.merge_sha and not other
        after = (
            before if again and before else self.registry.happen(found.account, found.name, merged.happening(found))[0]
        )
        due_on = after.cycle.due_on if after.cycle else merged.on
        return words.registered(found.name, found.owner, due_on, found.every, merged.conditions)


@dataclass(frozen=True, slots=True)
class _Refused:
    why: str
    fix: str = _AGAIN


@dataclass(frozen=True, slots=True)
class _Merged:
    """One proposal of a pull request that was merged on a day, with the verdict on it."""

    pull: ports.PullRequest
    review: ports.StoredReview
    entry: Mapping[str, Any]
    policy: Policy
    on: date

    @property
    def conditions(self) -> tuple[str, ...]:
        """What the approval waits for."""
        return tuple(self.entry["conditions"]) if self.entry["verdict"] == Decision.READY_ON_CONDITION else ()

    def particulars(self, files: ports.CommitFiles) -> "Particulars | _Refused | None":
        """Read what is to be kept; None where there is nothing to register, as of an experiment. Raises ForgeTrouble."""
        path = self.entry["path"]
        judged, evidence, opened_on = restore(self.review.dossier["proposals"][path])
        there = files.read(path, max_bytes=MAX_BYTES)
        if not isinstance(there, Known):
            if there.trouble is Trouble.PASSING:
                raise ports.ForgeTrouble(f"the merged proposal could not be read now: {there.reason}")
            return None if not isinstance(judged, Known) else _Refused("its proposal is not there at the merge commit.")
        read = proposal.read(there.value, opened_on=opened_on, path=path).proposal
        if read is None or read.adapter is None or read.scope == "experiment":
            return None
        if self.entry["verdict"] not in READY:
            step = self.entry.get("next_step") or {}
            return _Refused(f"the verdict on it is `{self.entry['verdict']}`. {step.get('message', '')}".strip())
        if self.review.head_sha != self.pull.head_sha:
            return _Refused("what was merged is newer than what was judged.")
        if self.review.verdict["pull_request"].get("base_ref", self.pull.base_ref) != self.pull.base_ref:
            return _Refused("it was judged against another branch than the one that it was merged into.")
        if not isinstance(judged, Known) or judged.value != there.value:
            return _Refused("its proposal at the merge commit is not the one that was judged.")
        digest = hashlib.sha256(there.value).hexdigest()
        return self._of(
            read,
            path,
            digest,
            {login: fact.value.id for login, fact in evidence.people.items() if isinstance(fact, Known)},
        )

    def _of(self, read: Proposal, path: str, digest: str, ids: Mapping[str, int]) -> "Particulars | _Refused":
        owner = read.owner
        every = owner.revalidate_every or EVERY
        try:
            first_due(self.on, length(every))
        except (ValueError, OverflowError):
            return _Refused(
                f"`{every}` is no time after which it could be revalidated.", "Write `revalidate_every: P3M`."
            )
        return Particulars(
            account=self.pull.owner,
            name=str(read.adapter),
            repository=self.pull.repository,
            owner=owner.primary or self.pull.author,
            every=every,
            path=path,
            repo_id=self.pull.repo_id,
            installation_id=self.pull.installation_id,
            number=self.pull.number,
            merge_sha=self.pull.merge_sha,
            review_id=self.review.id,
            owner_id=ids.get(owner.primary) if owner.primary else self.pull.author_id,
            backup=owner.backup,
            backup_id=ids.get(owner.backup) if owner.backup else None,
            team=owner.team,
            leads=self.policy.lead_names,
            base_model=read.training.base_model,
            provider=read.training.provider,
            until=owner.until,
            time_zone=self.policy.time_zone,
            evidence={
                "decision": self.entry["verdict"],
                "items": {name: item["outcome"] for name, item in self.entry["items"].items()},
                "proposal_sha256": digest,
                "policy_sha256": self.review.policy_sha256,
                "bot_version": self.review.bot_version,
                "threshold": None if read.eval.threshold is None else str(read.eval.threshold),
            },
        )

    def happening(self, found: Particulars) -> Happening:
        """Say what has happened, with its proof."""
        return Happening(
            Event.MERGED,
            self.on,
            self.pull.merged_by or self.pull.author,
            particulars=found,
            conditions=self.conditions,
            proof={
                "merge_sha": self.pull.merge_sha,
                "pull": self.pull.number,
                "review": self.review.id,
                **found.evidence,
            },
        )
