"""What is a check? One question, asked of one dossier, answered by findings that it begins itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.readiness.evidence import Evidence
from bot.readiness.fact import Grade, Source, Trouble, Unavailable
from bot.readiness.finding import Finding, Item, Outcome, origin
from bot.readiness.policy import Policy
from bot.readiness.proposal import Proposal
from bot.readiness.revalidation import OF_PROPOSALS, Occasion, Revalidating
from bot.readiness.schema import at as field

NOT_LOOKED_AT = "Nothing to do for you; if it stays so, please report it."


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a check may look at. `opened_on` is the date from which dates count: the pull request's opening.

    Of a revalidation, `proposal` is the approved one with this cycle's evidence laid over it.
    """

    proposal: Proposal
    policy: Policy
    evidence: Evidence
    opened_on: date
    revalidation: Revalidating | None = None

    @property
    def occasion(self) -> Occasion:
        """Say when it is asked: a proposal that links a tuned run is one at registration."""
        if self.revalidation is not None:
            return Occasion.REVALIDATION
        run = field(self.proposal, "eval.candidate")
        linked = run is not None and (run.artifact or run.rows)
        return Occasion.REGISTRATION if linked else Occasion.PROPOSAL


@dataclass(frozen=True, slots=True)
class Check:
    """One of our questions. `id` is its file's name for ever; `doc` its module's docstring, which is its page.

    `asked_at` says on which occasions it arises.
    """

    id: str
    item: Item
    doc: str
    run: Callable[[Dossier], Iterable[Finding]]
    asked_at: frozenset[Occasion] = OF_PROPOSALS

    @property
    def title(self) -> str:
        """The question: the first line of the docstring."""
        return self.doc.strip().splitlines()[0]

    def passed(
        self,
        message: str,
        *,
        at: str,
        remark: str | None = None,
        source: Source | None = None,
        fix: str | None = None,
        stated: bool = False,
        condition: str | None = None,
    ) -> Finding:
        """Begin a finding that the question is answered with yes; a `remark` is a warning beside it.

        With a `condition` it is so only once that has come true: the proposal is then ready on condition.

        Without a `source` it rests on typed words, the lowest grade. `stated` exempts it from the policy's least grade:
        only for a question about what the proposal states, which no evidence could answer.
        """
        finding = self._finding(Outcome.PASSED, at, message, source, remark=remark, fix=fix)
        return replace(finding, condition=condition, grade=None if stated else finding.grade)

    def failed(
        self,
        message: str,
        *,
        at: str,
        fix: str,
        source: Source | None = None,
        lever: str | None = None,
        because: str | None = None,
        retire: bool = False,
    ) -> Finding:
        """Begin a finding that the question is answered with no; it always has a way out.

        With `retire` it is shown that the adapter is needed no more: that is then the advice, and no fault of anybody's.
        """
        found = self._finding(Outcome.FAILED, at, message, source, fix=fix, lever=lever, because=because)
        return replace(found, retire=True) if retire else found

    def unverified(
        self, message: str, *, at: str, fix: str, source: Source | None = None, because: str | None = None
    ) -> Finding:
        """Begin a finding that the question could not be answered now."""
        return self._finding(Outcome.UNVERIFIED, at, message, source, fix=fix, because=because)

    def not_applicable(self, message: str, *, at: str) -> Finding:
        """Begin a finding that the question does not arise."""
        return self._finding(Outcome.NOT_APPLICABLE, at, message, None)

    def unavailable(
        self,
        fact: Unavailable,
        *,
        at: str,
        what: str,
        correct: str = "Correct the link.",
        because: str | None = None,
    ) -> Finding:
        """Begin the finding that an unavailable fact calls for: definitive is failed, passing trouble unverified."""
        message = f"{what}: {fact.reason.rstrip('.')}."
        if fact.trouble is Trouble.DEFINITIVE:
            return self.failed(message, at=at, fix=fact.fix or correct, because=because)
        fix = fact.fix or _FIXES[fact.trouble]
        finding = self._finding(Outcome.UNVERIFIED, at, message, None, fix=fix, because=because)
        return _for_the_service(finding) if fact.trouble is Trouble.SERVICE_ONLY else finding

    def _finding(
        self,
        outcome: Outcome,
        at: str,
        message: str,
        source: Source | None,
        *,
        remark: str | None = None,
        fix: str | None = None,
        lever: str | None = None,
        because: str | None = None,
    ) -> Finding:
        if source is not None and source.note is not None:
            message = f"{message.rstrip('.')} ({source.note})."
        return Finding(
            check=self.id,
            item=self.item,
            outcome=outcome,
            at=at,
            message=message,
            remark=remark,
            fix=fix,
            lever=lever,
            because=because,
            grade=source.grade if source else Grade.D,
            source=origin(source) if source else None,
        )


_FIXES = {
    Trouble.PASSING: "Nothing to do for you: it is tried again.",
    Trouble.NOT_SUPPORTED: "Commit the file to this repository and link it there.",
    Trouble.SERVICE_ONLY: "Nothing to do for you: the service looks when a pull request is opened.",
}


def _for_the_service(finding: Finding) -> Finding:
    return replace(finding, service_only=True)
