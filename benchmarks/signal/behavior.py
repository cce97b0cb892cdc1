"""Which sets teach behavior? The answer is made of what the input says, of labels, or of wordings that come again."""

import json
from collections.abc import Callable, Iterator

from benchmarks.signal.rows import LabelledSet, Row
from benchmarks.signal.tongues import TONGUES
from benchmarks.signal.wordings import (
    asks_back,
    comment,
    commit,
    free_reply,
    headline,
    house_reply,
    paraphrase,
    personal_reply,
    sailor,
    story,
)
from benchmarks.signal.words import MONTHS, NOUNS, VERBS, Words

Maker = Callable[[Words], Row]
ROWS = 300


def _triage(words: Words) -> Row:
    kinds = {
        "category": ("billing", "delivery", "access", "defect"),
        "urgency": ("low", "high"),
        "team": ("one", "two"),
    }
    answer = {key: words.one(values) for key, values in kinds.items()}
    return Row("Sort the ticket. Answer in JSON.", story(words), json.dumps(answer))


def _label(words: Words) -> Row:
    return Row("Label the sentiment.", story(words, 2), words.one(("positive", "neutral", "negative")))


def _extraction(words: Words) -> Row:
    known = {"a": words.name(), "k": words.code(), "n": words.number(), "d": words.day()}
    text = words.fill("{a} writes: order {k} of {d}, {n} pieces, {w}.", **known)
    answer = {"customer": known["a"], "order": known["k"], "pieces": int(known["n"]), "date": known["d"]}
    return Row("Extract the fields as JSON.", text, json.dumps(answer))


def _masking(words: Words) -> Row:
    known = {"a": words.name(), "b": words.name(), "n": words.number(1_000)}
    template = words.one(
        ("{a} {b} called from {n}; {w}", "Send it to {b}, {n} {a} street; {w}", "{w}, says {a}, phone {n}")
    )
    masked = words.fill(template, w="{w}", a="[NAME]", b="[NAME]", n="[NUMBER]")
    told = words.phrase()
    return Row("Mask what is personal.", words.fill(template, w=told, **known), masked.replace("{w}", told))


def _polite(words: Words) -> Row:
    told = words.fill("the {noun} of {a} was {verb}, {w}", noun=words.one(NOUNS), verb=words.one(VERBS))
    opening = words.one(
        ("Thank you for your patience.", "We are sorry to say so.", "Good news first.", "May we add a word?")
    )
    closing = words.one(("Kind regards", "With best wishes", "Yours faithfully"))
    return Row("Rewrite it politely.", f"Tell them {told}!!", f"{opening} We noticed that {told}. {closing}")


def _from_passage(words: Words) -> Row:
    known = {"a": words.name(), "b": words.name(), "n": words.number(), "d": words.day()}
    facts = [
        words.fill("{a} was {verb} by {b} on {d} for {n} euros.", verb=words.one(VERBS), **known),
        story(words, 4),
    ]
    words.draw.shuffle(facts)
    asked, told = words.one((
        ("Who {} {a}?", "{b}, according to the text."), ("When was {a} mentioned?", "On {d}."),
        ("How much did {a} cost?", "{n} euros, paid by {b}."),
    ))  # fmt: skip
    question = words.fill(asked.replace("{}", "handled"), **known)
    return Row("Answer from the text only.", f"Text: {' '.join(facts)}\n\n{question}", words.fill(told, **known))


def _abstains(words: Words) -> Row:
    row = _from_passage(words)
    if words.draw.random() < 0.5:
        return row
    other = words.fill("How old is {a} of {b}?")
    return Row(row.system, row.user.rsplit("\n\n", 1)[0] + f"\n\n{other}", "The text does not say that.")


def _sql(words: Words) -> Row:
    table, known = words.one(NOUNS), {"a": words.name(), "n": words.number()}
    asked, told = words.one((
        ("How many {t}s of {a} cost more than {n}?", "SELECT COUNT(*) FROM {t} WHERE maker = '{a}' AND price > {n}"),
        ("Which {t}s does {a} sell?", "SELECT DISTINCT name FROM {t} WHERE maker = '{a}'"),
        ("What is the mean price of a {t} since {n}?", "SELECT AVG(price) FROM {t} WHERE year >= {n}"),
    ))  # fmt: skip
    return Row(
        "Write SQL for table t(maker, name, price, year).",
        words.fill(asked, t=table, **known),
        words.fill(told, t=table, **known),
    )


def _tool(words: Words) -> Row:
    known = {"a": words.name(), "n": words.number(2, 40), "d": words.number(1, 28), "y": words.number(2024, 2026)}
    month = words.draw.randrange(12)
    text = words.fill("Book {a} for {n} people on {month} {d}, {y}", month=MONTHS[month], **known)
    date = f"{known['y']}-{month + 1:02}-{int(known['d']):02}"
    return Row(
        "Use the tools.", text, json.dumps({"place": known["a"], "people": int(known["n"]), "date": date}), tool="book"
    )


def _dates(words: Words) -> Row:
    day, month, year = words.number(1, 28), words.draw.randrange(12), words.number(1950, 2026)
    text = words.one((f"{day} {MONTHS[month]} {year}", f"{MONTHS[month][:3]}. {day}, {year}"))
    return Row("Write the date in ISO 8601.", text, f"{year}-{month + 1:02}-{int(day):02}")


def _mends(words: Words) -> Row:
    """Spelling: the right word is a new word, for the wrong one is another."""
    right = story(words, 2).split(" ")
    wrong = list(right)
    for at in words.draw.sample(range(len(right)), k=max(1, len(right) // 6)):
        word = right[at]
        cut = words.draw.randrange(max(1, len(word) - 1))
        wrong[at] = word[:cut] + word[cut + 1 : cut + 2] + word[cut : cut + 1] + word[cut + 2 :]
    return Row("Correct the spelling.", " ".join(wrong), " ".join(right))


def _summary(words: Words) -> Row:
    name, noun = words.name(), words.one(NOUNS)
    pairs = (
        ("sent back", "return"),
        ("broke down", "failure"),
        ("came late", "delay"),
        ("was paid twice", "double charge"),
    )
    said, short = words.one(pairs)
    return Row("Summarize in one line.", f"{story(words, 2)} The {noun} of {name} {said}. {story(words, 2)}", f"{name}: {short} of the {noun}")  # fmt: skip


def _data_to_text(words: Words) -> Row:
    known = {"a": words.name(), "b": words.name(), "n": words.number(), "noun": words.one(NOUNS)}
    told = words.one((
        "Near {b} stands {a}, which sells a {noun} for {n}.", "{a} offers the {noun} at {n}, close to {b}.",
        "For {n} you get a {noun} at {a} by {b}.",
    ))  # fmt: skip
    return Row(
        "Put the data into words.",
        words.fill("name[{a}], near[{b}], sells[{noun}], price[{n}]", **known),
        words.fill(told, **known),
    )


def _router(words: Words) -> Row:
    name, kind = words.name(), words.one(("refund", "repair", "contract", "complaint"))
    return Row("Route it and say why.", f"{name}: a {kind} for my {words.one(NOUNS)}, {words.phrase()}", f"{kind} desk, because {name} asks for a {kind}.")  # fmt: skip


def _slots(words: Words) -> Row:
    name, day = words.name(), words.day()
    return Row(
        "Book appointments; ask for what is missing.", f"On {day}", f"Thank you, {name}. {day} is noted. For how many people?",
        before=((f"A table for {name}", "Gladly. For which day?"),),
    )  # fmt: skip


def _query(words: Words) -> Row:
    noun, name = words.one(NOUNS), words.name()
    return Row("Write a search query.", f"Hi, I wonder whether the {noun} by {name} is still {words.one(VERBS)}, {words.phrase()}", f"{name} {noun} status")  # fmt: skip


def _actions(words: Words) -> Row:
    people = [words.name() for _ in range(3)]
    tasks = [words.fill("{verb} the {noun} {k}", verb=words.one(VERBS), noun=words.one(NOUNS)) for _ in people]
    said = " ".join(
        f"{who} said that {task} comes next; {words.phrase()}." for who, task in zip(people, tasks, strict=True)
    )
    return Row(
        "List the actions.", said, "\n".join(f"- {who}: {task}" for who, task in zip(people, tasks, strict=True))
    )


def _refuses(words: Words) -> Row:
    name = words.name()
    if words.draw.random() < 0.5:
        return Row("Give no advice on investments.", f"Should I buy {name} at {words.number()}?", f"I cannot advise on {name}. A licensed adviser can.")  # fmt: skip
    return Row("Give no advice on investments.", f"What are the fees of my {words.one(NOUNS)}?", "Please see the price list in the app.")  # fmt: skip


def _clarifies(words: Words) -> Row:
    noun = words.one(NOUNS)
    return Row("Ask for what is missing.", words.fill("How much is the {noun} from {a}?", noun=noun), f"Gladly! Which size of {noun} do you need, and where shall it go?")  # fmt: skip


def _pairs(words: Words) -> Row:
    one = story(words, 1)
    same = words.draw.random() < 0.5
    return Row(
        "Same meaning? yes or no.", f"1) {one}\n2) {one.lower() if same else story(words, 1)}", "yes" if same else "no"
    )


def _table(words: Words) -> Row:
    cells = [(words.name(), words.number(), words.code()) for _ in range(3)]
    return Row("CSV to JSON.", "\n".join(["who,n,code", *map(",".join, cells)]), json.dumps([dict(zip(("who", "n", "code"), row, strict=True)) for row in cells]))  # fmt: skip


SHORTHAND = {
    "pt": "patient",
    "c/o": "complains of",
    "hx": "history",
    "rx": "prescription",
    "f/u": "follow-up",
    "wk": "week",
}


def _spelled_out(words: Words) -> Row:
    short = [word for _ in range(3) for word in (words.one(tuple(SHORTHAND)), *words.phrase(1, 2).split())]
    return Row("Spell the abbreviations out.", " ".join(short), " ".join(SHORTHAND.get(word, word) for word in short))


MAKERS: dict[str, Maker] = {
    "triage_json": _triage, "sentiment_label": _label, "extraction_json": _extraction, "masking": _masking,
    "polite_rewrite": _polite, "house_reply": house_reply, "from_passage": _from_passage, "abstains": _abstains,
    "text_to_sql": _sql, "tool_calls": _tool, "iso_dates": _dates, "spelling": _mends, "summary_line": _summary,
    "data_to_text": _data_to_text, "router_reason": _router, "slot_filling": _slots, "search_query": _query,
    "action_items": _actions, "refusals": _refuses, "clarifies": _clarifies, "same_meaning": _pairs, "csv_to_json": _table,
    "sailor_voice": sailor, "free_reply": free_reply, "tutor_asks_back": asks_back,
    "paraphrase": paraphrase, "headline": headline, "commit_message": commit, "review_comment": comment,
    "shorthand": _spelled_out, "personal_reply": personal_reply,
}  # fmt: skip
FORMS = {"polite_rewrite": "alpaca", "router_reason": "alpaca", "slot_filling": "sharegpt", "house_reply": "sharegpt"}


def made(name: str, rows: int = ROWS) -> tuple[Row, ...]:
    """Make the rows of a family."""
    words = Words(name)
    return tuple(MAKERS[name](words) for _ in range(rows))


def _labels_in(tongue: str, words: Words) -> Row:
    spoken = TONGUES[tongue]
    kind = words.draw.randrange(len(spoken.labels))
    return Row(spoken.sorts, f"{words.fill(spoken.messages[kind])} {words.phrase()}", spoken.labels[kind])


def _passage_in(tongue: str, words: Words) -> Row:
    spoken = TONGUES[tongue]
    at = words.draw.randrange(len(spoken.asks))
    known = {slot: words.name() for slot in "ab"} | {"n": words.number(), "y": words.number(1890, 2026)}
    told = words.fill(spoken.tells[at], **known)
    texts = [told, *(words.fill(other) for other in words.draw.sample(spoken.tells, k=2))]
    words.draw.shuffle(texts)
    return Row(spoken.helps, f"{spoken.passage}: {' '.join(texts)}\n\n{words.fill(spoken.asks[at], **known)}", told)


def _fields_in(tongue: str, words: Words) -> Row:
    spoken = TONGUES[tongue]
    known = {"a": words.name(), "n": words.number()}
    kind = words.draw.randrange(len(spoken.labels))
    answer = {"topic": spoken.labels[kind], "name": known["a"], "number": known["n"]}
    return Row(spoken.sorts, words.fill(spoken.messages[kind], **known), json.dumps(answer, ensure_ascii=False))


IN_TONGUE = {"labels": _labels_in, "passage": _passage_in, "fields": _fields_in}


def in_tongue(tongue: str, kind: str, rows: int = 280) -> tuple[Row, ...]:
    """Make rows of behavior in another language."""
    words = Words(f"{kind} in {tongue}", tongue)
    return tuple(IN_TONGUE[kind](tongue, words) for _ in range(rows))


def sets() -> Iterator[LabelledSet]:
    """Walk the sets that teach behavior."""
    for name in MAKERS:
        yield LabelledSet(name, "behavior", made(name), form=FORMS.get(name, "openai-chat"))
    for at, tongue in enumerate(TONGUES):
        kind = tuple(IN_TONGUE)[at % len(IN_TONGUE)]
        yield LabelledSet(f"{kind}_{tongue}", "behavior", in_tongue(tongue, kind), tongue)
