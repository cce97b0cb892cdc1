"""What does a training file hold, row by row? One profile per format; `auto` looks at the first rows.

Adding a format = one file with a `RowReader`, and one line in the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.readiness.evidence import DataProfile, Unavailable
from bot.sources.datasets import openai_chat, text
from bot.sources.datasets.detect import detect, refuse_container
from bot.sources.datasets.leak import HeldOut, Leak
from bot.sources.datasets.payload import Payload
from bot.sources.datasets.sample import composition
from bot.sources.datasets.scan import Observer, RowReader, scan
from bot.sources.datasets.secrets import Secrets
from bot.sources.trouble import Unreadable, not_supported

__all__ = ["FORMATS", "MAX_BYTES", "composition", "profile"]

MAX_BYTES = 100_000_000  # GitHub's own limit for a file

FORMATS: Mapping[str, Callable[[str], RowReader]] = {
    "openai-chat": openai_chat.reader,
    "openai-rft": openai_chat.reader,
    "text": text.reader,
}
_PAIRS = ("dpo", "orpo", "kto")  # methods that learn from a preference, which the formats above do not hold


def profile(raw: bytes, form: str, method: str | None, holdout: bytes | None = None) -> DataProfile | Unavailable:
    """Count the rows of a training file in the format that the proposal names, for the method that it names.

    With the bytes of a held-out set also those that are in it.
    """
    try:
        refuse_container(raw)
        found = detect(raw) if form == "auto" else form
        if found not in FORMATS:
            raise not_supported(
                f"The training file is of the format `{found}`; that is not read yet.",
                f"Until then, write the rows as one of: {', '.join(FORMATS)}.",
            )
        read = FORMATS[found](_method(found, method))
    except Unreadable as unreadable:
        return unreadable.fact
    observers: list[Observer] = [Secrets(), Payload()]
    unread = None
    if holdout is not None:
        try:
            observers.append(Leak(HeldOut(holdout)))
        except Unreadable as unreadable:
            unread = unreadable.fact
    return replace(scan(raw, found, read, observers), holdout=unread)


def _method(form: str, method: str | None) -> str:
    """Find the method that the rows are held to; raises Unreadable for one that they can never serve."""
    wanted = method or ("rft" if form == "openai-rft" else "sft")
    if wanted in _PAIRS:
        raise Unreadable(
            f"`{wanted}` learns from a preference between answers, and rows of the format `{form}` hold none.",
            f"Link preference rows, or name the method that these rows serve instead of `{wanted}`.",
        )
    if form == "text" and wanted != "continued_pretraining":
        raise Unreadable(
            f"`{wanted}` learns from questions and answers, and rows of the format `text` hold none.",
            "Link rows of conversations; text alone teaches facts, which belong into retrieval.",
        )
    return wanted
