"""A training file and a held-out set in which it is known what is wrong: `python -m benchmarks.planted FOLDER ROWS ITEMS`.

Words follow Zipf's law. 3 % of the rows are copies, 5 % copies with two words replaced, 1 % carry four fifths of a held-out
item's words, and one of 500 asks what an earlier row asks, in capitals and other blanks, and answers otherwise. Each is made of a row of its own.
"""

import argparse
import json
import random
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

SYSTEM = "Read the ticket. Answer with one JSON object: category, urgency, language and team."
VOCABULARY = 20_000
TRAINING, HELD_OUT, PLANTED = "train.jsonl", "holdout.jsonl", "planted.json"
_COPIES, _EDITS, _LEAKS, _CONFLICTS = 0.03, 0.05, 0.01, 0.002
_ALIKE = 0.7


@dataclass
class Planted:
    """Lines of the rows of each kind; `edits` that still share seven of ten runs of three words, and all `edited` ones.

    `tainted` are all rows with words of a held-out item, also copies of those that were planted.
    """

    copies: list[int] = field(default_factory=list)
    edits: list[int] = field(default_factory=list)
    edited: list[int] = field(default_factory=list)
    leaks: list[int] = field(default_factory=list)
    tainted: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("items", type=int)
    chosen = parser.parse_args()
    raw, held, planted = made(chosen.rows, chosen.items)
    (chosen.folder / TRAINING).write_bytes(raw)
    (chosen.folder / HELD_OUT).write_bytes(held)
    (chosen.folder / PLANTED).write_text(json.dumps(planted.__dict__))


def made(rows: int, items: int) -> tuple[bytes, bytes, Planted]:
    """Make a training file, a held-out set, and the account of what was planted."""
    draw = random.Random(1)
    weights = list(accumulate(1 / rank**0.9 for rank in range(1, VOCABULARY + 1)))

    def words(count: int) -> list[str]:
        return [f"w{bisect(weights, draw.random() * weights[-1])}" for _ in range(count)]

    held = [words(draw.randint(35, 75)) for _ in range(items)]
    texts: list[str] = []
    answers: list[str] = []
    own_rows: list[int] = []  # numbers of rows that are made of no earlier one
    planted, tainted = Planted(), set[int]()
    for line in range(1, rows + 1):
        chance = draw.random()
        if chance < _COPIES + _EDITS + _CONFLICTS and own_rows:
            number = draw.choice(own_rows)
            text, answer = texts[number], answers[number]
            if chance < _COPIES:
                planted.copies.append(line)
            elif chance < _COPIES + _EDITS:
                edited = _edited(text, draw)
                planted.edited.append(line)
                planted.edits += [line] if _alike(text, edited) >= _ALIKE else []
                text = edited
            else:
                planted.conflicts.append(line)
                text, answer = text.upper().replace(" ", "  "), _answer(f"x{line}")
            if number + 1 in tainted:
                tainted.add(line)
        elif chance < _COPIES + _EDITS + _CONFLICTS + _LEAKS and held:
            own = draw.choice(held)
            text = " ".join([*words(6), *own[: len(own) * 4 // 5]])
            answer = _answer(text)
            planted.leaks.append(line)
            tainted.add(line)
            own_rows.append(line - 1)
        else:
            text = " ".join(words(draw.randint(35, 75)))
            answer = _answer(text)
            own_rows.append(line - 1)
        texts.append(text)
        answers.append(answer)
    planted.tainted = sorted(tainted)
    return b"".join(map(_row, texts, answers)), _items(held), planted


def _edited(text: str, draw: random.Random) -> str:
    own = text.split()
    for at in draw.sample(range(len(own)), 2):
        own[at] = f"x{draw.randrange(10**6)}"
    return " ".join(own)


def _alike(one: str, other: str) -> float:
    first, second = (set(zip(w, w[1:], w[2:], strict=False)) for w in (one.lower().split(), other.lower().split()))
    return len(first & second) / len(first | second)


def _answer(text: str) -> str:
    team = text if len(text) < 20 else f"t{len(text) % 7}"
    return json.dumps({"category": f"c{len(text) % 30}", "urgency": "high", "language": "en", "team": team})


def _row(text: str, answer: str) -> bytes:
    roles = (("system", SYSTEM), ("user", text), ("assistant", answer))
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles]}).encode() + b"\n"


def _items(held: list[list[str]]) -> bytes:
    return b"".join(json.dumps({"input": " ".join(words), "target": "c1"}).encode() + b"\n" for words in held)


if __name__ == "__main__":
    main()
