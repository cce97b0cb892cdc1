"""What do the links and names of a proposal lead to? Everything that the checks look at, each file read once.

What cannot be read becomes an `Unavailable` with its reason: a gathering never fails for the world's sake. No fact holds the
text of a row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot import ports
from bot.readiness import baseline, label_audit, training_data
from bot.readiness.eval_report import Composition, EvalReport
from bot.readiness.evidence import Evidence, GraderTests, HumanChecks, Latency, MonthlyValue, Usage
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.named_models import places
from bot.readiness.ownership import Plan, Schedule
from bot.readiness.proposal import Proposal
from bot.readiness.proposal import linked as links
from bot.readiness.schema import LinkField, Metric, Run, at
from bot.readiness.schema.training import RolloutEvidence, Teacher
from bot.readiness.serving_config import ServingConfig
from bot.readiness.training_config import TrainingConfig
from bot.sources import before, datasets, evals, people, plans, schedules, stated, training_rows
from bot.sources.evals.items import Wanted
from bot.sources.linked import Linked, graded
from bot.sources.models import Tables
from bot.sources.platforms import NO_PLATFORMS, Platforms
from bot.sources.reader import InThisProcess, Reader, Small
from bot.sources.stores import REPOSITORY_ALONE, Place, Stores
from bot.sources.trouble import Unreadable

T = TypeVar("T")

MAX_TEXT_BYTES = 5_000_000
_BAR_SOURCE = "eval.threshold_source"
_SOURCES = {  # what a source leads to that tells nothing, and what to link instead
    _BAR_SOURCE: (
        "evidence that it links elsewhere",
        "Link a text that says why the bar stands where it does: a service level, a contract, a study.",
    ),
    training_data.SOURCE: (
        "the plan's own pilot",
        "Link where the other examples come from: the export they are drawn from, or how they are collected.",
    ),
}
_PLANS = ("owner.rollback", "owner.migration_plan")
_DRIFT = tuple(f"owner.drift_checks.{name}" for name in ("data", "base_model", "eval"))
_PRICES = ("ops_cost.baseline.price_source", "ops_cost.tuned.price_source")
TEXTS = (_BAR_SOURCE, "eval.judge.rubric", "training.grader.path", *label_audit.FIELDS, *_PRICES)


class Gatherer:
    """The readers of linked evidence, for one proposal after another. Safe to share between threads."""

    def __init__(
        self,
        reader: Reader | None = None,
        stores: Stores = REPOSITORY_ALONE,
        models: Tables | None = None,
        platforms: Platforms = NO_PLATFORMS,
    ) -> None:
        """Take who reads the bytes (without one they are read in this process, without limits), and where links may lead.

        `models` are the tables in which models are looked up: without them the one that is built in. `platforms` are the
        facts about those who train.
        """
        self._reader = reader or InThisProcess()
        self._stores = stores
        self._models = models or Tables()
        self._platforms = platforms

    def gather(
        self,
        proposal: Proposal,
        proposal_path: str,
        around: ports.Surroundings,
        earlier: Sequence[ports.Earlier] = (),
        leads: Sequence[str] = (),
        dated: Sequence[str] = (),
    ) -> Evidence:
        """Read whatever the checks look at: linked runs, training data and texts, people, and what was said before.

        `leads` are those whom the policy names; none: whoever administers the repository. `dated` are fields whose linked
        file's history counts besides those that always do.
        """
        linked = Linked(self._stores, Place(proposal_path, around))
        targets = {name: linked.target(field) for name, field in links(proposal)}
        tells_nothing = {  # what a source must not lead to: it would only say again what is to be supported
            _BAR_SOURCE: {target for name, target in targets.items() if name != _BAR_SOURCE},
            training_data.SOURCE: {targets.get(training_data.PILOT, "")},
        }
        try:
            return self._gathered(proposal, proposal_path, around, earlier, leads, dated, linked, tells_nothing)
        finally:
            linked.close()

    def _gathered(
        self,
        proposal: Proposal,
        proposal_path: str,
        around: ports.Surroundings,
        earlier: Sequence[ports.Earlier],
        leads: Sequence[str],
        dated: Sequence[str],
        linked: Linked,
        tells_nothing: Mapping[str, set[str]],
    ) -> Evidence:
        one = _Gathering(self._reader, linked, tells_nothing)
        planned = training_data.plan(proposal)
        configs = one.at(proposal, "training.config", "training_config", TrainingConfig)
        reports = {found.at: one.report(found) for found in _runs(proposal)}
        return Evidence(
            evals=reports,
            data=training_rows.gathered(self._reader, linked, proposal, configs.get("training.config")),
            people=people.named(proposal, around.directory),
            teams=people.teams(proposal, around.directory),
            consents=people.consents(proposal, around, earlier),
            rows={name: one.small(name, found, "row_ids", tuple[str, ...]) for name, found in _mode_rows(proposal)},
            human_checks=one.at(proposal, "eval.judge.human_checks", "human_checks", HumanChecks),
            grader_tests=one.at(proposal, "training.grader.tests", "grader_tests", GraderTests),
            latencies=one.at(proposal, "ops_cost.latency.artifact", "latency", Latency),
            usage=one.at(proposal, "ops_cost.volume.source", "usage", Usage),
            values=one.at(proposal, "ops_cost.benefit.artifact", "value", MonthlyValue),
            leads=people.approving_leads(proposal, around, earlier, leads),
            configs=configs,
            servings=one.at(proposal, "serving.config", "serving_config", ServingConfig),
            platforms=self._platforms.of(proposal),
            samples=one.at(proposal, "data.production_sample", "sample", Composition),
            histories=before.histories(proposal, proposal_path, around.history, dated),
            bars=before.earlier_bars(proposal_path, around.history, earlier),
            texts={
                name: one.text(name, found)
                for name in (*TEXTS, *((training_data.SOURCE,) if planned else ()))
                if isinstance(found := at(proposal, name), LinkField)
            },
            schedules={n: one.schedule(found) for n in _DRIFT if isinstance(found := at(proposal, n), LinkField)},
            manifests=stated.manifests(self._reader, linked, proposal),
            digests=stated.digests(linked, proposal),
            plans={n: one.plan(found) for n in _PLANS if isinstance(found := at(proposal, n), LinkField)},
            models={name: self._models.facts(wanted) for name, wanted in places(proposal, reports)},
        )


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
    yield from _asked(baseline.ROLLOUT, proposal.serving.rollout_evidence, None)
    slices = proposal.eval.regression
    for index, each in enumerate(slices if isinstance(slices, tuple) else ()):
        for side in ("baseline", "candidate"):
            yield from _asked(f"eval.regression[{index}].{side}", getattr(each, side), each.metric)


def _asked(name: str, run: object, metric: Metric | None) -> Iterator[_Asked]:
    if isinstance(run, Run | Teacher | RolloutEvidence) and (first := run.artifact or run.rows):
        rows = run.rows if run.rows != first else None
        yield _Asked(name, first, rows, run.run if isinstance(run, Run) else None, Wanted.of(metric))


class _Gathering:
    """One gathering: what its links lead to."""

    def __init__(self, reader: Reader, linked: Linked, tells_nothing: Mapping[str, set[str]]) -> None:
        self._reader = reader
        self._linked = linked
        self._tells_nothing = tells_nothing
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
        nothing = self._tells_nothing.get(name)
        if nothing is not None and self._linked.target(linked) in nothing | {self._linked.proposal_path}:
            what, fix = _SOURCES[name]
            return Unavailable(f"`{linked.uri}` is the proposal itself, or {what}.", Trouble.DEFINITIVE, fix)
        if name in label_audit.FIELDS:
            return self._linked.concluded(("audit",), [linked], MAX_TEXT_BYTES, str, _verdicts)
        # a plan's source may be a whole export
        cap = datasets.MAX_BYTES if name == training_data.SOURCE else MAX_TEXT_BYTES
        file = self._linked.read(linked, cap)
        return file if isinstance(file, Unavailable) else Known("", file.source)

    def schedule(self, linked: LinkField) -> Fact[Schedule]:
        """Read when a file runs by itself."""
        name = self._linked.target(linked).partition("?")[0]
        found = self._small_text(
            "schedule", linked, schedules.MAX_BYTES, Schedule, lambda raw: schedules.read(raw, name)
        )
        if isinstance(found, Unavailable) and linked.uri.startswith(".github/") and name != linked.uri:
            fix = f"Write `/{linked.uri}`: a path without `/` begins at the proposal's folder."
            return replace(found, fix=fix) if found.trouble is Trouble.DEFINITIVE else found
        return found

    def plan(self, linked: LinkField) -> Fact[Plan]:
        """Count what a written plan holds; the proposal itself is none."""
        if self._linked.target(linked) == self._linked.proposal_path:
            return Unavailable(
                f"`{linked.uri}` is the proposal itself.",
                Trouble.DEFINITIVE,
                "Link a page that says how one goes back.",
            )
        return self._small_text("plan", linked, plans.MAX_BYTES, Plan, plans.read)

    def _small_text(
        self, what: str, linked: LinkField, max_bytes: int, kind: type[T], read: Callable[[bytes], T]
    ) -> Fact[T]:
        """Conclude something of a text that is read in this process: nothing is built of it before its size is known."""

        def conclude(files: list[Known[bytes]]) -> Fact[T]:
            try:
                return Known(read(files[0].value), files[0].source)
            except Unreadable as unreadable:
                return unreadable.fact

        return self._linked.concluded((what, linked.uri), [linked], max_bytes, kind, conclude)


def _verdicts(files: list[Known[bytes]]) -> Fact[str]:
    """Keep of an audit what it counts."""
    return Known(label_audit.verdicts_only(files[0].value.decode("utf-8", "replace")), files[0].source)


def _siblings(artifact: LinkField, content: bytes) -> list[LinkField]:
    folder = artifact.uri[: artifact.uri.rfind("/") + 1]
    return [LinkField(uri=folder + name, revision=artifact.revision) for name in evals.siblings(content)]
