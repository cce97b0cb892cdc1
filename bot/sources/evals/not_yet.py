"""Which formats do we know but not read yet? A fair team is told so, by the tool's name, and not that its file is broken."""

from collections.abc import Callable
from typing import Any

from bot.sources.evals.format import Document, mapping
from bot.sources.trouble import Unreadable, not_supported

_FIX = "Until then, write it in Tunegate's own form (docs/native-eval-format.md), or link a result of lm-eval."


def refuse_by_first_bytes(artifact: bytes) -> None:
    """Raise Unreadable for an artifact that is no JSON but that we know by its first bytes."""
    if artifact.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1")):
        raise _not_yet("a compressed or a Parquet file")
    head = artifact[:20_000].decode("utf-8-sig", "replace")
    if head.startswith("---") and "model-index:" in head:
        raise _not_yet("a model card with a model-index")


def refuse(document: Document) -> None:
    """Raise Unreadable for a document of a format that we know but do not read yet."""
    if document.raw.startswith(b"PK\x03\x04"):
        raise _not_yet("an inspect log, or another zip archive")
    for tool, recognises in _DOCUMENTS.items():
        if recognises(document.head):
            raise _not_yet(tool)


def _not_yet(what: str) -> Unreadable:
    return not_supported(f"The artifact is {what}; that is not read yet.", _FIX)


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda head: isinstance(head, dict) and all(key in head for key in keys)


def _is_helm(head: Any) -> bool:
    first = head[0] if isinstance(head, list) and head else head
    return (
        _has("instance_id", "train_trial_index")(first)
        or _has("name", "count", "sum_squared")(first)
        or _has("adapter_spec")(first)
    )


def _is_inspect(head: Any) -> bool:
    return _has("eval", "status")(head) and isinstance(head["eval"], dict)


_DOCUMENTS: dict[str, Callable[[Any], bool]] = {
    "an inspect log": _is_inspect,
    "an EEE (every_eval_ever) record": _has("schema_version", "evaluation_results"),
    "a lighteval result": _has("config_general", "results"),
    "a HELM result": _is_helm,
    "a log of openai/evals": _has("spec"),
    "a run of OpenAI's Evals API": lambda head: mapping(head).get("object") == "eval.run",
}
