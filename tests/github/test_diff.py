"""Are the lines that a diff shows exactly those of the new file that GitHub takes comments on?"""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.diff import shown_lines


@pytest.mark.parametrize(
    ("patch", "lines"),
    [
        (None, set()),
        ("", set()),
        ("@@ -0,0 +1,3 @@\n+a\n+b\n+c", {1, 2, 3}),
        ("@@ -0,0 +1 @@\n+a\n\\ No newline at end of file", {1}),
        ("@@ -1,3 +1,2 @@\n a\n-b\n c", {1, 2}),
        ("@@ -1 +0,0 @@\n-a", set()),
        ("@@ -8,2 +9,3 @@ def f():\n a\n+b\n c\n@@ -20,1 +22,2 @@\n+x\n y", {9, 10, 11, 22, 23}),
        ("@@ -1,2 +1,2 @@\n-@@ -1 +50 @@\n+@@ -1 +50 @@\n a", {1, 2}),
        ("@@ -0,0 +1,2 @@\n+++ plus\n+--- minus", {1, 2}),
        ("Binary files differ", set()),
        ("@@ broken @@\n+a", set()),
        ("@@ -0,0 +1,3 @@\n+cut", {1}),
    ],
)
def test_the_lines_of_a_patch(patch: str | None, lines: set[int]) -> None:
    assert shown_lines(patch) == lines


LINES = st.lists(st.sampled_from(["", "a", "b", "@@ -1 +1 @@", "+x", "-y", " z"]), max_size=12)


@given(LINES, LINES, st.integers(0, 3))
def test_every_added_line_is_shown_and_no_line_beyond_the_file(old: list[str], new: list[str], context: int) -> None:
    patch = "\n".join(list(difflib.unified_diff(old, new, lineterm="", n=context))[2:])
    shown = shown_lines(patch)
    assert shown <= set(range(1, len(new) + 1))
    matcher = difflib.SequenceMatcher(None, old, new)
    changed = {n + 1 for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal" for n in range(start, end)}
    assert changed <= shown
