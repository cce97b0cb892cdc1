"""What is the verdict on these proposals? The same answer online and offline, and again from what was recorded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot import ports
from bot.readiness import proposal
from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Evidence
from bot.readiness.experiment import Experiment, team_of
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.layers import under
from bot.readiness.panel import deliberate, unreadable
from bot.readiness.policy import Policy
from bot.readiness.refusal import Refusal
from bot.readiness.revalidation import is_revalidation
from bot.readiness.rules.language import Ask, holds
from bot.readiness.strict_yaml import MAX_BYTES, Problem
from bot.readiness.unproposed import PULL_REQUEST, Training
from bot.readiness.waiver import Waiver
from bot.report.answer import Answer, Answered, answer_under
from bot.report.record import (
    record,
    record_approved,
    restore,
    restore_approved,
    restore_trainings,
    restore_waivers,
)
from bot.review import revalidated
from bot.review.revalidated import Brought, NoRegistry

Refused = Callable[[str, str], tuple[Refusal, ...]]
"""Finds earlier reviews that refused a file: by the adapter that is proposed, and the file's digest."""

Experimented = Callable[[str, date], tuple[Experiment, ...]]
"""Finds a team's other experiments: by the team, and the day on which the pull request was opened."""

_TRAIN = "data.train"
MAX_PROPOSALS = 20  # house: of one pull request; the others are answered by saying so, never passed over
_ONE_TOO_MANY = Unavailable(
    f"This pull request touches more than {MAX_PROPOSALS} proposals, and this is one too many.",
    Trouble.DEFINITIVE,
    f"Split the pull request: at most {MAX_PROPOSALS} proposals in one.",
)


@dataclass(frozen=True, slots=True)
class Judge:
    """All that judging needs besides the files: readers, checks, policy. Used online and offline alike."""

    sources: ports.Sources
    checks: Sequence[Check]
    policy: Policy
    offline: bool = False
    ask: Ask = holds  # evaluates the policy's rules
    registry: ports.Registry = NoRegistry()  # what is registered, for revalidations

    def answer(
        self,
        paths: Iterable[str],
        around: ports.Surroundings,
        opened_on: date,
        earlier: Sequence[ports.StoredReview] = (),
        waivers: Sequence[Waiver] = (),
        trainings: Fact[tuple[Training, ...]] | None = None,
        refused: Refused | None = None,
        experimented: Experimented | None = None,
    ) -> tuple[Answer, dict[str, Any]]:
        """Judge proposals and revalidations by their paths; returns the answer and the dossiers as JSON, by path.

        `earlier` are reviews of older heads of the same pull request, newest first, `waivers` all of the pull request,
        `trainings` what no proposal covers, `refused` finds earlier reviews of the same training file,
        `experimented` other experiments of a team. Raises ForgeTrouble when the proposal that a revalidation is laid over
        cannot be read now.
        """
        answered, dossiers = [], {}
        told = False
        names: dict[str, str] = {}
        for number, path in enumerate(paths):
            raw = around.files.read(path, max_bytes=MAX_BYTES) if number < MAX_PROPOSALS else _ONE_TOO_MANY
            if is_revalidation(path):
                again, dossiers[path] = self._revalidated(path, raw, around, opened_on)
                answered.append(again)
                continue
            reading = _unique(_read(path, raw, opened_on), path, names)
            gathered = reading.proposal and self.sources.gather(
                reading.proposal, path, around, _before(earlier, path), self.policy.lead_names
            )
            evidence = gathered or Evidence()
            if gathered and trainings is not None and not told:  # one pull request is told once
                told, evidence = True, replace(evidence, trainings={PULL_REQUEST: trainings})
            if reading.proposal and reading.proposal.adapter and refused is not None:
                evidence = _with_refusals(evidence, reading.proposal.adapter, refused)
            if reading.proposal and experimented is not None:
                evidence = _with_experiments(evidence, reading.proposal, opened_on, experimented)
            own = [waiver for waiver in waivers if waiver.path == path]
            judged = self._judged(path, reading, evidence, opened_on, own)
            answered.append(judged)
            over = {waiver.id: waiver for waiver in judged.verdict.over}  # kept as they are from now on
            dossiers[path] = record(raw, evidence, opened_on, [over.get(waiver.id, waiver) for waiver in own])
        return answer_under(self.policy, answered, trainings), dossiers

    def replay(self, dossiers: Mapping[str, Any], trainings: Mapping[str, Any] | None = None) -> Answer:
        """Judge again what was recorded: with the same policy and checks the answer is the same."""
        answered = []
        names: dict[str, str] = {}
        for path in sorted(dossiers):
            raw, evidence, opened_on = restore(dossiers[path])
            if is_revalidation(path):
                kept = restore_approved(dossiers[path]["approved"])
                answered.append(self._again(path, revalidated.again(path, raw, kept, opened_on), evidence, opened_on))
                continue
            reading = _unique(_read(path, raw, opened_on), path, names)
            answered.append(self._judged(path, reading, evidence, opened_on, restore_waivers(dossiers[path])))
        return answer_under(self.policy, answered, restore_trainings(trainings))

    def _revalidated(
        self, path: str, raw: Fact[bytes], around: ports.Surroundings, opened_on: date
    ) -> tuple[Answered, dict[str, Any]]:
        brought = revalidated.brought(path, raw, self.registry, around, opened_on)
        gathered = brought.reading.proposal and self.sources.gather(
            brought.reading.proposal, brought.path, around, (), self.policy.lead_names, revalidated.DATED
        )
        evidence = gathered or Evidence()
        kept = {**record(raw, evidence, opened_on), "approved": record_approved(brought.approved)}
        return self._again(path, brought, evidence, opened_on), kept

    def _again(self, path: str, brought: Brought, evidence: Evidence, opened_on: date) -> Answered:
        reading = brought.reading
        if reading.proposal is None or brought.revalidating is None:
            return Answered(path, reading, unreadable(reading.problems, offline=self.offline))
        policy, tiers = under(self.policy, reading.proposal)
        dossier = Dossier(reading.proposal, policy, evidence, opened_on, brought.revalidating)
        verdict = deliberate(dossier, self.checks, reading.problems, offline=self.offline, ask=self.ask)
        return Answered(path, reading, verdict, tiers, brought.revalidating.own.cycle)

    def _judged(
        self, path: str, reading: proposal.Reading, evidence: Evidence, opened_on: date, waivers: Sequence[Waiver]
    ) -> Answered:
        if reading.proposal is None:
            return Answered(path, reading, unreadable(reading.problems, offline=self.offline))
        policy, tiers = under(self.policy, reading.proposal)
        dossier = Dossier(reading.proposal, policy, evidence, opened_on)
        verdict = deliberate(
            dossier, self.checks, reading.problems, offline=self.offline, ask=self.ask, waivers=waivers
        )
        return Answered(path, reading, verdict, tiers)


def _with_refusals(evidence: Evidence, adapter: str, refused: Refused) -> Evidence:
    """Add what became of the same training file under other names, where it was read."""
    match evidence.data.get(_TRAIN):
        case Known(source=source) if source.sha256 is not None:
            found = Known(refused(adapter, source.sha256), Source("earlier reviews", Grade.C))
            return replace(evidence, refusals={_TRAIN: found})
        case _:
            return evidence


def _with_experiments(
    evidence: Evidence, proposed: proposal.Proposal, opened_on: date, experimented: Experimented
) -> Evidence:
    """Add the other experiments of the team, to an experiment that says whose it is."""
    whose = team_of(proposed)
    if proposed.scope != "experiment" or whose is None:
        return evidence
    found = Known(experimented(whose[0], opened_on), Source("earlier reviews", Grade.C))
    return replace(evidence, experiments={whose[0]: found})


def _read(path: str, raw: Fact[bytes], opened_on: date) -> proposal.Reading:
    if isinstance(raw, Unavailable):
        problem = Problem(1, "", f"The proposal could not be read: {raw.reason}", raw.fix or "Correct the file.")
        return proposal.Reading(None, (problem,))
    return proposal.read(raw.value, opened_on=opened_on, path=path)


def _before(earlier: Iterable[ports.StoredReview], path: str) -> tuple[ports.Earlier, ...]:
    """Read what a proposal said in earlier reviews, as far as it could be read then."""
    found = []
    for review in earlier:
        kept = review.dossier.get("proposals", {}).get(path)
        raw, _, opened_on = restore(kept) if kept else (None, None, None)
        if isinstance(raw, Known) and opened_on is not None:
            then = proposal.read(raw.value, opened_on=opened_on, path=path).proposal
            found += [ports.Earlier(review.head_sha, then)] if then else []
    return tuple(found)


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
