"""How would it be served? Reads what starts a model server, whatever engine or host it is for, known by what it says.

Adding an engine = one `Engine` or `Host`, one line in its table and a sample in the tests.
"""

import re

from bot.readiness.serving_config import ServingConfig
from bot.sources.serving_configs import manifests, scripts
from bot.sources.serving_configs.engines import ENGINES
from bot.sources.serving_configs.hosted import HOSTS
from bot.sources.trouble import Unreadable, not_supported

__all__ = ["ENGINES", "HOSTS", "MAX_BYTES", "MAX_SERVERS", "read"]

MAX_BYTES = 256 * 1024  # house: what starts a server says how, it holds neither weights nor data
MAX_SERVERS = 20  # house: of one file
_YAML = re.compile(rb"(?:---|%YAML)(?:\s|$)|-\s|\"?[\w./-]+\"?\s*:(?:\s|$)|\{|\[\s*(?:[{\[\"0-9]|$)")


def read(raw: bytes) -> ServingConfig:
    """Say what a serving config says; raises Unreadable. Never holds the value of a variable or key that no engine reads."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"The config has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.",
            "Link the file that starts the server alone.",
        )
    if not raw.strip():
        raise Unreadable("The config is empty.", "Link the file that starts the server.")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw:
        raise Unreadable("The config is encoded as UTF-16 (or is binary).", "Save it as UTF-8.")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    found = tuple(manifests.read(raw) if _is_yaml(raw) else scripts.read(raw.decode("utf-8", "replace")))
    if not found:
        names = ", ".join(sorted((*(each.name for each in ENGINES), *(each.name for each in HOSTS)), key=str.lower))
        raise not_supported(
            "The config starts no model server that is known here.",
            f"Link the manifest, script or deployment that starts it, of one of these: {names}.",
        )
    if len(found) > MAX_SERVERS:
        raise Unreadable(
            f"The config starts {len(found):,} servers, at most {MAX_SERVERS} are read.",
            "Link the file that starts the one which serves the adapter.",
        )
    return ServingConfig(found)


def _is_yaml(raw: bytes) -> bool:
    """Say whether a file is YAML or JSON, by its first line that is no comment; a script begins otherwise."""
    lines = (line.strip() for line in raw.splitlines())
    if raw.startswith(b"#!"):
        return False
    first = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return _YAML.match(first) is not None
