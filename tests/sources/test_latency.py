"""Is the p95 of both sides found in what teams measure, and is nothing else taken for one?"""

import pytest

from bot.readiness.evidence import Latency
from bot.sources.latency import read
from bot.sources.trouble import Unreadable


def test_an_object_says_both_or_one() -> None:
    assert read(b'{"baseline_p95_ms": 912.5, "tuned_p95_ms": 118, "tool": "k6"}') == Latency(912.5, 118.0)
    assert read(b'{"baseline_p95_ms": 912.5, "tuned_p95_ms": null}') == Latency(912.5, None)


def test_of_rows_the_slowest_twentieth_is_left_out() -> None:
    rows = ["subject,ms", *(f"baseline,{n}" for n in range(1, 101)), *(f"tuned,{n}" for n in range(20, 0, -1))]
    assert read("\r\n".join(rows).encode()) == Latency(95.0, 19.0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no columns"),
        (b"{}", "no latency"),
        (b'{"baseline_p95_ms": true}', "no number of milliseconds"),
        (b'{"baseline_p95_ms": -1}', "no number of milliseconds"),
        (b'{"baseline_p95_ms": 1e999}', "out of range"),
        (b'{"baseline_p95_ms": "a"}', "no number of milliseconds"),
        (b'{"baseline_p95_ms": 9, "baseline_p95_ms": 1}', "twice"),
        (b"subject,ms\n" + b"baseline,5\n" * 19, "19 requests were timed"),
        (b"subject,ms\nother,5\n", "neither the baseline nor the tuned"),
        (b"subject,ms\nbaseline,\n", "no number of milliseconds"),
        (b"a,b\n1,2\n", "no columns"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b" " * 20_000_001, "20,000,001 bytes"),
    ],
)
def test_anything_else_is_told_in_a_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(raw)
    assert said in refused.value.fact.reason
    assert refused.value.fact.fix
