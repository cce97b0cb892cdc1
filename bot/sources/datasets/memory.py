"""How often does the interpreter look for memory that nobody needs? Seldom, while rows are counted: they leave hardly any behind.

What is let go of is freed at once; looked for are only objects that hold one another. Looking costs a twelfth of the whole time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW = 50_000  # house: objects, of which some hundred MB at most are kept for nothing


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for such objects when many were made, and then as always."""
    before = gc.get_threshold()
    gc.set_threshold(max(_NEW, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
