"""What does this proposal claim, and what is wrong with its form? `read` answers both, every problem at its line."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from bot.readiness.reading import Reading, in_order, leaving, links, validated
from bot.readiness.schema import LinkField, NotApplicable, Proposal, Run
from bot.readiness.strict_yaml import Problem, load

__all__ = ["LinkField", "NotApplicable", "Problem", "Proposal", "Reading", "Run", "is_proposal", "linked", "read"]

EXPERIMENT_MAX_BUDGET = Decimal(500)  # USD, house (READINESS section 1)
EXPERIMENT_MAX_DAYS = 30  # house (READINESS section 1)


def is_proposal(path: str) -> bool:
    """Say whether a path has a proposal's name (READINESS section 2)."""
    name = path.rsplit("/", 1)[-1]
    return name.endswith((".finetune-proposal.yaml", ".finetune-proposal.yml")) or name in (
        "finetune-proposal.yaml",
        "finetune-proposal.yml",
    )


def read(raw: bytes, *, opened_on: date, path: str = "finetune-proposal.yaml") -> Reading:
    """Read a proposal; never raises.

    `opened_on` is the date of the pull request's opening, from which dates count; `path` is the proposal's own, from
    the repository's root, to which its links are relative.
    """
    document = load(raw)
    problems = list(document.problems)
    data = document.data
    if data is None and not problems:
        problems.append(Problem(1, "", "The file is empty.", "Run `tunegate init` for a proposal to fill in."))
    if data is not None and not isinstance(data, dict):
        problems.append(Problem(1, "", "A proposal is a mapping of fields, like `version: 1`.", "Run `tunegate init`."))
        data = None
    reading = Reading(None, (), document.lines)
    proposal, of_form = validated(Proposal, data, reading)
    problems.extend(of_form)
    if proposal is not None:
        problems.extend(_required(proposal, {problem.at for problem in problems}))
        problems.extend(_experiment(proposal, opened_on, reading, {problem.at for problem in problems}))
        problems.extend(leaving(proposal, path, reading))
    return Reading(proposal, in_order(problems), document.lines)


def linked(proposal: Proposal) -> Iterator[tuple[str, LinkField]]:
    """Walk every link of a proposal: (field path, link)."""
    yield from links(proposal)


def _required(proposal: Proposal, known: set[str]) -> Iterator[Problem]:
    for name, sample in (("version", "version: 1"), ("adapter", "adapter: ticket-router")):
        if getattr(proposal, name) is None and name not in known:
            yield Problem(1, name, f"The field `{name}` is required.", f"Add a line like `{sample}`.")


def _experiment(proposal: Proposal, opened_on: date, reading: Reading, known: set[str]) -> Iterator[Problem]:
    stated, last = proposal.experiment, opened_on + timedelta(days=EXPERIMENT_MAX_DAYS)

    def problem(at: str, message: str, fix: str) -> Problem:
        return Problem(reading.line(at), at, message, fix)

    if proposal.scope != "experiment":
        if stated is not None and "scope" not in known:
            fix = "Write `scope: experiment`, or remove `experiment`."
            yield problem("experiment", "`experiment` belongs to `scope: experiment`.", fix)
        return
    if stated is None:
        if not any(at.startswith("experiment") for at in known):
            fix = "Add `experiment: {budget: 500, ends: YYYY-MM-DD}`."
            yield Problem(reading.line("scope"), "experiment", "An experiment states its budget and its end.", fix)
        return
    if stated.budget > EXPERIMENT_MAX_BUDGET:
        message = f"An experiment costs at most {EXPERIMENT_MAX_BUDGET} USD, this one {stated.budget:,f}."
        yield problem("experiment.budget", message, "Lower it, or propose an adapter with all five items.")
    if stated.ends > last:
        message = f"An experiment ends within {EXPERIMENT_MAX_DAYS} days, by {last}; this one on {stated.ends}."
        yield problem("experiment.ends", message, "Bring the end forward, or propose an adapter with all five items.")
    if stated.ends < opened_on:
        message = f"This experiment ended on {stated.ends}, before the pull request was opened ({opened_on})."
        yield problem("experiment.ends", message, f"Write a day up to {last}.")
