"""Which formats do we know but not read yet? A fair team is told so, by the tool's name, and not that its file is broken."""

import re
from collections.abc import Callable
from typing import Any

from bot.sources.evals.format import Document, mapping
from bot.sources.trouble import Unreadable, not_supported

_POINTER = b"version https://git-lfs.github.com/spec/"
_FIX = "Until then, write it in Tunegate's own form (docs/native-eval-format.md), or link a result of lm-eval."


def refuse_by_first_bytes(artifact: bytes) -> None:
    """Raise Unreadable for an artifact that is no JSON but that we know by its first bytes."""
    if artifact.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1")):
        raise _not_yet("a compressed or a Parquet file")
    if artifact.startswith(_POINTER):
        size = re.search(rb"^size (\d{1,15})$", artifact[:1_000], re.MULTILINE)
        held = f" (of {int(size[1]):,} bytes)" if size else ""
        raise Unreadable(
            f"The artifact is a pointer of Git LFS, not the file itself{held}.",
            "Link the file where Git LFS stores it: a path in the repository, or after `git lfs pull`.",
        )


def refuse(document: Document) -> None:
    """Raise Unreadable for a document of a format that we know but do not read yet."""
    for tool, recognises in _DOCUMENTS.items():
        if recognises(document.head):
            raise _not_yet(tool)


def _not_yet(what: str) -> Unreadable:
    return not_supported(f"The artifact is {what}; that is not read yet.", _FIX)


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda head: isinstance(head, dict) and all(key in head for key in keys)


_DOCUMENTS: dict[str, Callable[[Any], bool]] = {
    "a log of openai/evals": _has("spec"),
    "a run of OpenAI's Evals API": lambda head: mapping(head).get("object") == "eval.run",
}
