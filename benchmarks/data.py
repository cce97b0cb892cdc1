"""How fast is a data set judged? `python -m benchmarks.data [--rows N] [--holdout N] [--rounds N] [--record]`."""

import argparse
import json
import random
from bisect import bisect
from itertools import accumulate

from benchmarks.rounds import alternate, report
from bot.readiness.data_profile import DataProfile
from bot.sources import datasets

SYSTEM = "Read the ticket. Answer with one JSON object: category, urgency, language and team."
VOCABULARY = 20_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--holdout", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    chosen = parser.parse_args()
    raw, holdout, planted = made(chosen.rows, chosen.holdout)

    def ours() -> None:
        found = datasets.profile(raw, "openai-chat", "sft", {"holdout": holdout})
        assert isinstance(found, DataProfile), found
        assert found.duplicates == planted["copies"], (found.duplicates, planted)
        # two words of some fifty leave seven of ten runs of three words the same in nearly all rows, not in all
        assert found.near_duplicates >= 0.9 * planted["edits"], (found.near_duplicates, planted)
        assert (found.leaked or 0) >= planted["leaks"], (found.leaked, planted)

    lines = raw.splitlines()
    name = f"{chosen.rows:,} rows x {chosen.holdout:,} held-out items, {len(raw) / 1e6:,.1f} MB"
    report(
        "Judging a data set",
        [alternate(name, ours, lambda: [json.loads(line) for line in lines], chosen.rounds)],
        record=chosen.record,
    )


def made(rows: int, items: int) -> tuple[bytes, bytes, dict[str, int]]:
    """Make a training file and a held-out set, with what was planted: copies of rows, and rows taken from items.

    Words follow Zipf's law; 3 % of the rows are copies, 5 % copies with two words replaced, 1 % carry four fifths of a held-out
    item's words.
    """
    draw = random.Random(1)
    weights = list(accumulate(1 / rank**0.9 for rank in range(1, VOCABULARY + 1)))

    def words(count: int) -> list[str]:
        return [f"w{bisect(weights, draw.random() * weights[-1])}" for _ in range(count)]

    held = [words(draw.randint(35, 75)) for _ in range(items)]
    texts: list[str] = []
    planted = {"copies": 0, "edits": 0, "leaks": 0}
    answers: list[str] = []
    for _ in range(rows):
        chance = draw.random()
        if chance < 0.08 and texts:
            number = draw.randrange(len(texts))
            text = texts[number]
            if chance >= 0.03:
                own = text.split()
                for at in draw.sample(range(len(own)), 2):
                    own[at] = f"x{draw.randrange(10**6)}"
                text = " ".join(own)
            planted["copies" if chance < 0.03 else "edits"] += 1
            texts.append(text)
            answers.append(answers[number])
            continue
        if chance < 0.09 and held:
            own = draw.choice(held)
            texts.append(" ".join([*words(6), *own[: len(own) * 4 // 5]]))
            planted["leaks"] += 1
        else:
            texts.append(" ".join(words(draw.randint(35, 75))))
        answers.append(_answer(texts[-1]))
    return b"".join(map(_row, texts, answers)), _items(held), planted


def _answer(text: str) -> str:
    return json.dumps(
        {"category": f"c{len(text) % 30}", "urgency": "high", "language": "en", "team": f"t{len(text) % 7}"}
    )


def _row(text: str, answer: str) -> bytes:
    roles = (("system", SYSTEM), ("user", text), ("assistant", answer))
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles]}).encode() + b"\n"


def _items(held: list[list[str]]) -> bytes:
    return b"".join(json.dumps({"input": " ".join(words), "target": "c1"}).encode() + b"\n" for words in held)


if __name__ == "__main__":
    main()
