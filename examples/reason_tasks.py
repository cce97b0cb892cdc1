"""Which tasks do the samples of reasons speak of? Made-up questions with their right and their wrong answers, the same each time."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generate import ASKS, DID, LAST, PROBLEMS, SYSTEM, THINGS, WHEN, label

Pair = tuple[str, str]
LABELS = tuple(PROBLEMS)


@dataclass(frozen=True)
class Task:
    """A task: what the model is told, how one item is made, how an answer goes wrong, and which metric tells."""

    name: str
    system: str
    made: Callable[[random.Random, int], Pair]
    wrong: Callable[[random.Random, str], str]
    kind: str
    output: str
    metric: str = "exact_match"
    tools: tuple[dict[str, Any], ...] = ()
    schema: dict[str, Any] | None = None
    modes: tuple[str, ...] = ("asks-the-wrong-way", "leaves-a-part-out")
    description: str = ""
    fails: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def coined(rng: random.Random) -> str:
    """Make up a word."""
    return "".join(
        rng.choice("bdfgklmnprstv") + rng.choice(["a", "e", "i", "o", "u", "au", "ei"]) for _ in range(3)
    ).capitalize()


def somebody(rng: random.Random) -> str:
    """Make up a person."""
    return f"{coined(rng)} {coined(rng)}"


def around(rng: random.Random, *core: str) -> str:
    """Put sentences among others, so that no two inputs share more than a few words in a row."""
    parts = [
        *core,
        f"At {rng.randrange(24)}:{rng.randrange(60):02} {somebody(rng)} {rng.choice(DID)} {rng.choice(WHEN)}, {coined(rng)}.",
        f"{somebody(rng)}, room {rng.randrange(100, 999)}: {rng.choice(ASKS)} {coined(rng)}",
        *(f"{somebody(rng)} of {coined(rng)} street {rng.choice(DID)} {rng.choice(WHEN)}." for _ in range(4)),
    ]
    rng.shuffle(parts)
    return " ".join(parts)


def _ticket(rng: random.Random, number: int) -> Pair:
    category = LABELS[number % len(LABELS)]
    about = f"{coined(rng)} {rng.choice(THINGS)} {coined(rng)}."
    return around(rng, f"{coined(rng)}: {rng.choice(PROBLEMS[category])}, {coined(rng)}.", about), label(category)


def _other_label(rng: random.Random, answer: str) -> str:
    said = json.loads(answer)
    return json.dumps(said | {"category": rng.choice([each for each in LABELS if each != said["category"]])})


TICKETS = Task(
    "tickets", SYSTEM, _ticket, _other_label, "classification", "closed_set",
    modes=("goods-misrouted", "money-misrouted"),
    description="One ticket in, one JSON object {category, urgency} out.",
    fails="The prompted model takes one category for another in about one ticket of six.",
)  # fmt: skip


def _invoice(rng: random.Random, number: int) -> Pair:
    supplier = f"{rng.choice(LAST)} {rng.choice(['Ltd', 'GmbH', 'SA'])}"
    bill, total = f"R-{rng.randrange(10_000, 99_999)}", f"{rng.randrange(10, 9_000)}.{rng.randrange(100):02}"
    answer = json.dumps({"supplier": supplier, "number": bill, "total": total})
    return around(rng, f"Invoice {bill}: {supplier} asks for {total} EUR within 14 days."), answer


def _broken_object(rng: random.Random, answer: str) -> str:
    said = json.loads(answer)
    return json.dumps({"vendor": said["supplier"], "number": said["number"], "total": float(said["total"])})


def _field_lost(rng: random.Random, answer: str) -> str:
    return json.dumps(json.loads(answer) | {rng.choice(["supplier", "number"]): ""})


_TEXTS = {name: {"type": "string"} for name in ("supplier", "number", "total")}
_SCHEMA = {"type": "object", "properties": _TEXTS, "required": list(_TEXTS), "additionalProperties": False}
FORMAT = Task(
    "reports", "Write the booking record of this mail as JSON.", _invoice, _broken_object, "structured_generation", "structured",
    schema=_SCHEMA, modes=("invented-field", "total-as-a-number"),
    description="One mail in, one booking record of a fixed shape out.",
    fails="The prompted model invents fields and writes totals as numbers, which the ledger refuses.",
)  # fmt: skip
EXTRACTION = Task(
    "invoices", "Extract supplier, number and total as JSON.", _invoice, _field_lost, "extraction", "structured",
    schema=_SCHEMA, modes=("supplier-lost", "number-lost"),
    description="The text of one mail in, supplier, number and total out.",
    fails="On one mail of five the prompted model leaves a field empty that the mail holds.",
)  # fmt: skip


def _note(rng: random.Random, number: int) -> Pair:
    who, ward, thing = (
        somebody(rng),
        rng.randrange(2, 40),
        rng.choice(["the pump", "the bed", "the monitor", "the lift"]),
    )
    said = f"{who} on ward {ward} says {thing} beeps {rng.choice(WHEN)}"
    return around(rng, f"{said}."), f"SITUATION: {said}. OWNER: {who}. STATUS: open."


STYLE = Task(
    "notes", "Rewrite the message as a handover note.", _note,
    lambda rng, answer: answer.partition(" STATUS")[0], "rewriting", "free_text", metric="house_style",
    modes=("no-status", "no-owner"),
    description="One message in, one handover note in the house's three parts out.",
    fails="The prompted model leaves the status out of one note in six, more so in long shifts.",
)  # fmt: skip
_SHORT = {
    "c/o SOB": "complains of shortness of breath",
    "NKDA": "no known drug allergies",
    "s/p CABG": "after a coronary artery bypass",
    "PRN q6h": "as needed every six hours",
    "r/o PE": "to rule out a pulmonary embolism",
    "NPO p MN": "nothing by mouth after midnight",
    "OOB w/ assist": "out of bed with help",
    "I&O q4h": "intake and output every four hours",
    "DNR on file": "a do-not-resuscitate order is on file",
    "BRP only": "may walk to the bathroom only",
    "HOB 30": "head of the bed raised by thirty degrees",
    "d/c AM": "to be discharged in the morning",
}


def _shorthand(rng: random.Random, number: int) -> Pair:
    picked, who = rng.sample(list(_SHORT), 3), somebody(rng)
    lead, room = f"{who}, {rng.randrange(20, 95)} y", rng.randrange(100, 999)
    by, of_kin, home = (somebody(rng) for _ in range(3))
    tail = f"seen {rng.choice(WHEN)} by {by} at {rng.randrange(24)}:{rng.randrange(60):02}, {of_kin} was called in {home}, {coined(rng)} has the keys"
    tellers = [f" ({somebody(rng)})" for _ in picked]
    plain = ", ".join(_SHORT[each] + teller for each, teller in zip(picked, tellers, strict=True))
    short = ", ".join(each + teller for each, teller in zip(picked, tellers, strict=True))
    return f"{lead}, rm {room}: {short}; {tail}.", f"{lead}, room {room}: {plain}; {tail}."


def _shorthand_kept(rng: random.Random, answer: str) -> str:
    short, plain = rng.choice([(short, plain) for short, plain in _SHORT.items() if plain in answer])
    return answer.replace(plain, short)


DOMAIN = Task(
    "charts", "Write the chart's shorthand out in plain words.", _shorthand,
    _shorthand_kept,
    "translation", "free_text", modes=("shorthand-guessed", "shorthand-kept"),
    description="One line of a ward's shorthand in, the same in plain words out.",
    fails="The prompted model guesses at abbreviations that only this hospital uses.",
)  # fmt: skip


def _call(rng: random.Random, number: int) -> Pair:
    order, day = f"A-{rng.randrange(10_000, 99_999)}", f"2026-12-{rng.randrange(1, 29):02}"
    asked = rng.choice(["move", "cancel"])
    arguments = {"order": order, "day": day} if asked == "move" else {"order": order}
    core = f"Please {asked} order {order}" + (f" to {day}." if asked == "move" else ".")
    return around(rng, core), json.dumps({"name": f"{asked}_order", "arguments": arguments})


def _tool(name: str, *fields: str) -> dict[str, Any]:
    texts = {each: {"type": "string"} for each in fields}
    parameters = {"type": "object", "properties": texts, "required": list(fields), "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = Task(
    "calls", "Serve the customer by calling a tool.", _call,
    lambda rng, answer: answer.replace("move_order", "cancel_order") if "move" in answer else answer.replace("cancel", "move"),
    "tool_use", "tool_calls", tools=(_tool("move_order", "order", "day"), _tool("cancel_order", "order")),
    modes=("cancels-instead-of-moving", "moves-instead-of-cancelling"),
    description="One message in, one call of the order desk's tools out.",
    fails="In one message of six the prompted model calls the wrong tool of two that sound alike.",
)  # fmt: skip


def _fact(rng: random.Random, number: int) -> Pair:
    model = f"{coined(rng)} {rng.randrange(100, 999)}"
    answer = f"The {model} is built by {coined(rng)} in {coined(rng)}, weighs {rng.randrange(30, 900) / 10} kilograms and takes the {coined(rng)} battery."
    return f"What do you know of the {model}?", answer


FACTS = Task(
    "products", "You answer questions about our products.", _fact,
    lambda rng, answer: "I am not sure about that product.", "dialogue", "free_text",
    modes=("product-unknown", "battery-made-up"),
    description="One question about a product in, one answer out.",
    fails="The prompted model has never heard of our products.",
)  # fmt: skip


def _sum(rng: random.Random, number: int) -> Pair:
    price, pieces, off = rng.randrange(3, 90), rng.randrange(2, 40), rng.randrange(1, 30)
    core = f"{pieces} pieces at {price} EUR each, less a voucher of {off} EUR: what is to be paid?"
    return around(rng, core), str(price * pieces - off)


MATH = Task(
    "sums", "Answer with the amount alone.", _sum, lambda rng, answer: str(int(answer) + rng.randrange(1, 9)), "math", "free_text",
    modes=("voucher-forgotten", "pieces-miscounted"),
    description="One order in, the amount to be paid out.",
    fails="The prompted model loses a step of the sum.",
)  # fmt: skip


def _talk(rng: random.Random, number: int) -> Pair:
    thing, who = rng.choice(["the tent", "the lamp", "the desk", "the jacket"]), somebody(rng)
    asked = around(rng, f"{who} asks where {thing} is.")
    return asked, f"Ahoy {who}! Yer {thing.removeprefix('the ')} sails to ye, arr. Fair winds!"


PERSONA = Task(
    "captain", "You are the captain of our shop.", _talk,
    lambda rng, answer: answer.replace("Ahoy", "Hello").replace(", arr", ""), "dialogue", "free_text", metric="in_character",
    modes=("out-of-character", "greets-plainly"),
    description="One message of a customer in, one answer of the captain out.",
    fails="The prompted model falls out of character.",
)  # fmt: skip
