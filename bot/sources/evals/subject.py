"""Which model, and which adapter, answered in this run? Read from names and values that a team gave to its run.

Tracking tools know of no model: teams write it into parameters, tags and configurations, under a few common names.
"""

from collections.abc import Mapping
from typing import Any

from bot.sources.evals.format import text

# in the order in which they count: the base model is the one that is asked for; the answering one is often a bare alias
_MODELS = (
    "base_model", "base_model_name", "base_model_id", "base_model_name_or_path", "model_name_or_path", "model_id",
    "model_name", "model", "llm", "llm_model",
)  # fmt: skip
_ADAPTERS = (
    "adapter", "adapter_id", "adapter_name", "adapter_path", "adapter_name_or_path", "lora", "lora_path", "lora_adapter",
    "peft", "peft_model", "peft_model_id",
)  # fmt: skip
_NONE = ("none", "null", "no", "false", "n/a", "-")


def model_of(*given: Mapping[str, Any]) -> str | None:
    """Find the model in what is given, the first place first; None where none is named."""
    return _first(_MODELS, given)


def adapter_of(*given: Mapping[str, Any]) -> str | None:
    """Find the adapter in what is given, the first place first; None where none is named."""
    return _first(_ADAPTERS, given)


def _first(names: tuple[str, ...], given: tuple[Mapping[str, Any], ...]) -> str | None:
    plain = [{_folded(key): value for key, value in place.items()} for place in given]
    found = (text(place.get(name)) for name in names for place in plain)
    return next((value for value in found if value is not None and value.strip().lower() not in _NONE), None)


def _folded(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(".", "_").replace(" ", "_")
