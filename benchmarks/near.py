"""How fast are nearly equal rows found, beside datasketch? `python -m benchmarks.near [--rows N] [--rounds N] [--record]`.

datasketch is asked as its documentation shows: an index of the same 128 hashes in 32 bands, each row looked up before it is
inserted, and each candidate compared run by run. It is no dependency: `pip install datasketch` first.
"""

import argparse
import json

from benchmarks.planted import made
from benchmarks.rounds import alternate, report
from bot.sources import normalise
from bot.sources.datasets.near import ALIKE, BANDS, HASHES, RUN, near_duplicates
from bot.sources.datasets.words import Words


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    chosen = parser.parse_args()
    raw, _, planted = made(chosen.rows, 0)
    rows = dict.fromkeys(raw.splitlines())  # copies go before, as they do in the scan
    asked = [(m[1]["content"], m[2]["content"]) for m in (json.loads(row)["messages"] for row in rows)]

    def ours() -> None:
        words = Words()
        for line, (text, answer) in enumerate(asked, 1):
            form = normalise.normal(text)
            words.add(line, form, form, (normalise.normal(answer),))
        assert len(near_duplicates(words.numbered())) >= 0.9 * planted["edits"]

    def theirs() -> None:
        from datasketch import MinHash, MinHashLSH

        index, found = MinHashLSH(num_perm=HASHES, params=(BANDS, HASHES // BANDS)), 0
        kept: dict[int, tuple[set[bytes], str]] = {}
        for number, (text, answer) in enumerate(asked):
            words = normalise.normal(text).split()
            runs = {b" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
            hashes = MinHash(num_perm=HASHES)
            hashes.update_batch(runs)
            near = (kept[other] for other in index.query(hashes))
            if any(answer == own and len(runs & others) >= ALIKE * len(runs | others) for others, own in near):
                found += 1
                continue
            index.insert(number, hashes)
            kept[number] = (runs, answer)
        assert found >= 0.9 * planted["edits"]

    name = f"near duplicates among {chosen.rows:,} rows, ours beside datasketch"
    report("Nearly equal rows", [alternate(name, ours, theirs, chosen.rounds)], record=chosen.record)


if __name__ == "__main__":
    main()
