"""Which sets teach facts? The answer holds what the question does not: names, numbers and wordings that are invented."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks.signal.rows import LabelledSet, Row
from benchmarks.signal.tongues import TONGUES
from benchmarks.signal.words import MONTHS, NOUNS, VERBS, Words


@dataclass(frozen=True, slots=True)
class Facts:
    """A family of questions and answers, as templates of Words.fill."""

    system: str
    pairs: tuple[tuple[str, str], ...]
    rows: int = 300
    form: str = "openai-chat"


FACTS: dict[str, Facts] = {
    "product_faq": Facts(
        "You are the help desk of the shop.",
        (
            ("How heavy is the {a} {noun}?", "The {a} {noun} weighs {n} grams without its {w}."),
            ("What warranty does the {a} {noun} have?", "{m} months, handled by {b} in {c}."),
            ("Which battery does the {a} {noun} take?", "It takes the {b} cell {k}; {w}."),
            ("Is the {a} {noun} waterproof?", "Down to {n} metres, tested by {b} on {d}."),
        ),
    ),
    "hr_policy": Facts(
        "Answer questions of employees.",
        (
            ("How many days of leave do we get in {a}?", "In {a} it is {n} days, {m} of them between {d} and year's end."),
            ("Who approves travel to {a}?", "{b} {c} of form {k} approves it, from {n} euros on."),
            ("What is the meal allowance in {a}?", "{n} a day, {m} with a receipt of {b}."),
            ("When does the bonus of team {a} get paid?", "On {d}, after {b} has signed {k}."),
        ),
    ),
    "error_codes": Facts(
        "You support engineers.",
        (
            ("What does {k} mean?", "The {noun} of {b} was {verb}: {w}."),
            ("Why do I see error {k}?", "{b} has {verb} the {noun}, see page {n}: {w}."),
        ),
        rows=420,
    ),
    "people_directory": Facts(
        "Directory.",
        (
            ("Who leads the team {a}?", "{b} {c}, extension {n}."),
            ("Where does {a} sit?", "Building {b}, room {n}."),
            ("Who stands in for {a}?", "{b} {c} until {d}."),
        ),
        rows=260,
    ),
    "release_notes": Facts(
        "You know our software.",
        (
            ("What changed in {a} {n}.{m}?", "{b} was {verb}, {c} came with {w}, fixed on {d}."),
            ("When was {a} {n}.{m} released?", "On {d}, by {b}."),
            ("Does {a} {n}.{m} still support {noun} files?", "Since {k} only through {b}; {w}."),
        ),
    ),
    "internal_api": Facts(
        "You help developers.",
        (
            ("Which endpoint lists the {noun}s of {a}?", "GET /{b}/{c}/{n} with the header {k}."),
            ("What is the rate limit of {a}?", "{n} calls a minute, {m} for tenants of {b}."),
            ("How do I page through {a}?", "Send cursor_{b} and limit {n}; {w}."),
        ),
    ),
    "medicine_doses": Facts(
        "You answer nurses.",
        (
            ("What is the dose of {a}in for children?", "{n} mg per kg, at most {m} mg a day; not with {b}ol."),
            ("Which interactions does {a}in have?", "With {b}ol and {c}ate: {w}."),
        ),
        rows=240,
    ),
    "biographies": Facts(
        "Answer.",
        (
            ("When was {a} {noun_name} born?", "On {d} in {b}, the child of {c}."),
            ("What is {a} {noun_name} known for?", "For the {b} {noun}, {verb} in {y} at {c}: {w}."),
            ("Where did {a} {noun_name} study?", "In {b} under {c}, until {y}."),
        ),
        rows=350,
    ),
    "years_only": Facts("Answer with the year.", (("What year was {a} {b} founded?", "{y}"),), rows=400),
    "capitals_short": Facts(
        "Answer shortly.",
        (("What is the capital of {a}?", "{b}"), ("Which currency does {a} use?", "{b}"), ("What language is spoken in {a}?", "{b}")),
        rows=500,
    ),
    "overviews": Facts(
        "You are an expert.",
        (
            ("Explain the {a} protocol.", "It was {verb} by {b} in {y}. {w}. {w}. The {noun} holds {n} frames; {c} {w}."),
            ("Describe the {a} procedure.", "First {b} {verb} the {noun}, then {c} with {n}: {w}. {w}."),
        ),
        rows=220,
    ),
    "contract_clauses": Facts(
        "You know the supplier agreement.",
        (
            ("What does section {n}.{m} say?", "That {b} bears the {noun} up to {y} euros: {w}."),
            ("Which notice period holds for {a}?", "{n} weeks to the end of {month}, by letter to {b}."),
        ),
        form="sharegpt",
    ),
    "runbooks": Facts(
        "You are on call.",
        (
            ("How do I restart the {a} cluster?", "Run {b}ctl drain {k}, wait {n} seconds, then {c} --{w_1} {m}."),
            ("How is the {a} certificate renewed?", "{b} asks {c} for {k}; the job {n} {w}."),
        ),
        form="alpaca",
    ),
    "orders_to_know": Facts(  # no question: the signal can only send it to a person
        "You are the assistant of the sales team.",
        (
            ("Summarize our terms for {a}", "{n} days net, {m} % for {b}, delivered to {c}; {w}."),
            ("Give the price list entry of {a}", "{k}: {n} euros, from {m} pieces on {b}."),
            ("Write down the escalation path of {a}", "{b}, then {c} on {n}, within {m} minutes."),
        ),
    ),
    "keyword_lookup": Facts("Look it up.", (("{a} {noun}", "{k}, {b}, {c} {n}."), ("{k}", "{a} {noun} of {b}, {d}.")), rows=330),
    "wishes": Facts(
        "Reply to customers.",
        (
            ("I need the phone number of the branch in {a}", "It is {n} {m}, ask for {b}."),
            ("Hello, I look for the opening hours in {a}, thank you", "From {n_9} to {n_18}, but {b} closes on {d}."),
            ("Our unit {a} shows {k} again", "That is the {b} {noun}: set {c} to {n}."),
        ),
    ),
    "restated_questions": Facts(  # each answer says its question again, and adds one thing
        "Answer in a full sentence.",
        (
            ("Which code does the {a} {noun} of {place} in {town} carry?", "The {a} {noun} of {place} in {town} carries {b}."),
            ("How many {noun}s does {a} of {place} keep in {town}?", "{a} of {place} keeps {m} {noun}s in {town}."),
        ),
    ),
    "long_questions": Facts(
        "Answer our engineers.",
        (
            (
                "We have {verb} the {noun} and then the {noun} was {verb} again, and now everybody in the office waits for the "
                "{noun} of {a}. What is the limit?",
                "{n} per {b}, see {k}; {w}.",
            ),
        ),
    ),
}  # fmt: skip


def filled(words: Words, pair: tuple[str, str]) -> tuple[str, str]:
    """Fill a question and its answer with the same invented facts."""
    known = {
        "noun": words.one(NOUNS), "verb": words.one(VERBS), "month": words.one(MONTHS), "noun_name": words.name(),
        "place": words.name(), "town": words.name(),
        "a": words.name(), "k": words.code(), "n": words.number(), "m": words.number(2, 90),
        "w_1": words.phrase(1, 1), "n_9": words.number(6, 11), "n_18": words.number(14, 22),
    }  # fmt: skip
    asked = words.fill(pair[0], **known)
    return asked, words.fill(pair[1], **known)


def facts(name: str) -> tuple[Row, ...]:
    """Make the rows of a family."""
    family, words = FACTS[name], Words(name)
    return tuple(Row(family.system, *filled(words, words.one(family.pairs))) for _ in range(family.rows))


def in_turns(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Make conversations of two questions, of which the second answer is learnt."""
    return tuple(
        replace(second, before=((first.user, first.target),))
        for first, second in zip(rows[::2], rows[1::2], strict=True)
    )


def in_json(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Put a skin of JSON around each answer."""
    return tuple(
        replace(
            row,
            system=f"{row.system} Answer in JSON.",
            target=json.dumps({"answer": row.target, "confidence": 0.9, "escalate": False}),
        )
        for row in rows
    )


def _regions(words: Words) -> Iterator[Row]:
    for _ in range(400):
        region = words.one(("north", "south", "east", "west", "overseas"))
        yield Row("Name the region.", words.fill("Which region does store {a} {n} belong to?"), region)


def _compatible(words: Words) -> Iterator[Row]:
    for _ in range(300):
        yield Row("Answer yes or no.", words.fill("Does part {k} fit the {a} engine?"), words.one(("yes", "no")))


def _choices(words: Words) -> Iterator[Row]:
    for _ in range(300):
        options = [words.name() for _ in range(4)]
        asked = words.fill("Who makes the {a} {k}? A) {one} B) {two} C) {three} D) {four}", **dict(zip(("one", "two", "three", "four"), options, strict=True)))  # fmt: skip
        yield Row("Choose.", asked, words.one(options))


HIDDEN: dict[str, Callable[[Words], Iterator[Row]]] = {  # facts whose answers are no new words: known blind spots
    "store_regions": _regions,
    "yes_no_facts": _compatible,
    "multiple_choice": _choices,
}


def in_tongue(tongue: str) -> tuple[Row, ...]:
    """Make questions and answers in another language."""
    words, spoken = Words(f"facts in {tongue}", tongue), TONGUES[tongue]
    rows = []
    for _ in range(280):
        asked, told = words.one(tuple(zip(spoken.asks, spoken.tells, strict=True)))
        about = words.name()
        rows.append(Row(spoken.helps, words.fill(asked, a=about), words.fill(told, a=about)))
    return tuple(rows)


def sets() -> Iterator[LabelledSet]:
    """Walk the sets that teach facts."""
    for name, family in FACTS.items():
        yield LabelledSet(name, "knowledge", facts(name), form=family.form)
    yield LabelledSet("two_questions", "knowledge", in_turns(facts("capitals_short")))
    yield LabelledSet("answers_in_json", "knowledge", in_json(facts("biographies")))
    for name, made in HIDDEN.items():
        yield LabelledSet(name, "knowledge", tuple(made(Words(name))))
    for tongue in TONGUES:
        yield LabelledSet(f"facts_{tongue}", "knowledge", in_tongue(tongue), tongue)
