"""Is the interpreter's habit of collecting memory as it was once rows were counted, whatever came of it?"""

import gc

import pytest

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Unavailable
from bot.sources import datasets
from bot.sources.datasets.memory import seldom_collected

ROW = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


@pytest.mark.parametrize(("raw", "kind"), [(ROW, DataProfile), (b"PK\x03\x04", Unavailable)])
def test_it_is_as_before(raw: bytes, kind: type) -> None:
    before, seen = gc.get_threshold(), list[tuple[int, int, int]]()
    found = datasets.profile(raw * 5_000, "openai-chat", "sft", progress=lambda _: seen.append(gc.get_threshold()))
    assert isinstance(found, kind)
    assert gc.get_threshold() == before
    assert all(first > before[0] for first, *_ in seen)
    assert bool(seen) == (kind is DataProfile)


def test_who_collects_never_goes_on_so() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0, *before[1:])
    try:
        with seldom_collected():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)
