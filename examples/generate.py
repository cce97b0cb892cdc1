"""Where do the examples' rows come from? Every file beside the proposals is written by this script, the same each time.

    python examples/generate.py [FOLDER]

The tickets, invoices and runs are made up; a run's scores follow from its answers and targets.
"""

import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path

STARTED = "2026-11-10T09:30:00Z"
SYSTEM = "Sort the ticket. Answer with one JSON object: category and urgency."
PROBLEMS = {
    "refund": ["the refund has not arrived", "I want my money back", "you charged me twice"],
    "delivery": ["the parcel is late", "the courier left it at the wrong door", "tracking has not moved for a week"],
    "login": ["I cannot log in", "the reset mail never comes", "my account is locked"],
    "defect": ["the screen flickers", "the zip broke on day two", "it arrived with a crack"],
    "invoice": ["the invoice shows the wrong name", "I need a receipt for my taxes", "VAT is missing on the bill"],
    "praise": ["thank you, great help", "the new colour is lovely", "your courier was very kind"],
}
THINGS = ["the blue jacket", "order of three lamps", "my headphones", "the standing desk", "two mugs", "the tent"]
OPENINGS = ["Hello,", "Hi there,", "Good morning,", "To whom it may concern:", "Quick one:", "Third message now:"]
URGENT = {
    "refund": "high",
    "delivery": "normal",
    "login": "high",
    "defect": "normal",
    "invoice": "low",
    "praise": "low",
}


# what people tell besides; each sentence begins with what no other ticket holds, so that no two are alike but for a number
FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dov",
    "Edda",
    "Finn",
    "Gita",
    "Hugo",
    "Ines",
    "Jon",
    "Kira",
    "Lev",
    "Mara",
    "Nils",
    "Ona",
    "Per",
]
LAST = [
    "Arndt",
    "Bloom",
    "Costa",
    "Dahl",
    "Eder",
    "Falk",
    "Grau",
    "Holm",
    "Ives",
    "Jung",
    "Kern",
    "Lund",
    "Moss",
    "Noor",
    "Orth",
    "Pohl",
]
DID = ["ordered it", "picked it out", "paid for it", "unpacked it", "asked about it", "gave it to me"]
WHEN = ["last week", "on Monday", "two days ago", "in a hurry", "this morning", "in March"]
MOOD = ["and is not amused", "and asks daily", "so it is urgent", "and likes it otherwise"]
ASKS = ["can you look into it?", "what happens now?", "please tell me what to do.", "kindly advise.", "any news?"]


def ticket(rng: random.Random, category: str) -> str:
    """Make up a ticket."""

    def somebody() -> str:
        return f"{rng.choice(FIRST)} {rng.choice(LAST)}"

    parts = [
        f"Case {rng.randrange(10_000, 99_999)}: {rng.choice(PROBLEMS[category])}.",
        f"Number {rng.randrange(10_000, 99_999)} is {rng.choice(THINGS)}.",
        f"At {rng.randrange(24)}:{rng.randrange(60):02} {somebody()} {rng.choice(DID)} {rng.choice(WHEN)} {rng.choice(MOOD)}.",
        f"{somebody()}, room {rng.randrange(100, 999)}: {rng.choice(ASKS)}",
    ]
    rng.shuffle(parts)
    return f"{rng.choice(OPENINGS)} {' '.join(parts)}"


def label(category: str) -> str:
    """Give the right answer to a ticket of a category."""
    return json.dumps({"category": category, "urgency": URGENT[category]})


def chat(question: str, answer: str, system: str = SYSTEM, user: str | None = None) -> str:
    """Put one training row in OpenAI's chat form, with who asked."""
    roles = [("system", system), ("user", question), ("assistant", answer)]
    row = {"messages": [{"role": role, "content": content} for role, content in roles]}
    return json.dumps(row | ({"meta": {"user_id": user}} if user else {}))


def held(question: str, answer: str, user: str) -> str:
    """Put one item of the held-out set, with who asked."""
    return json.dumps({"input": question, "target": answer, "meta": {"user_id": user}})


def tickets(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Make up tickets with their right answers, categories in turn."""
    names = list(PROBLEMS)
    return [(ticket(rng, names[n % len(names)]), label(names[n % len(names)])) for n in range(count)]


def run(
    folder: Path, name: str, model: str, items: list[tuple[str, str]], right: float, rng: random.Random, task: str
) -> list[dict[str, object]]:
    """Write one eval run, artifact and rows: about `right` of the answers equal their target. Gives the rows."""
    wrong = set(rng.sample(range(len(items)), round(len(items) * (1 - right))))
    rows: list[dict[str, object]] = []
    for number, (question, target) in enumerate(items):
        output = target
        if number in wrong:
            output = rng.choice([answer for _, answer in items if answer != target])
        rows.append(
            {"id": f"{task}-{number:04}", "input": question, "target": target, "output": output}
            | {"score": 0 if number in wrong else 1}
        )
    value = sum(row["score"] for row in rows) / len(rows)
    metric = {"task": task, "name": "exact_match", "direction": "higher", "value": round(value, 6), "n": len(rows)}
    artifact = {
        "format": "tunegate-eval/1",
        "tool": "in-house 2.3",
        "model": model,
        "started_at": STARTED,
        "metrics": [metric],
    }
    write(folder / f"{name}_results.json", [json.dumps(artifact, indent=2)])
    write(folder / f"{name}_rows.jsonl", [json.dumps(row) for row in rows])
    return rows


def write(path: Path, lines: list[str]) -> None:
    """Write lines to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def usage(folder: Path, per_day: int) -> None:
    """Write the requests of October 2026, fewer at weekends, with a mean a little above `per_day`."""
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(31)]
    rows = [f"{day},{per_day * (70 if day.weekday() > 4 else 114) // 100 + 7 * (day.day % 5)}" for day in days]
    write(folder / "docs/usage.csv", ["date,requests", *rows])


def ready(folder: Path) -> None:
    """A ticket router: six labels, a prompted baseline below the bar, rows to spare."""
    rng = random.Random(1)  # noqa: S311  # made-up text, no secret
    write(folder / "data/train.jsonl", [chat(*pair, user=f"u-{n % 180}") for n, pair in enumerate(tickets(rng, 540))])
    write(folder / "data/audit.csv", ["row,verdict", *(f"{5 * n + 1},right" for n in range(100))])
    holdout = tickets(rng, 240)
    write(folder / "data/holdout.jsonl", [held(q, a, f"u-{1_000 + n % 80}") for n, (q, a) in enumerate(holdout)])
    rows = {
        name: run(folder / "evals", name, model, holdout, right, rng, "tickets")
        for name, model, right in (
            ("prompt", "anthropic/claude-sonnet", 0.78),
            ("fewshot", "anthropic/claude-sonnet", 0.79),
            ("decoding", "anthropic/claude-sonnet", 0.8),
            ("reasoning", "anthropic/claude-opus", 0.81),
            ("baseline", "anthropic/claude-sonnet", 0.825),
            ("untuned", "meta-llama/Llama-3.1-8B-Instruct", 0.5),
        )
    }
    missed: dict[str, list[str]] = {"money": [], "goods": []}
    for row in rows["baseline"]:
        category = json.loads(str(row["target"]))["category"]
        if row["score"] == 0 and category != "praise":
            missed["money" if category in ("refund", "invoice") else "goods"].append(str(row["id"]))
    for name, ids in missed.items():
        write(folder / f"evals/{name}.txt", ids)
    write(folder / "data/production_sample.jsonl", [chat(*pair) for pair in tickets(rng, 300)])
    lora = {"type": "Lora", "lora_r": 16, "lora_alpha": 32, "lora_trainable_modules": "all-linear"}
    job = {
        "training_file": "data/train.jsonl",
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "n_epochs": 3,
        "learning_rate": 1e-5,
    }
    job |= {"training_method": {"method": "sft"}, "training_type": lora, "random_seed": 42, "suffix": "ticket-router"}
    write(folder / "training/job.json", [json.dumps(job, indent=2)])
    usage(folder, 10_000)


def not_yet(folder: Path) -> None:
    """A product expert: what is missing is knowledge, and 90 rows will not teach it."""
    rng = random.Random(2)  # noqa: S311
    facts = [
        (f"What is the warranty of model {code}?", f"Model {code} has a warranty of {months} months.")
        for code in range(1000, 1220)
        for months in [rng.choice([12, 24, 36])]
    ]
    system = "You answer questions about our products."
    write(folder / "data/train.jsonl", [chat(q, a, system) for q, a in facts[:90]])
    run(folder / "evals", "baseline", "openai/gpt-4.1", facts, 0.55, rng, "products")


def false_claim(folder: Path) -> None:
    """An invoice reader that claims 5,000 examples: the file holds 700 rows, of which 380 are copies."""
    rng = random.Random(3)  # noqa: S311
    system = "Extract supplier, number and total as JSON."

    def invoice() -> tuple[str, str]:
        supplier = f"{rng.choice(['Alder', 'Birch', 'Cedar', 'Dogwood'])} {rng.choice(['Ltd', 'GmbH', 'SA'])}"
        number, total = f"R-{rng.randrange(10_000, 99_999)}", f"{rng.randrange(10, 9_000)}.{rng.randrange(100):02}"
        answer = json.dumps({"supplier": supplier, "number": number, "total": total})
        return f"Invoice {number}. {supplier} asks for {total} EUR, payable in 14 days.", answer

    distinct = [invoice() for _ in range(320)]
    rows = [chat(q, a, system, f"supplier-{n % 80}") for n, (q, a) in enumerate(distinct)]
    rows += [rng.choice(rows[:320]) for _ in range(380)]
    rng.shuffle(rows)
    write(folder / "data/train.jsonl", rows)
    texts = {name: {"type": "string"} for name in ("supplier", "number", "total")}
    schema = {"type": "object", "properties": texts, "required": list(texts), "additionalProperties": False}
    write(folder / "data/invoice.schema.json", [json.dumps(schema, indent=2)])
    holdout = [invoice() for _ in range(220)]
    runs = folder / "evals"
    answers = run(runs, "baseline", "anthropic/claude-sonnet", holdout, 0.80, rng, "invoices")
    run(runs, "untuned", "mistralai/Mistral-7B-Instruct-v0.3", holdout, 0.40, rng, "invoices")
    write(runs / "another_invoice.txt", [str(row["id"]) for row in answers if row["score"] == 0])
    sums = [(f"What is {a} + {b}?", str(a + b)) for a in range(10, 22) for b in range(30, 40)]
    run(runs, "general", "mistralai/Mistral-7B-Instruct-v0.3", sums, 0.9, rng, "sums")
    write(folder / "data/holdout.jsonl", [held(q, a, f"supplier-{100 + n % 55}") for n, (q, a) in enumerate(holdout)])
    write(folder / "data/production_sample.jsonl", [chat(*invoice(), system) for _ in range(300)])
    usage(folder, 6_000)


EXAMPLES = {"ready": ready, "not-yet": not_yet, "false-claim": false_claim}


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, make in EXAMPLES.items():
        make(root / name)
