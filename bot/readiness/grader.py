"""Is the grader of a reinforcement fine-tuning proven? Its file, its tests and the rows it is to grade, for every check that asks."""

import re
from collections.abc import Iterator

from bot.readiness.baseline import NAMES, measure
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.evidence import GraderTests
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema.training import Grader
from bot.readiness.training_data import profile
from bot.readiness.wording import count, percent, share

AT, PATH, KIND, KEYS, TESTS = (
    "training.grader",
    "training.grader.path",
    "training.grader.kind",
    "training.grader.keys",
    "training.grader.tests",
)
POLICY = "grader-proven"
MOST_KEYS = 20  # house: the keys that are looked up in the rows
_MERE_NUMBER = re.compile(r"\d{1,6}")  # house: counts rows, and names no item


def examine(check: Check, dossier: Dossier) -> Iterator[Finding]:
    """Judge the grader of a proposal: every reason why it is not proven, or one finding that it is."""
    grader = dossier.proposal.training.grader
    if grader is None:
        yield check.failed(
            "Reinforcement learns what its grader rewards, and no grader is named.",
            at=AT,
            fix="Add `training.grader: {path, kind, keys, tests}`.",
        )
        return
    troubles = [*_file(check, dossier, grader), *_rows(check, dossier, grader)]
    tests = _tests(check, dossier, grader)
    if isinstance(tests, Finding):
        troubles.append(tests)
        yield from troubles
        return
    troubles += _counted(check, dossier, tests)
    troubles += _set_apart(check, dossier, tests)
    if troubles:
        yield from troubles
        return
    found = tests.value
    yield check.passed(
        f"The grader grades {found.equal:,} of {count(found.rows, 'test')} as expected "
        f"({found.right:,} right and {found.wrong:,} wrong answers){', and finds its keys in every row' if grader.keys else ''}.",
        at=TESTS,
        source=tests.source,
        remark=_remark(dossier, grader, found),
    )


def _file(check: Check, dossier: Dossier, grader: Grader) -> Iterator[Finding]:
    fact = dossier.evidence.texts.get(PATH)
    if grader.path is None:
        yield check.failed("The grader is not linked.", at=PATH, fix="Link its code or its prompt.")
    elif isinstance(fact, Unavailable):
        yield check.unavailable(fact, at=PATH, what="The grader could not be read")
    elif fact is None:
        yield check.unverified("The grader was not looked at.", at=PATH, fix=NOT_LOOKED_AT)
    elif fact.source.size == 0:
        yield check.failed("The grader is an empty file.", at=PATH, fix="Link its code or its prompt.")
    if grader.kind is None:
        yield check.failed(
            "The proposal does not say what kind of grader it is.", at=KIND, fix="Add `verifier`, `judge` or `metric`."
        )


def _rows(check: Check, dossier: Dossier, grader: Grader) -> Iterator[Finding]:
    """Look for the grader's keys in the training rows."""
    if not grader.keys:
        if grader.kind == "metric":
            yield check.failed(
                "A metric compares with a reference, and the proposal does not say under which key it stands.",
                at=KEYS,
                fix="Add `keys`: what the grader reads of a row, like `[reference]`.",
            )
        return
    if len(grader.keys) > MOST_KEYS:
        yield check.failed(
            f"The grader names {len(grader.keys):,} keys, at most {MOST_KEYS} are looked up.",
            at=KEYS,
            fix="Name only what the grader reads, or put it under one key.",
        )
        return
    known = profile(check, dossier)
    if isinstance(known, Finding):
        yield known
        return
    yield from _missing(check, known, grader)


def _missing(check: Check, known: Known[DataProfile], grader: Grader) -> Iterator[Finding]:
    data = known.value
    unlooked = [key for key in grader.keys if key not in data.keys_missing]
    if unlooked:
        yield check.unverified("The grader's keys were not looked up in the rows.", at=KEYS, fix=NOT_LOOKED_AT)
        return
    lacking = [(key, rows) for key in grader.keys if (rows := data.keys_missing[key])]
    if lacking:
        key, rows = max(lacking, key=lambda each: each[1])
        others = f" (and {count(len(lacking) - 1, 'other key')} too)" if len(lacking) > 1 else ""
        yield check.failed(
            f"The grader reads `{key}`, which is missing or empty in {rows:,} of {count(data.valid, 'row')}, "
            f"first in line {data.keys_missing_first.get(key, 1):,}{others}.",
            at=KEYS,
            fix="Fill it in every row, leave such rows out, or name the key as the rows do.",
            source=known.source,
        )


def _tests(check: Check, dossier: Dossier, grader: Grader) -> Known[GraderTests] | Finding:
    if grader.tests is None:
        return check.failed(
            "No tests of the grader are linked: nobody knows whether it rewards right answers.",
            at=TESTS,
            fix="Grade answers of known worth in your CI, and link rows of `id,expected,graded`.",
        )
    match dossier.evidence.grader_tests.get(TESTS):
        case None:
            return check.unverified("The grader's tests were not looked at.", at=TESTS, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return check.unavailable(trouble, at=TESTS, what="The grader's tests could not be read")
        case Known() as known:
            return known


def _counted(check: Check, dossier: Dossier, fact: Known[GraderTests]) -> Iterator[Finding]:
    tests, policy = fact.value, dossier.policy
    least, each = int(policy.number(POLICY, "rows")), policy.number(POLICY, "each")
    if tests.rows < least:
        yield check.failed(
            f"The grader has {count(tests.rows, 'test')}, the policy asks for {least:,}.",
            at=TESTS,
            fix=f"Add {count(least - tests.rows, 'test')}, each with an id of its own.",
            source=fact.source,
        )
    if min(tests.right, tests.wrong) < each * tests.rows:
        yield check.failed(
            f"The grader is tested on {count(tests.right, 'right answer')} and {count(tests.wrong, 'wrong answer')}, the policy"
            f" asks for {percent(each)} of each: one that always says the same would do.",
            at=TESTS,
            fix="Test it on right and on wrong answers, above all on wrong ones that look right.",
            source=fact.source,
        )
    wanted = float(policy.number(POLICY, "equal"))
    if tests.equal < wanted * tests.rows:
        yield check.failed(
            f"The grader grades {tests.equal:,} of {count(tests.rows, 'test')} as expected "
            f"({share(tests.equal / tests.rows)}), the policy asks for {share(wanted)}.",
            at=TESTS,
            fix="Mend the grader, not the tests: the model learns whatever it rewards by mistake.",
            source=fact.source,
        )


def _set_apart(check: Check, dossier: Dossier, fact: Known[GraderTests]) -> Iterator[Finding]:
    """Compare the tests' ids with those of the held-out items, as the runs name them."""
    held = _held(dossier)
    if not held:
        measured = measure(check, dossier)
        yield (
            measured
            if isinstance(measured, Finding)
            else check.unverified(
                "There are no rows of a run whose ids the tests could be compared with.",
                at=TESTS,
                fix="Link the per-sample rows under `eval.baseline.rows`.",
                source=fact.source,
                because="eval-readable",
            )
        )
        return
    shared = [name for name in fact.value.ids if name in held and not _MERE_NUMBER.fullmatch(name)]
    if shared:
        yield check.failed(
            f"{count(len(shared), 'test')} of the grader {'is a held-out item' if len(shared) == 1 else 'are held-out items'},"
            f" like `{shared[0]}`: a grader that was mended on them makes the eval look better than it is.",
            at=TESTS,
            fix="Test the grader on other items.",
            source=fact.source,
        )


def _held(dossier: Dossier) -> set[str]:
    facts = (dossier.evidence.evals.get(at) for at in NAMES)
    return {
        name
        for fact in facts
        if isinstance(fact, Known)
        for metric in fact.value.metrics
        for item in metric.items
        for name in (item.native_id, item.key)
    }


def _remark(dossier: Dossier, grader: Grader, tests: GraderTests) -> str | None:
    if not grader.keys:
        return "It names no `keys`: what it reads of a row was not looked up."
    held = _held(dossier)
    if any(name in held for name in tests.ids):
        return "Some tests and held-out items bear the same mere numbers; name the tests by their items to rule out that they are the same."
    return None
