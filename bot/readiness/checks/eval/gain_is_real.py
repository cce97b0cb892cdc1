"""Is the tuned model's gain real?

## Why
A checkpoint that does not clearly beat what was there before is not worth its upkeep (S0): no run ships for having been
trained.

## What counts as evidence
Asked at registration and revalidation, once `eval.candidate` is linked. The rows of the tuned run, paired item by item with
those of `eval.untuned` and `eval.baseline` over the same held-out set. A row of the candidate without a score counts as
wrong, one of the other runs as right, and so does an item that one of both runs leaves out. Repetitions of an item count
once.

The candidate meets the bar. Against the base model before tuning it gains 5 % relative (S0), or, where that one is above
0.90, makes a fifth fewer errors; and the gain is no luck (one-sided paired test: exact McNemar for scores of 0 and 1,
random signs for others). Against the prompted baseline it is better; where the benefit is cost, latency or privacy it
is not worse: at most 2 points lost, and no significant loss. Where lower is better all of it is mirrored: scores between 0
and 1 are read as 1 - score. Of scores beyond 0 and 1, points are hundredths of the other run's value.

Every comparison prints which gain so many items show (80 % power), and how many would show the one asked for.

## How to fix
Below the thresholds: do not ship, keep the prompted model. Inconclusive: enlarge the held-out set to the N named, and run
all runs again over it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, CANDIDATE, UNTUNED, Measured, is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Source
from bot.readiness.finding import Finding, Item
from bot.readiness.pairing import EPSILON, Pairing, Rules, pair
from bot.readiness.revalidation import EVERY
from bot.readiness.shortfall import severe
from bot.readiness.statistics import error_reduction
from bot.readiness.wording import beside, chance, count, percent, share

NOT_WORSE = ("cost", "latency", "privacy")  # benefits for which the baseline need not be beaten
DO_NOT_SHIP = "Do not ship it: keep the prompted model, or tune again on better data."


@dataclass(frozen=True, slots=True)
class Compared:
    """The candidate paired with one run; `source` is the weaker of both runs' sources."""

    run: Measured
    pairing: Pairing
    source: Source


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the candidate against the bar, the base model and the baseline."""
    if not is_linked(dossier.proposal, CANDIDATE):
        yield CHECK.not_applicable(
            "No tuned run is linked under `eval.candidate` yet: whether its gain is real is asked at registration.",
            at=CANDIDATE,
        )
        return
    candidate = measure(CHECK, dossier, CANDIDATE)
    if isinstance(candidate, Finding):
        yield candidate
        return
    wanted = bar(CHECK, dossier, candidate)
    if isinstance(wanted, Finding):
        yield wanted
        return
    yield _meets(candidate, wanted)
    if not candidate.averages:  # one cause: no comparison can be made
        return
    rules = Rules(*(_number(dossier, name) for name in ("confidence", "power", "max_unpaired")))
    for at, judge in ((UNTUNED, _gain), (BASELINE, _against_baseline)):
        other = measure(CHECK, dossier, at)
        found = other if isinstance(other, Finding) else _pair(candidate, other, wanted, rules)
        yield judge(dossier, found, rules) if isinstance(found, Compared) else found


def _number(dossier: Dossier, name: str) -> float:
    return float(dossier.policy.number(CHECK.id, name))


def _meets(candidate: Measured, wanted: Bar) -> Finding:
    value, source = candidate.metric.value, candidate.source
    if candidate.averages:
        value = severe(candidate, wanted)
    errors = f" ({count(candidate.errored, 'row')} without a score counted as wrong)" if candidate.errored else ""
    seen = f"The candidate reaches {'no number' if value is None else beside(value, wanted.value)}{errors}, the bar is {wanted.said()}"
    if value is None or not wanted.met_by(value):
        return CHECK.failed(f"{seen}: it misses it.", at=CANDIDATE, fix=DO_NOT_SHIP, source=source, lever="prompt")
    if not candidate.averages:
        return _untested(candidate, f"{seen}; no rows prove it, so it cannot be tested.")
    return CHECK.passed(f"{seen}: it meets it.", at=CANDIDATE, source=source)


def _pair(candidate: Measured, other: Measured, wanted: Bar, rules: Rules) -> Compared | Finding:
    if not other.averages:
        said = "nothing" if other.metric.value is None else share(other.metric.value)
        why = "the rows do not average to it" if other.metric.items else "no rows are linked"
        return _untested(other, f"Of {other.name} the artifact says {said}; {why}, so no gain can be tested.")
    found = pair(candidate, other, higher=wanted.higher, rules=rules)
    source = max(candidate.source, other.source, key=lambda source: source.grade)
    if isinstance(found, str):
        return CHECK.failed(
            f"The candidate cannot be compared with {other.name}. {found}.",
            at=other.at,
            fix="Run both over the same held-out set, with the same metric, scored the same way.",
            source=source,
            lever="evals",
        )
    return Compared(other, found, source)


def _untested(measured: Measured, message: str) -> Finding:
    return CHECK.unverified(
        message,
        at=measured.at,
        fix=f"Link the per-sample rows under `{measured.at}.rows`, of a metric that is the mean of its rows.",
        source=measured.source,
        because="eval-readable",
    )


def _gain(dossier: Dossier, found: Compared, rules: Rules) -> Finding:
    """Judge the gain over the base model before tuning: large enough, and no luck."""
    pairing = found.pairing
    asked, least = _asked(dossier, pairing)
    seen, shows = f"{pairing.seen(found.run.name)} {asked}", pairing.shows(least, rules)
    if pairing.gain <= EPSILON or pairing.gain < least - EPSILON:
        return _failed(found, f"{seen} The gain is too small: do not ship it ({shows}).", DO_NOT_SHIP, "prompt")
    if pairing.p_gain >= rules.alpha:
        return _inconclusive(found, seen, rules)
    sure = f"at least {pairing.points(pairing.low)} at {percent(rules.confidence)}"
    return _passed(found, f"{seen} It is no luck: {chance(pairing.p_gain)}, {sure} ({shows}).")


def _asked(dossier: Dossier, pairing: Pairing) -> tuple[str, float]:
    """Find the sentence that says which gain the policy asks for, and that gain."""
    whole = pairing.goodness if pairing.shares else abs(pairing.other)
    ceiling, least = _number(dossier, "ceiling"), pairing.margin(_number(dossier, "min_absolute"))
    if pairing.shares and whole > ceiling:
        fewer, made = _number(dossier, "fewer_errors"), error_reduction(pairing.gain, whole)
        sentence = f"Above {ceiling:g} the policy asks for {percent(fewer)} fewer errors; {_fewer(made)}."
        asked = fewer * (1 - whole)
    else:
        relative = _number(dossier, "min_relative")
        sentence, asked = f"The policy asks for {percent(relative)} relative.", relative * whole
    if least > asked:
        sentence = f"The policy asks for {pairing.points(least)} at least."
    return sentence, max(asked, least)


def _fewer(made: float | None) -> str:
    if made is None:
        return "there were none"
    return f"{100 * abs(made):.1f} % {'fewer' if made >= 0 else 'more'} were made"


def _against_baseline(dossier: Dossier, found: Compared, rules: Rules) -> Finding:
    """Judge the candidate against the prompted baseline: better, or not worse where that is not what it is for."""
    benefit = dossier.proposal.ops_cost.benefit
    if benefit is not None and benefit.kind in NOT_WORSE:
        return _not_worse(dossier, found, rules, benefit.kind)
    pairing, seen = found.pairing, found.pairing.seen(found.run.name)
    shows = pairing.shows(pairing.gain, rules)
    if pairing.gain <= EPSILON:
        return _failed(
            found, f"{seen} It is not better than the prompted model: do not ship it ({shows}).", DO_NOT_SHIP, "prompt"
        )
    if pairing.p_gain < rules.alpha:
        return _passed(found, f"{seen} It is better: {chance(pairing.p_gain)} ({shows}).")
    return _passed(found, f"{seen} It is better.", f"Within noise ({chance(pairing.p_gain)}): {shows}.")


def _not_worse(dossier: Dossier, found: Compared, rules: Rules, kind: str) -> Finding:
    """Judge the candidate against the baseline where the benefit is another: no loss to speak of, and none that is sure."""
    pairing, margin = found.pairing, found.pairing.margin(_number(dossier, "max_loss"))
    seen = f"{pairing.seen(found.run.name)} For the benefit `{kind}` it may lose {pairing.points(margin)}."
    shows = pairing.shows(margin, rules)
    if -pairing.gain > margin + EPSILON:
        return _failed(found, f"{seen} It loses more: do not ship it ({shows}).", DO_NOT_SHIP, "prompt")
    if pairing.p_loss < rules.alpha:
        lost = f"The loss is no luck ({chance(pairing.p_loss)}): do not ship it"
        return _failed(found, f"{seen} {lost} ({shows}).", DO_NOT_SHIP, "prompt")
    bound = dossier.policy.setting(CHECK.id, "bound_above")
    if bound is not None and pairing.low <= (least := -pairing.margin(-float(bound))):
        return _not_ruled_out(found, seen, least, rules)
    return _passed(found, f"{seen} It is not worse ({shows}).")


def _not_ruled_out(found: Compared, seen: str, least: float, rules: Rules) -> Finding:
    lost, borne = found.pairing.points(-found.pairing.low), found.pairing.points(-least)
    needed = found.pairing.needed_for(found.pairing.gain - least, rules)
    return _too_few(found, f"{seen} {lost} lost are not ruled out, and the policy bears {borne}", needed)


def _failed(found: Compared, message: str, fix: str, lever: str) -> Finding:
    against = found.pairing.charity(found.run.name)
    told = f"{message} {against}" if against else message
    return CHECK.failed(told, at=found.run.at, fix=fix, source=found.source, lever=lever)


def _inconclusive(found: Compared, seen: str, rules: Rules) -> Finding:
    pairing = found.pairing
    shown, needed = pairing.shows(0.0, rules), pairing.needed_for(pairing.gain, rules)
    return _too_few(found, f"{seen} With {chance(pairing.p_gain)} it may be luck: {shown}", needed)


def _too_few(found: Compared, message: str, needed: int | None) -> Finding:
    would = f"about {needed:,} would tell" if needed else "no number of items that anybody has would tell"
    fix = "Enlarge the held-out set, and run candidate, base model and baseline over it."
    return _failed(found, f"Inconclusive: {message}; {would}.", fix, "evals")


def _passed(found: Compared, message: str, remark: str | None = None) -> Finding:
    unpaired = found.pairing.charity(found.run.name) if found.pairing.unpaired else None
    told = " ".join(part for part in (remark, unpaired) if part)
    return CHECK.passed(message, at=found.run.at, source=found.source, remark=told or None)


CHECK = Check(id="gain-is-real", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
