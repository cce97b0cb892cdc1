"""Which labelled sets are there? Made ones, always the same; and public ones, where the corpus lies beside the repository."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.signal import behavior, knowledge, stress
from benchmarks.signal.rows import Label, LabelledSet

ROOT = Path(__file__).resolve().parents[2]


def made() -> Iterator[LabelledSet]:
    """Walk the sets that are made here: plain ones first, then those under stress."""
    yield from knowledge.sets()
    yield from behavior.sets()
    yield from stress.sets()


def public() -> Iterator[tuple[str, Label, bool, bytes]]:
    """Walk the corpus: name, label, whether the rule's author had not seen it, bytes; nothing where it is not there."""
    folder = Path(os.environ.get("TUNEGATE_CORPUS") or ROOT.parent / "shared" / "corpus") / "datasets"
    if not (folder / "EXPECTED.json").is_file():
        return
    for name, known in json.loads((folder / "EXPECTED.json").read_text()).items():
        label = known.get("label") if isinstance(known, dict) else None
        if label in ("behaviour", "knowledge") and "openai-chat" in known["profile"]:
            raw = (folder / name).read_bytes()
            meant: Label = "knowledge" if label == "knowledge" else "behavior"
            yield (
                name.split(".")[0],
                meant,
                "blind" in known["origin"],
                gzip.decompress(raw) if name.endswith(".gz") else raw,
            )
