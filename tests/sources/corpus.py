"""Where are the real artifacts? Third-party files are never committed: they lie beside the repository, or nowhere."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("TUNEGATE_CORPUS") or ROOT.parent / "shared" / "corpus")


def expected(part: str) -> dict[str, Any]:
    """Read what is known of a part of the corpus; skips the module that asks when it is not there."""
    known = CORPUS / part / "EXPECTED.json"
    if not known.is_file():
        pytest.skip(f"no corpus at {CORPUS} (TUNEGATE_CORPUS)", allow_module_level=True)
    facts: dict[str, Any] = json.loads(known.read_text())
    return facts
