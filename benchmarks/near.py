"""How fast are nearly equal rows found, beside datasketch and text-dedup? `python -m benchmarks.near [--rows N] [--rounds N] [--record]`.

datasketch is asked as its documentation shows: an index of the same 128 hashes in 32 bands, each row looked up before it is
inserted, and each candidate compared run by run. Of text-dedup its MinHash is taken, step by step as its script goes: signatures
of the same runs and bands, hash tables, and clusters; it compares no answers, and no runs. Its way through Arrow files and
several processes is left out, in its favour. Neither is a dependency, and each is a yardstick where it is installed:
`pip install datasketch`; `pip install --no-deps text-dedup==0.4.0`, with `datasets click click-option-group tqdm rich scipy
xxhash regex ftfy psutil bitarray zstandard` in a folder of their own (its own list also asks for Spark and old releases).
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.planted import made
from benchmarks.rounds import beside, report
from bot.sources import normalise
from bot.sources.datasets.near import ALIKE, BANDS, HASHES, RUN, Rows, near_duplicates
from bot.sources.datasets.words import Words

Asked = list[tuple[str, str]]
"""What each row asks, and its answer."""


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
    least = 0.9 * len(planted.edits)

    def run(find: Callable[[Asked], int]) -> Callable[[], None]:
        def once() -> None:
            found = find(asked)
            assert found >= least, (found, least)

        return once

    others = {name: run(find) for name, find in _OTHERS.items() if find_spec(name.replace("-", "_"))}
    name = f"near duplicates among {chosen.rows:,} rows"
    report("Nearly equal rows", beside(name, run(_ours), others, chosen.rounds), record=chosen.record)


def _ours(asked: Asked) -> int:
    rows = Rows()
    words = Words(rows.take)
    for line, (text, answer) in enumerate(asked, 1):
        form = normalise.normal(text)
        words.add(line, form, form, normalise.normal(answer))
    words.finish()
    return len(near_duplicates(rows))


def _datasketch(asked: Asked) -> int:
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
    return found


def _text_dedup(asked: Asked) -> int:
    from text_dedup.minhash import RNG, SIGNATURE_COLUMN, embed_func
    from text_dedup.utils import UnionFind, xxh3_32hash

    prime, most = np.uint64((1 << 61) - 1), np.uint32((1 << 32) - 1)  # its default, of 64 bits
    width = HASHES // BANDS
    bands = [(at, at + width) for at in range(0, HASHES, width)]
    factors = [RNG.randint(least, prime, size=(HASHES,), dtype=np.uint64) for least in (1, 0)]
    settings: dict[str, Any] = {
        "num_perm": HASHES,
        "ngram_size": RUN,
        "min_length": 0,
        "hashranges": bands,
        "permutations": tuple(factors),
        "hash_func": xxh3_32hash,
        "dtype": np.uint64,
        "max_hash": most,
        "modulo_prime": prime,
    }
    tables: list[dict[bytes, set[int]]] = [defaultdict(set) for _ in bands]
    for number, (text, _) in enumerate(asked):
        signatures = embed_func(text, number, **settings)[SIGNATURE_COLUMN]
        for table, signature in zip(tables, signatures, strict=True):
            table[signature].add(number)
    clusters = UnionFind()
    for table in tables:
        for cluster in table.values():
            if len(cluster) > 1:
                first = min(cluster)
                for number in cluster:
                    clusters.union(number, first)
    return sum(clusters.find(number) != number for number in range(len(asked)))


_OTHERS: dict[str, Callable[[Asked], int]] = {"datasketch": _datasketch, "text-dedup": _text_dedup}


if __name__ == "__main__":
    main()
