"""Is it counted what a rollback plan holds?"""

import pytest

from bot.readiness.ownership import Plan
from bot.sources import plans
from bot.sources.trouble import Unreadable


@pytest.mark.parametrize(
    ("text", "words", "steps", "target"),
    [
        ("", 0, 0, False),
        ("See wiki.", 2, 0, False),
        ("We go back to the prompted baseline.\n\n1. Set the flag.\n2) Watch.\n", 13, 2, True),
        ("- Set ADAPTER=v3\n- Deploy\n", 4, 2, True),
        ("## Step 1 Turn it off\n## Step 2 Look\n", 8, 2, False),
        ("#!/bin/sh\n# back to the former one\nkubectl rollout undo deploy/router\n", 12, 1, True),
    ],
)
def test_what_a_plan_holds(text: str, words: int, steps: int, target: bool) -> None:
    assert plans.read(text.encode()) == Plan(words, steps, target)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a\x00b"])
def test_what_is_no_text(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        plans.read(raw)
