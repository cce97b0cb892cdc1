"""What does the bot see in a serving config? The same facts as JSON and as lines for people."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from bot.readiness.serving_config import Server, ServingConfig
from bot.report.markdown import visible


def as_json(config: ServingConfig, *, digest: str) -> dict[str, Any]:
    """Turn a config into one JSON document: each value as `{value, line}`, null where the config leaves it open."""
    return {**asdict(config), "digest": digest}


def as_text(config: ServingConfig) -> str:
    """Write the same for people, one server after the other; holds no control characters but line ends."""
    return "\n\n".join("\n".join(_lines(server)) for server in config.servers) + "\n"


def _lines(server: Server) -> Iterator[str]:
    yield f"{server.engine} (line {server.line:,})"
    said = [each.name for each in fields(server) if each.name not in ("engine", "line", "by_default")]
    for name in said:
        found = getattr(server, name)
        for stated in found if isinstance(found, tuple) else (found,) if found else ():
            value = {True: "yes", False: "no"}[stated.value] if isinstance(stated.value, bool) else str(stated.value)
            default = ", the engine's default" if name in server.by_default else ""
            yield f"  {name.replace('_', ' '):15}{visible(value, 200)} (line {stated.line:,}{default})"
    unsaid = [name.replace("_", " ") for name in said if not getattr(server, name)]
    if unsaid:
        yield f"  not said       {', '.join(unsaid)}"
