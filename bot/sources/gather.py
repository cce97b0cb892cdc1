"""What do the links and names of a proposal lead to? Everything that the checks look at, each file read once.

What cannot be read becomes an `Unavailable` with its reason: a gathering never fails for the world's sake. No fact holds the
text of a row.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot import ports
from bot.readiness import baseline, label_audit, training_data
from bot.readiness.evidence import (
    Composition,
    DataProfile,
    EvalReport,
    Evidence,
    Fact,
    GraderTests,
    HumanChecks,
    Known,
    LabelCount,
    Latency,
    Trouble,
    Unavailable,
)
from bot.readiness.proposal import Proposal
from bot.readiness.proposal import linked as links
from bot.readiness.schema import LinkField, Metric, Run, at
from bot.readiness.schema.training import Teacher
from bot.readiness.training_config import TrainingConfig
from bot.sources import before, datasets, evals, listed_files
from bot.sources.evals.items import Wanted
from bot.sources.linked import Linked, graded
from bot.sources.reader import InThisProcess, Reader, Small
from bot.sources.stores import REPOSITORY_ALONE, Place, Stores

T = TypeVar("T")

MAX_TEXT_BYTES = 5_000_000
_BAR_SOURCE = "eval.threshold_source"
TEXTS = (_BAR_SOURCE, "eval.judge.rubric", "training.grader.path", *label_audit.FIELDS)


class Gatherer:
    """The readers of linked evidence, for one proposal after another. Safe to share between threads."""

    def __init__(self, reader: Reader | None = None, stores: Stores = REPOSITORY_ALONE) -> None:
        """Take who reads the bytes (without one they are read in this process, without limits), and where links may lead."""
        self._reader = reader or InThisProcess()
        self._stores = stores

    def gather(
        self,
        proposal: Proposal,
        proposal_path: str,
        around: ports.Surroundings,
        earlier: Sequence[ports.Earlier] = (),
    ) -> Evidence:
        """Read whatever the checks look at: linked runs, training data and texts, people, and what was said before."""
        linked = Linked(self._stores, Place(proposal_path, around))
        one = _Gathering(
            self._reader, linked, {linked.target(field) for at, field in links(proposal) if at != _BAR_SOURCE}
        )
        data, train = proposal.data.train, training_data.AT
        owner, held_out = proposal.owner.primary, proposal.eval.holdout.path if proposal.eval.holdout else None
        configs = one.at(proposal, "training.config", "training_config", TrainingConfig)
        return Evidence(
            evals={found.at: one.report(found) for found in _runs(proposal)},
            data={train: one.profile(data.path, data.format, proposal.training.method, held_out, _keys(proposal))}
            | one.listed(proposal, configs.get("training.config"), held_out)
            if data and data.path
            else {},
            people={owner: around.directory.person(owner)} if owner else {},
            rows={name: one.small(name, found, "row_ids", tuple[str, ...]) for name, found in _mode_rows(proposal)},
            human_checks=one.at(proposal, "eval.judge.human_checks", "human_checks", HumanChecks),
            grader_tests=one.at(proposal, "training.grader.tests", "grader_tests", GraderTests),
            latencies=one.at(proposal, "ops_cost.latency.artifact", "latency", Latency),
            configs=configs,
            samples=one.at(proposal, "data.production_sample", "sample", Composition),
            histories=before.histories(proposal, proposal_path, around.history),
            bars=before.earlier_bars(proposal_path, around.history, earlier),
            texts={name: one.text(name, found) for name in TEXTS if isinstance(found := at(proposal, name), LinkField)},
        )


def _keys(proposal: Proposal) -> datasets.Keys:
    data = proposal.data
    group, grader = data.group_key if isinstance(data.group_key, str) else None, proposal.training.grader
    return datasets.Keys(group, data.time_key, data.source_key, grader.keys if grader else ())


def _mode_rows(proposal: Proposal) -> Iterator[tuple[str, LinkField]]:
    for index, mode in enumerate(proposal.failure.modes):
        if mode.rows is not None:
            yield f"failure.modes[{index}].rows", mode.rows


@dataclass(frozen=True, slots=True)
class _Asked:
    """A run to read: its artifact, its rows where they are a file of their own, which of several in one file, whose items."""

    at: str
    artifact: LinkField
    rows: LinkField | None
    run: str | None
    wanted: Wanted


def _runs(proposal: Proposal) -> Iterator[_Asked]:
    """Walk the runs that checks measure and that the proposal links; rows alone stand for their artifact."""
    for name in baseline.NAMES:
        yield from _asked(name, at(proposal, name), proposal.eval.metric)
    slices = proposal.eval.regression
    for index, each in enumerate(slices if isinstance(slices, tuple) else ()):
        for side in ("baseline", "candidate"):
            yield from _asked(f"eval.regression[{index}].{side}", getattr(each, side), each.metric)


def _asked(name: str, run: object, metric: Metric | None) -> Iterator[_Asked]:
    if isinstance(run, Run | Teacher) and (first := run.artifact or run.rows):
        rows = run.rows if run.rows != first else None
        yield _Asked(name, first, rows, run.run if isinstance(run, Run) else None, Wanted.of(metric))


class _Gathering:
    """One gathering: what its links lead to."""

    def __init__(self, reader: Reader, linked: Linked, others: set[str]) -> None:
        self._reader = reader
        self._linked = linked
        self._others = others  # what the proposal's other links lead to
        self._reports: dict[_Asked, Fact[EvalReport]] = {}

    def report(self, asked: _Asked) -> Fact[EvalReport]:
        """Read a run, once however often it is linked."""
        same = replace(asked, at="")
        if same not in self._reports:
            self._reports[same] = self._report(asked)
        return self._reports[same]

    def _report(self, asked: _Asked) -> Fact[EvalReport]:
        wanted, links = asked.wanted, [asked.artifact, *([asked.rows] if asked.rows else [])]

        def conclude(files: list[Known[bytes]]) -> Fact[EvalReport]:
            artifact, rows = files[0], files[1] if len(files) > 1 else None
            beside = self._beside(asked.artifact, artifact.value)
            if isinstance(beside, Unavailable):
                return beside
            found = self._reader.eval_report(
                artifact.value, rows.value if rows else None, asked.run, wanted, {n: f.value for n, f in beside.items()}
            )
            if isinstance(found, Unavailable):
                return found
            proven = found.rows_note is None and any(m.items and m.recomputed is not None for m in found.metrics)
            worst = max(file.source.grade for file in [*files, *beside.values()])
            return Known(found, graded(artifact.source, worst, proven=proven, claims_only=found.claims_only))

        what = ("eval", asked.run, wanted.task, wanted.name, wanted.variant)
        return self._linked.concluded(
            what, links, evals.MAX_ROWS_BYTES, EvalReport, conclude, lambda content: _siblings(asked.artifact, content)
        )

    def _beside(self, artifact: LinkField, content: bytes) -> dict[str, Known[bytes]] | Unavailable:
        """Read the files of the artifact's folder that its format asks for; one that is not there is left out.

        One that nobody can say of whether it is there makes the answer wait: without it the run would look worse.
        """
        beside = {}
        for linked in _siblings(artifact, content):
            file = self._linked.read(linked, evals.MAX_ROWS_BYTES)
            if isinstance(file, Known):
                beside[linked.uri.rpartition("/")[2]] = file
            elif file.trouble is Trouble.PASSING:
                return file
        return beside

    def profile(
        self, linked: LinkField, form: str, method: str | None, holdout: LinkField | None, keys: datasets.Keys
    ) -> Fact[DataProfile]:
        """Count the rows of a training file, and those that are in the held-out set, where that can be read."""

        def conclude(files: list[Known[bytes]]) -> Fact[DataProfile]:
            set_apart = files[1].value if len(files) > 1 else None
            found = self._reader.data_profile(files[0].value, form, method, set_apart, keys)
            if isinstance(found, Unavailable):
                return found
            source = files[0].source
            return Known(_without_texts(found), graded(source, source.grade, proven=True))

        def concluded(*links: LinkField) -> Fact[DataProfile]:
            what = ("data", form, method, len(links), keys.group, keys.time, keys.source, *keys.grader)
            return self._linked.concluded(what, list(links), datasets.MAX_BYTES, DataProfile, conclude)

        if holdout is None:
            return concluded(linked)
        fact = concluded(linked, holdout)
        if isinstance(fact, Unavailable) and isinstance(
            held := self._linked.read(holdout, datasets.MAX_BYTES), Unavailable
        ):
            alone = concluded(linked)  # the rows can be counted all the same
            return Known(replace(alone.value, holdout=held), alone.source) if isinstance(alone, Known) else alone
        return fact

    def listed(
        self, proposal: Proposal, config: Fact[TrainingConfig] | None, holdout: LinkField | None
    ) -> dict[str, Fact[DataProfile]]:
        """Look for held-out items in what the training config lists besides; nothing else is asked of these files."""
        found: dict[str, Fact[DataProfile]] = {}
        if not isinstance(config, Known) or holdout is None:
            return found
        for name, places in listed_files.listed(proposal, config.value):
            for place in places:
                fact = self.profile(place, "auto", proposal.training.method, holdout, datasets.NO_KEYS)
                found[training_data.LISTED + name] = fact
                if isinstance(fact, Known) or fact.trouble is not Trouble.DEFINITIVE:
                    break
        return found

    def at(self, proposal: Proposal, name: str, kind: Small, type_: type[T]) -> dict[str, Fact[T]]:
        """Read the small file that is linked at a field, where one is."""
        found = at(proposal, name)
        return {name: self.small(name, found, kind, type_)} if isinstance(found, LinkField) else {}

    def small(self, name: str, linked: LinkField, kind: Small, type_: type[T]) -> Fact[T]:
        """Read a small file of facts; what follows from its rows is proven by them."""

        def conclude(files: list[Known[bytes]]) -> Fact[T]:
            found: Any = self._reader.small(kind, files[0].value)
            source = files[0].source
            return found if isinstance(found, Unavailable) else Known(found, graded(source, source.grade, proven=True))

        return self._linked.concluded((kind,), [linked], datasets.MAX_BYTES, type_, conclude)

    def text(self, name: str, linked: LinkField) -> Fact[str]:
        """Read a small text, and keep of it what a check asks: of an audit the verdicts, of others that they are there."""
        if name == _BAR_SOURCE and self._linked.target(linked) in self._others | {self._linked.proposal_path}:
            return Unavailable(
                f"`{linked.uri}` is the proposal itself, or evidence that it links elsewhere.",
                Trouble.DEFINITIVE,
                "Link a text that says why the bar stands where it does: a service level, a contract, a study.",
            )
        if name in label_audit.FIELDS:
            return self._linked.concluded(("audit",), [linked], MAX_TEXT_BYTES, str, _verdicts)
        file = self._linked.read(linked, MAX_TEXT_BYTES)
        return file if isinstance(file, Unavailable) else Known("", file.source)


def _verdicts(files: list[Known[bytes]]) -> Fact[str]:
    """Keep of an audit what it counts."""
    return Known(label_audit.verdicts_only(files[0].value.decode("utf-8", "replace")), files[0].source)


def _siblings(artifact: LinkField, content: bytes) -> list[LinkField]:
    folder = artifact.uri[: artifact.uri.rfind("/") + 1]
    return [LinkField(uri=folder + name, revision=artifact.revision) for name in evals.siblings(content)]


def _without_texts(profile: DataProfile) -> DataProfile:
    """Leave a digest in place of each label: they are only told apart and counted."""
    labels = (
        LabelCount(hashlib.sha256(each.label.encode("utf-8", "replace")).hexdigest()[:16], each.rows)
        for each in profile.labels
    )
    return replace(profile, labels=tuple(labels))
