"""Which number of which run does the proposal's bar speak of? Shared by the checks on the eval."""

import re
from dataclasses import dataclass, replace
from math import isclose
from statistics import fmean

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.eval_report import EvalItem, EvalMetric, EvalReport
from bot.readiness.fact import Grade, Known, Source, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema import COMPRESSION, LinkField, Metric, Proposal, Run
from bot.readiness.schema import at as field
from bot.readiness.schema.evaluation import RegressionSlice
from bot.readiness.schema.training import Teacher

BASELINE = "eval.baseline"
CANDIDATE = "eval.candidate"
UNTUNED = "eval.untuned"
ROLLOUT = "serving.rollout_evidence"
_SLICE = re.compile(r"eval\.regression\[(\d+)\]\.(baseline|candidate)")
TOLERANCE = 5e-5  # artifacts round to four places

# what each run is called, and what it is for
NAMES = {
    BASELINE: "the prompted baseline",
    UNTUNED: "the base model before tuning",
    CANDIDATE: "the candidate",
    "tried.prompt": "the plain prompt",
    "tried.few_shot": "few-shot prompting",
    "tried.retrieval": "prompting with retrieval",
    "tried.tool_use": "prompting with tools",
    "tried.structured_decoding": "structured decoding",
    "tried.reasoning_model": "a reasoning model",
    "tried.oracle_context": "the run with the right context",
    "tried.small_prompted": "the small prompted model",
    "training.teacher": "the teacher",
}
# both sides of one file: no run that the eval's checks look at
_IN_PRODUCTION = {ROLLOUT: "the adapter in production", f"{ROLLOUT}.baseline": "the baseline in production"}


@dataclass(frozen=True, slots=True)
class Measured:
    """A run's report with the metric that the proposal names; `at` is the run's field.

    `texts_asked` says that the policy asks for rows with their texts: digests or ids in place of them prove less.
    """

    at: str
    report: Known[EvalReport]
    metric: EvalMetric
    texts_asked: bool = True

    @property
    def name(self) -> str:
        """What the run is called."""
        return called(self.at)

    @property
    def scored(self) -> tuple[EvalItem, ...]:
        """The items that have a score."""
        return tuple(item for item in self.metric.items if item.score is not None and not item.errored)

    @property
    def errored(self) -> int:
        """How many items errored or were not scored."""
        return len(self.metric.items) - len(self.scored)

    @property
    def binary(self) -> bool:
        """Say whether every score is 0 or 1."""
        return all(item.score in (0.0, 1.0) for item in self.scored)

    @property
    def proven(self) -> bool:
        """Say whether the run's number was computed anew from its rows."""
        return bool(self.metric.items) and self.metric.recomputed is not None and self.report.value.rows_note is None

    @property
    def averages(self) -> bool:
        """Say whether the metric is the mean of its rows' scores, which can be tested, and no other function of them."""
        recomputed, scores = self.metric.recomputed, [item.score for item in self.scored if item.score is not None]
        if recomputed is None or not scores:
            return bool(self.metric.items) and not scores  # nothing but errors: no other function either
        # tools differ in whether an errored row counts as 0, and some average repetitions of an item first
        means = (fmean(scores), sum(scores) / len(self.metric.items), fmean(self.by_item(scores)))
        return any(isclose(recomputed, mean, rel_tol=1e-6, abs_tol=TOLERANCE) for mean in means)

    @property
    def source(self) -> Source:
        """Where the number comes from; without rows that prove it, it is an aggregate whatever its link."""
        source = self.report.source
        proven = self.proven and not self.withheld
        return source if proven or not source.grade.reaches(Grade.B) else replace(source, grade=Grade.C)

    @property
    def withheld(self) -> bool:
        """Say whether the rows hold digests or ids where the policy asks for texts: nothing can be scored anew."""
        return self.metric.hashed and self.texts_asked

    def without(self, keys: frozenset[str]) -> "Measured":
        """Leave items out, by their keys."""
        items = tuple(item for item in self.metric.items if item.key not in keys)
        return replace(self, metric=replace(self.metric, items=items))

    def by_item(self, scores: list[float]) -> list[float]:
        """Average the scores (one a scored row) of each distinct item, in the order of the items' keys."""
        groups: dict[str, list[float]] = {}
        for item, score in zip(self.scored, scores, strict=True):
            groups.setdefault(item.key, []).append(score)
        return [fmean(groups[key]) for key in sorted(groups)]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """No metric, or several, fit what the proposal names; `choices` are those that there are."""

    message: str
    choices: tuple[str, ...]


def name_of(metric: EvalMetric) -> str:
    """Name a metric as a selector: task / name / variant."""
    return " / ".join(part for part in (metric.task, metric.name, metric.variant) if part)


def called(at: str) -> str:
    """Say what a run is called, by its field."""
    found = _SLICE.fullmatch(at)
    return f"the {found[2]} of regression slice {int(found[1]) + 1}" if found else {**NAMES, **_IN_PRODUCTION}[at]


def of_a_slice(at: str) -> bool:
    """Say whether a field is a run of a regression slice."""
    return _SLICE.fullmatch(at) is not None


def metric_of(proposal: Proposal, at: str) -> Metric | None:
    """Find the metric that counts in a run: a regression slice has its own, of which any may be meant."""
    found = _SLICE.fullmatch(at)
    if found is None:
        return proposal.eval.metric
    listed = slices(proposal)
    return (listed[int(found[1])].metric if int(found[1]) < len(listed) else None) or Metric()


def slices(proposal: Proposal) -> tuple[RegressionSlice, ...]:
    """List the regression slices; none where they are not applicable."""
    return proposal.eval.regression if isinstance(proposal.eval.regression, tuple) else ()


def select(report: EvalReport, wanted: Metric | None, *, any_name: bool = False) -> EvalMetric | Ambiguous:
    """Find the metric that the proposal names; unset parts of the selector match anything, with `any_name` the name too."""
    choices = tuple(name_of(metric) for metric in report.metrics)
    if wanted is None or (wanted.name is None and not any_name):
        return Ambiguous("the proposal does not say which metric counts", choices)
    fitting = [
        metric
        for metric in report.metrics
        if (metric.name == wanted.name or wanted.name is None)
        and wanted.task in (None, metric.task)
        and wanted.variant in (None, metric.variant)
    ]
    if len(fitting) == 1:
        return fitting[0]
    what = "several metrics fit" if fitting else "no metric fits"
    return Ambiguous(f"{what} `{wanted.task or '*'} / {wanted.name or '*'} / {wanted.variant or '*'}`", choices)


def is_linked(proposal: Proposal, at: str) -> bool:
    """Say whether the proposal links a run at a field."""
    return linked_files(proposal, at) is not None


def linked_files(
    proposal: Proposal, at: str
) -> tuple[LinkField | None, LinkField | None, str | None, Metric | None] | None:
    """Find what a run at a field is read from: artifact, rows, which of several runs, which metric; None: not linked."""
    run = field(proposal, at)
    if not isinstance(run, Run | Teacher) or (run.artifact is None and run.rows is None):
        return None
    return run.artifact, run.rows, run.run if isinstance(run, Run) else None, metric_of(proposal, at)


def that_count(proposal: Proposal) -> tuple[str, ...]:
    """List the runs without which there is no verdict on the bar: the baseline, and small models that must fall short."""
    return (BASELINE, *small_models(proposal))


def to_read(proposal: Proposal) -> tuple[str, ...]:
    """List the runs that must be readable: those that count, and every other one that is linked, whatever for."""
    sides = (f"eval.regression[{n}].{side}" for n in range(len(slices(proposal))) for side in ("baseline", "candidate"))
    linked = (at for at in (*NAMES, *sides) if is_linked(proposal, at))
    return tuple(dict.fromkeys((*that_count(proposal), *linked)))


def small_models(proposal: Proposal) -> tuple[str, ...]:
    """List the runs of small prompted models that must fall short where a good large one is to be made cheap."""
    if proposal.failure.reason not in COMPRESSION:
        return ()
    return tuple(at for at in (UNTUNED, "tried.small_prompted") if is_linked(proposal, at)) or (UNTUNED,)


def distils(proposal: Proposal) -> bool:
    """Say whether the adapter is to learn from a teacher's answers."""
    return "distillation" in (proposal.failure.reason, proposal.training.method)


def measure(check: Check, dossier: Dossier, at: str = BASELINE) -> Measured | Finding:
    """Find a measured run, or the finding that says why there is none (the cause is `eval-readable`'s, where it reads it)."""
    proposal = dossier.proposal
    told = check.id == "eval-readable" or at not in to_read(proposal)
    because, name = None if told else "eval-readable", called(at)
    if not is_linked(proposal, at):
        return check.failed(
            f"There is no eval run of {name} to look at.",
            at=at,
            fix=f"Run your eval with {name}; link its artifact and its per-sample rows under `{at}`.",
            lever="evals",
            because=because,
        )
    match dossier.evidence.evals.get(at):
        case None:
            return check.unverified(
                f"The eval run of {name} was not looked at.", at=at, fix=NOT_LOOKED_AT, because=because
            )
        case Unavailable() as trouble:
            return check.unavailable(trouble, at=at, what=f"The eval run of {name} could not be read", because=because)
        case Known() as known:
            chosen = select(known.value, metric_of(proposal, at), any_name=of_a_slice(at))
            if isinstance(chosen, Ambiguous):
                teller = "pass-criteria-written" if _names_no_metric(dossier, at) else because
                return _unnamed(check, known, chosen, at, None if teller == check.id else teller)
            return Measured(at, known, chosen, not dossier.policy.setting("eval-readable", "accept_hashed_rows"))


def _names_no_metric(dossier: Dossier, at: str) -> bool:
    """Say whether the proposal's own metric is unclear, in the baseline already: then it is in every run, for one cause."""
    if of_a_slice(at):
        return False
    wanted, known = dossier.proposal.eval.metric, dossier.evidence.evals.get(BASELINE)
    if at == BASELINE or wanted is None or wanted.name is None:
        return True
    return isinstance(known, Known) and isinstance(select(known.value, wanted), Ambiguous)


def _unnamed(check: Check, known: Known[EvalReport], chosen: Ambiguous, at: str, because: str | None) -> Finding:
    if not chosen.choices:
        return check.failed(
            f"The eval run of {called(at)} holds no metric: by its artifact it is {known.value.status}.",
            at=at,
            fix="Run the eval to its end, and link that run.",
            source=known.source,
            lever="evals",
            because=because,
        )
    listed = ", ".join(f"`{choice}`" for choice in chosen.choices[:12])
    own = _SLICE.fullmatch(at)
    metric = f"eval.regression[{own[1]}].metric" if own else "eval.metric"
    names_it = own is not None or at == BASELINE
    return check.failed(
        f"In the eval run of {called(at)}, {chosen.message}. It holds: {listed}.",
        at=f"{metric}.name" if names_it else at,
        fix=f"Name task, name and variant of one of them under `{metric}`."
        if names_it
        else "Link a run that holds the proposal's metric.",
        source=known.source,
        lever="evals",
        because=because,
    )
