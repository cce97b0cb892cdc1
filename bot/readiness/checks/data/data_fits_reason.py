"""Do the training rows show what the tune is for?

## Why
A model learns what its rows show. Rows without a call teach no tool, a label of three rows is not learnt, rows that all refuse
teach to refuse everything, and of pairs that differ in their length only the length is learnt (S3; for the length: Park et al.
2024, "Disentangling Length from Quality in Direct Preference Optimization").

## What counts as evidence
Rows of `data.train`, by `failure.reason`:
- `tool_use`: rows with a tool's call, as a field or written into an answer. At least a tenth of them; below half a remark.
- `classification`: each label stands in at least 10 rows, copies counted once. Of answers in JSON each field with few values has
  its own labels; fields with amounts or free text have none. Where the output is no closed set, so are fields whose values come
  less than ten times on average.
- `refusal_or_tone`: refusals and answers. Asked where the proposal's own words speak of refusing; refusals are told by words of
  some thirty languages, and what only may be one accuses nobody. Rows that all refuse never pass.
- `style` and `refusal_or_tone` by `dpo` or `orpo`: where in nine of ten pairs the longer answer is the shorter one with words
  added, the pairs differ in length only. Where the same side is longer in nine of ten, a remark: of a terse style it is the
  point.
A sample of 1,000 rows is looked at, of labels every row. Methods without answers (rft, continued_pretraining) are not asked.

## How to fix
Add the rows that are missing, in the proportion in which production brings them; rewrite answers instead of cutting them.
"""

import re
from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import Answers, DataProfile, LabelField
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import condition, path, profile
from bot.readiness.wording import count, percent

_PAIRS = ("dpo", "orpo")
_WITHOUT_ANSWERS = ("rft", "continued_pretraining")
_SHOWN = 5
_HALF = 2  # house: rows of each label on average, below which the values of a field are no labels
_REFUSING = re.compile(
    r"refus|\bdeclin|unsafe|harmful|jailbreak|guardrail|out[- ]of[- ]scope"
    r"|verweiger|ablehn|rechaz|recus|rifiut|weiger|odmaw|отказ|拒|断り|거절|رفض",
    re.IGNORECASE,
)
Told = tuple[str, str | None]
"""What is seen, and a remark."""


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask what the reason asks of the rows."""
    reason, method = dossier.proposal.failure.reason, dossier.proposal.training.method
    pairs = reason in ("style", "refusal_or_tone") and method in _PAIRS
    if method in _WITHOUT_ANSWERS:
        yield CHECK.not_applicable(f"Rows for `{method}` hold no answers.", at="training.method")
        return
    if reason not in ("tool_use", "classification", "refusal_or_tone") and not pairs:
        what = (
            f"`{reason}` asks for no rows of its own."
            if reason
            else "No reason is named that asks for rows of its own."
        )
        yield CHECK.not_applicable(what, at="failure")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    answers = known.value.answers
    if answers is None:
        yield (
            CHECK.unverified("What the rows hold was not looked at.", at=path(dossier), fix=NOT_LOOKED_AT)
            if known.value.valid
            else CHECK.failed(
                "No row is valid.",
                at=path(dossier),
                fix="Correct the rows.",
                source=known.source,
                because="examples-well-formed",
            )
        )
        return
    asked = [_calls] if reason == "tool_use" else [_labels] if reason == "classification" else []
    asked += [_refusals] if reason == "refusal_or_tone" else []
    asked += [_pairs] if pairs else []
    found = [ask(dossier, known, answers) for ask in asked]
    wrong = [finding for finding in found if isinstance(finding, Finding)]
    yield from wrong
    if not wrong:
        told = [each for each in found if not isinstance(each, Finding)]
        remarks = [remark for _, remark in told if remark]
        yield CHECK.passed(
            " ".join(seen for seen, _ in told),
            at=path(dossier),
            source=known.source,
            remark=" ".join(remarks) or None,
            condition=condition(dossier)
            if _labels in asked
            else None,  # a pilot is too small to hold every label often
        )


def _calls(dossier: Dossier, known: Known[DataProfile], answers: Answers) -> Told | Finding:
    remark, least = (float(dossier.policy.number(CHECK.id, "calls", key)) for key in ("remark", "fail"))
    share = answers.calls / answers.rows
    seen = f"{answers.calls:,} of {count(answers.rows, 'row')} call a tool, {100 * share:.0f} %"
    if share < least:
        return CHECK.failed(
            f"{seen}; the policy asks for {percent(least)}.",
            at=path(dossier),
            fix="Add rows in which the assistant calls tools, as `tool_calls` with the results that followed.",
            source=known.source,
        )
    few = f"Fewer than {percent(remark)} of the rows call a tool: does production call so seldom?"
    return f"{seen}.", few if share < remark else None


def _labels(dossier: Dossier, known: Known[DataProfile], answers: Answers) -> Told | Finding:
    least, closed = int(dossier.policy.number(CHECK.id, "per_label")), dossier.proposal.task.output == "closed_set"
    counted, average = known.value.label_fields or (), _HALF if closed else least
    chosen = [field for field in counted if field.labels > 1 and field.rows >= average * field.labels]
    if not chosen and counted and all(field.labels == 1 and (closed or not field.name) for field in counted):
        return CHECK.failed(
            f"Every answer holds the same label{_named(counted[0].largest.label)}: there is nothing to tell apart.",
            at=path(dossier),
            fix="Add rows of the other labels.",
            source=known.source,
        )
    if not chosen and closed:
        return CHECK.failed(
            "The output is a closed set, but the answers are none: most of them come only once.",
            at=path(dossier),
            fix="Write the label alone into each answer (or into one field of its JSON), always in the same words.",
            source=known.source,
        )
    if not chosen:
        return "The answers are no closed set.", "Labels could not be counted: too many answers differ."
    rare = [_rare(field, least) for field in chosen if field.fewest[0].rows < least]
    if rare and condition(dossier):
        return f"So far: {'; '.join(rare)}.", None
    if rare:
        return CHECK.failed(
            f"{'; '.join(rare)}. The policy asks for {least:,} of each label.",
            at=path(dossier),
            fix="Add rows of these labels, or merge them into another.",
            source=known.source,
        )
    said = ", ".join(f"{count(field.labels, 'label')}{_of(field)}" for field in chosen[:_SHOWN])
    return f"{said}, each in at least {min(field.fewest[0].rows for field in chosen):,} rows.", None


def _named(label: str) -> str:
    return f" (`{label}`)" if label else ""


def _rare(field: LabelField, least: int) -> str:
    rare = [label for label in field.fewest if label.rows < least]
    named = ", ".join(
        f"`{label.label}` ({label.rows:,})" if label.label else f"one in {count(label.rows, 'row')}"
        for label in rare[:_SHOWN]
    )
    more = ", ..." if len(rare) > _SHOWN else ""
    at_least = "At least " if len(rare) == len(field.fewest) < field.labels else ""
    return f"{at_least}{len(rare):,} of {count(field.labels, 'label')}{_of(field)} stand in too few rows: {named}{more}"


def _of(field: LabelField) -> str:
    return f" of `{field.name}`" if field.name else ""


def _refusals(dossier: Dossier, known: Known[DataProfile], answers: Answers) -> Told | Finding:
    each, most = (float(dossier.policy.number(CHECK.id, name)) for name in ("each", "refusals"))
    given, plain, perhaps = answers.given, answers.refusals, answers.perhaps
    seen = f"{plain:,} of {count(given, 'answer')} refuse" + (f", {perhaps:,} may" if perhaps else "")
    if given and given - plain < each * given:
        return CHECK.failed(
            f"{seen}: rows that all refuse teach to refuse everything.",
            at=path(dossier),
            fix="Add questions of the same kind that are to be answered, with their answers.",
            source=known.source,
        )
    asked = _REFUSING.search(_words(dossier)) is not None
    if plain + perhaps < each * given or not given:
        if asked and answers.unread > given / 2:
            return CHECK.unverified(
                "Most answers are in a script in which the bot does not tell refusals from answers.",
                at=path(dossier),
                fix="Ask somebody who reads it to look, and to waive this check.",
                source=known.source,
            )
        if asked:
            return CHECK.failed(
                f"{seen}; the proposal speaks of refusing, and the policy asks for {percent(each)} of refusals and of answers each.",
                at=path(dossier),
                fix="Add rows whose right answer is a refusal. Where rows refuse in words that the bot does not know, "
                "ask for a waiver.",
                source=known.source,
            )
        return (
            f"{seen}; the proposal does not speak of refusing.",
            "If the tune is to refuse, it needs rows that refuse." if not _is_tone(dossier) else None,
        )
    if plain > most * given:
        return f"{seen}.", f"More than {percent(most)} refuse: a tune on such rows tends to refuse too much."
    unsure = "Few refuse plainly: a person should look." if asked and plain < each * given else None
    return f"{seen}.", unsure


def _words(dossier: Dossier) -> str:
    proposal = dossier.proposal
    modes = [mode.name for mode in proposal.failure.modes or ()]
    said = (proposal.summary, proposal.task.description, proposal.failure.description, *modes)
    return " ".join(text for text in said if text)


def _is_tone(dossier: Dossier) -> bool:
    """Say whether the proposal says by its kind or its words that it is about how answers sound."""
    said = re.search(
        r"\b(?:tone|voice|polite|style|friendl|formal|warm|brand|tonfall|ton\b|tono|tom\b)",
        _words(dossier),
        re.IGNORECASE,
    )
    return dossier.proposal.task.kind == "rewriting" or said is not None


def _pairs(dossier: Dossier, known: Known[DataProfile], answers: Answers) -> Told | Finding:
    longer, only = (float(dossier.policy.number(CHECK.id, name)) for name in ("one_side_longer", "only_longer"))
    if not answers.pairs:
        return CHECK.failed(
            "The rows hold no pairs of a chosen and a rejected answer.",
            at=path(dossier),
            fix="Link rows of pairs, or name the method that these rows serve.",
            source=known.source,
            because="technique-fits-data",
        )
    whole = answers.contained / answers.pairs
    if whole >= only:
        return CHECK.failed(
            f"In {answers.contained:,} of {count(answers.pairs, 'pair')} one answer is the other with words added: "
            "only length is preferred.",
            at=path(dossier),
            fix="Write both answers as a whole, so that they differ in the style that is wanted.",
            source=known.source,
        )
    side, number = max(
        ("chosen", answers.chosen_longer), ("rejected", answers.rejected_longer), key=lambda each: each[1]
    )
    share = number / answers.pairs
    seen = f"The {side} answer is longer in {100 * share:.0f} % of {count(answers.pairs, 'pair')}."
    more = "longer" if side == "chosen" else "shorter"
    remark = f"Length alone tells which answer is preferred: the tune will above all answer {more}. Balance it, unless that is the style."
    return seen, remark if share >= longer else None


CHECK = Check(id="data-fits-reason", item=Item.DATA, doc=__doc__, run=run)
