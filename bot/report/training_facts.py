"""What does the bot see in a training config? The same facts as JSON and as lines for people."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from bot.readiness.training_config import Stated, TrainingConfig
from bot.report.markdown import visible


def as_json(config: TrainingConfig, *, digest: str) -> dict[str, Any]:
    """Turn a config into one JSON document: each value as `{value, line}`, null where the config does not say."""
    return {**asdict(config), "digest": digest}


def as_text(config: TrainingConfig) -> str:
    """Write the same for people; holds no control characters but line ends."""
    return "\n".join(_lines(config)) + "\n"


def _lines(config: TrainingConfig) -> Iterator[str]:
    yield config.tool
    for each in fields(config)[1:]:
        found = getattr(config, each.name)
        for stated in found if isinstance(found, tuple) else (found,) if found else ():
            name = each.name.replace("_", " ")
            yield f"  {name:15}{visible(_shown(stated), 200)} (line {stated.line:,})"
    unsaid = [each.name.replace("_", " ") for each in fields(config) if not getattr(config, each.name)]
    if unsaid:
        yield f"  not said       {', '.join(unsaid)}"


def _shown(stated: Stated[Any]) -> str:
    match stated.value:
        case bool() as value:
            return "yes" if value else "no"
        case float() as value:
            return f"{value:g}"
        case tuple() as names:
            return ", ".join(names)
        case value:
            return str(value)
