"""What does a training file hold, row by row? One profile per format; `auto` looks at the first rows.

Adding a format = one file with a `RowReader`, and one line in the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Unavailable
from bot.sources.datasets import (
    alpaca,
    bedrock,
    kto,
    of_trainers,
    openai_chat,
    openai_preference,
    sharegpt,
    text,
    trl,
    vertex,
)
from bot.sources.datasets.containers import Raw, unpack
from bot.sources.datasets.detect import detect
from bot.sources.datasets.keys import NO_KEYS, Beside, Keys, KeysOfRows
from bot.sources.datasets.makeup import Makeup
from bot.sources.datasets.memory import seldom_collected
from bot.sources.datasets.payload import Payload
from bot.sources.datasets.sample import composition
from bot.sources.datasets.scan import FAULTS_KEPT, Observer, RowReader, scan
from bot.sources.trouble import Unreadable

__all__ = ["FORMATS", "MAX_BYTES", "NO_KEYS", "Keys", "composition", "profile"]

MAX_BYTES = 100_000_000  # GitHub's own limit for a file

FORMATS: Mapping[str, Callable[[str], RowReader]] = {
    "openai-chat": openai_chat.reader,
    "openai-rft": openai_chat.reader,
    "openai-preference": openai_preference.reader,
    "trl": trl.reader,
    "kto": kto.reader,
    "sharegpt": sharegpt.reader,
    "alpaca": alpaca.reader,
    "axolotl": of_trainers.axolotl,
    "llama-factory": of_trainers.llama_factory,
    "together": of_trainers.together,
    "bedrock": bedrock.reader,
    "vertex": vertex.reader,
    "text": text.reader,
}
_CHAT = ("openai-chat", "openai-rft")
_ANSWERS = ("sft", "distillation")
# for what the rows of a format can serve; the first where the proposal names no method, but of text nothing is assumed
_SERVES: Mapping[str, tuple[str, ...]] = {
    "openai-chat": (*_ANSWERS, "rft", "continued_pretraining"),
    "openai-rft": ("rft", *_ANSWERS, "continued_pretraining"),
    "openai-preference": ("dpo", "orpo"),
    "trl": (*_ANSWERS, "dpo", "orpo", "rft", "continued_pretraining"),
    "kto": ("kto",),
    "sharegpt": (*_ANSWERS, "rft"),
    "alpaca": _ANSWERS,
    "axolotl": (*_ANSWERS, "dpo", "orpo", "continued_pretraining"),
    "llama-factory": (*_ANSWERS, "dpo", "orpo"),
    "together": (*_ANSWERS, "dpo", "orpo", "continued_pretraining"),
    "bedrock": _ANSWERS,
    "vertex": (*_ANSWERS, "rft"),
    "text": ("continued_pretraining",),
}
_NEEDS = {
    **dict.fromkeys(("dpo", "orpo"), "a preferred and a rejected answer to each question"),
    "kto": "an answer with a thumb up or down",
    "rft": "prompts that end with the user",
    **dict.fromkeys(_ANSWERS, "questions and answers"),
    "continued_pretraining": "text",
}


@seldom_collected()
def profile(
    raw: Raw,
    form: str,
    method: str | None,
    beside: Mapping[Beside, bytes] | None = None,
    keys: Keys = NO_KEYS,
    output: str | None = None,
    *,
    faults_kept: int = FAULTS_KEPT,
    progress: Callable[[int], None] | None = None,
) -> DataProfile | Unavailable:
    """Count the rows of a training file in the format that the proposal names, for the method that it names.

    `beside` holds the bytes of files that the rows are compared with, `output` what the task puts out (`task.output`). What
    cannot be read of a file beside is told in the profile; the rows are counted all the same.
    """
    # numpy takes longer to load than a small file to judge: what needs it is loaded here
    from bot.sources.datasets.leak import HeldOut, Leak
    from bot.sources.datasets.output_schema import OutputSchema
    from bot.sources.datasets.production import Production
    from bot.sources.datasets.secrets import Secrets
    from bot.sources.datasets.tally import Tally

    beside = beside or {}
    try:
        raw = unpack(raw)
        found = detect(raw) if form == "auto" else form
        method = _method(found, method)
        read, quick = FORMATS[found](method), openai_chat.quick_reader(method) if found in _CHAT else None
    except Unreadable as unreadable:
        return unreadable.fact
    unread: dict[str, Unavailable] = {}
    apart, of_rows = None, KeysOfRows(keys, None)
    try:
        if (holdout := beside.get("holdout")) is not None:
            apart, of_rows = Leak(HeldOut(holdout)), KeysOfRows(keys, holdout)
    except Unreadable as unreadable:
        apart, unread["holdout"] = None, unreadable.fact
    declared = None
    try:
        declared = OutputSchema(beside["schema"], output) if "schema" in beside else None
    except Unreadable as unreadable:
        unread["schema"] = unreadable.fact
    sample = None
    try:
        sample = Production(beside["production"], held=declared is not None) if "production" in beside else None
    except Unreadable as unreadable:
        unread["production"] = unreadable.fact
    tally = Tally(output, apart, declared, sample, faults_kept)
    payload = Payload()
    observers: list[Observer] = [Secrets(), payload, Makeup(payload), of_rows]
    try:
        scan(raw, read, tally, observers, progress, quick)
    except Unreadable as unreadable:
        return unreadable.fact
    seen: dict[str, Any] = {name: value for observer in observers for name, value in observer.found().items()}
    return replace(tally.profile(found), **(seen | unread))


def _method(form: str, method: str | None) -> str:
    """Find the method that the rows are held to; raises Unreadable for one that they can never serve."""
    serves = _SERVES[form]
    wanted = method or ("sft" if form == "text" else serves[0])
    if wanted in serves or wanted not in _NEEDS:  # a method that is refused anyway is told elsewhere
        return wanted
    fitting = ", ".join(f"`{name}`" for name, methods in _SERVES.items() if wanted in methods)
    raise Unreadable(
        f"`{wanted}` learns from {_NEEDS[wanted]}, and rows of the format `{form}` hold none.",
        "Text alone teaches facts, which belong into retrieval; link rows of conversations."
        if form == "text"
        else f"Link rows of the format {fitting}, or name the method that these rows serve ({', '.join(serves)}).",
    )
