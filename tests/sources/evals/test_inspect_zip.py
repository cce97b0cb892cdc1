"""Does a packed log that lies, is cut, or would burst never do more than earn a sentence?"""

import io
import random
import tracemalloc
import zlib

import pytest
from backports.zstd import compress, zipfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import evals
from bot.sources.evals import inspect_zip
from bot.sources.evals.inspect_zip import Archive
from bot.sources.trouble import Unreadable
from tests.sources.evals import made
from tests.sources.evals.inspect_made import Member, archive, data, header, log, packed, score

HEAD = Member("header.json", data(header(score(0.5, 4))))
SUMMARIES = Member("summaries.json", data(log()["samples"]))
WHOLE = archive(SUMMARIES, HEAD)


def refused(artifact: bytes) -> str:
    fact = made.refused(artifact)
    assert fact.trouble is Trouble.DEFINITIVE
    return fact.reason


@pytest.mark.parametrize("method", [0, 8, 93])
def test_members_are_read_whichever_way_they_are_packed(method: int) -> None:
    report = made.one(packed(log(), method=method))
    assert (report.metrics[0].value, report.metrics[0].recomputed, len(report.metrics[0].items)) == (0.5, 0.5, 4)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_ZSTANDARD])
def test_archives_of_an_ordinary_writer_are_read(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as new:
        new.writestr("a.json", b"1" * 5_000)
        with new.open("b.json", "w", force_zip64=True) as streamed:
            streamed.write(b"2" * 5_000)
    found = Archive(out.getvalue())
    assert (found.read("a.json"), found.read("b.json")) == (b"1" * 5_000, b"2" * 5_000)
    assert "a.json" in found
    assert "c.json" not in found


def test_sizes_and_counts_beyond_32_bits_and_comments_are_read() -> None:
    assert made.one(packed(log(), wide=True)).metrics[0].recomputed == 0.5
    assert made.one(packed(log(), comment=b"PK\x05\x06 of a team" * 3)).metrics[0].recomputed == 0.5


def test_the_most_members_that_the_short_record_counts_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for number in range(0xFFFF):
            new.writestr(zipfile.ZipInfo(f"samples/{number}"), b"")
    assert b"PK\x06\x06" not in out.getvalue()
    assert len(Archive(out.getvalue()).under("samples/")) == 0xFFFF


def test_several_frames_are_one_member() -> None:
    content = b"abc" * 100
    frames = compress(content[:100]) + compress(content[100:])
    facts = {"method": 93, "size": len(content), "crc": zlib.crc32(content)}
    assert Archive(archive(Member("a", frames, 0, facts))).read("a") == content


def test_an_unfinished_log_is_told_as_such() -> None:
    reason = refused(archive(Member("_journal/start.json", b"{}"), Member("samples/t0_epoch_1.json", b"{}")))
    assert "is unfinished" in reason
    assert "no `header.json`" in reason


def test_a_zip_archive_of_something_else_is_told_as_such() -> None:
    assert "is a zip archive, but no log of Inspect" in refused(archive(Member("results.json", b"{}")))


@pytest.mark.parametrize("cut", [1, 10, 40, len(WHOLE) // 2, len(WHOLE) - 10])
def test_a_log_that_is_cut_short_is_told_as_such(cut: int) -> None:
    assert "is cut short" in refused(WHOLE[:-cut])


def lying(**facts: int) -> bytes:
    return archive(SUMMARIES, Member(HEAD.name, HEAD.content, 93, facts))


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (lying(flags=1), "`header.json` of the log is encrypted."),
        (archive(Member("header.json", b"x", 0, {"method": 99})), "is encrypted"),
        (archive(Member("header.json", b"x", 0, {"method": 12})), "is packed by zip method 12"),
        (archive(Member("header.json", b"x", 0, {"method": 14})), "is packed by zip method 14"),
        (lying(size=len(HEAD.content) - 1), "`header.json` of the log is damaged"),
        (lying(size=len(HEAD.content) + 1), "`header.json` of the log is damaged"),
        (lying(crc=7), "`header.json` of the log is damaged"),
        (lying(packed=20), "`header.json` of the log is damaged"),
        (lying(at=0), "lie over one another"),
        (lying(at=2), "lie over one another"),
        (lying(packed=100_000), "reaches beyond its place"),
        (archive(SUMMARIES, HEAD, entries=3), "another number of members than it says"),
        (archive(SUMMARIES, HEAD, entries=1), "another number of members than it says"),
        (archive(SUMMARIES, HEAD, HEAD), "holds `header.json` twice"),
        (archive(SUMMARIES, SUMMARIES, HEAD), "holds `summaries.json` twice"),
        (archive(SUMMARIES, Member(HEAD.name, HEAD.content, local={"name": "footer.json"})), "is damaged"),
        (archive(SUMMARIES, Member(HEAD.name, HEAD.content, local={"method": 0})), "is damaged"),
        (archive(SUMMARIES, Member(HEAD.name, HEAD.content, local={"flags": 1})), "is damaged"),
        (archive(Member("header.json", b"no zstd", 0, {"method": 93})), "is damaged"),
        (archive(Member("header.json", b"no deflate", 0, {"method": 8})), "is damaged"),
        (archive(SUMMARIES, Member("header.json", b"{]")), "`header.json` of the log is no JSON"),
        (archive(SUMMARIES, Member("header.json", b"[]")), "says nothing of an eval"),
        (archive(SUMMARIES, Member("header.json", b'{"eval": {}, "eval": {}}')), "has the key `eval` twice"),
    ],
)
def test_what_lies_is_refused_by_its_reason(artifact: bytes, reason: str) -> None:
    assert reason in refused(artifact)


def test_a_replaced_sample_does_not_hinder() -> None:
    again = Member("samples/t0_epoch_1.json", b"{}")
    assert made.one(archive(again, again, SUMMARIES, HEAD)).metrics[0].recomputed == 0.5


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = Member("header.json", b" " * 40_000_000)
    assert len(bomb.data) < 10_000
    assert "unpacks to more than 500 times its size" in refused(archive(SUMMARIES, bomb))


@pytest.mark.parametrize("method", [8, 93])
def test_a_bomb_that_lies_of_its_size_is_never_unpacked_beyond_it(method: int) -> None:
    artifact = archive(SUMMARIES, Member("header.json", b" " * 40_000_000, method, {"size": 2_000}))
    tracemalloc.start()
    try:
        assert "is damaged" in refused(artifact)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


def test_a_member_beyond_its_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "has 100,000,001 bytes unpacked" in refused(lying(size=100_000_001))
    monkeypatch.setattr(inspect_zip, "MAX_TOTAL_BYTES", len(HEAD.content) + 10)
    assert f"`summaries.json` of the log has {len(SUMMARIES.content):,} bytes" in refused(WHOLE)


def test_a_directory_beyond_its_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_zip, "MAX_MEMBERS", 1)
    assert "a zip archive of 2 members, at most 1" in refused(WHOLE)


def test_a_truncated_frame_is_damaged() -> None:
    content = random.Random(1).randbytes(5_000)
    cut = compress(content)[:-100]
    facts = {"method": 93, "size": len(content), "crc": zlib.crc32(content)}
    with pytest.raises(Unreadable, match="damaged"):
        Archive(archive(Member("a", cut, 0, facts))).read("a")


@settings(max_examples=300)
@given(choices=st.data())
def test_a_log_with_bytes_changed_never_raises(choices: st.DataObject) -> None:
    raw = bytearray(choices.draw(st.sampled_from([WHOLE, packed(log(), wide=True), packed(log(), method=8)])))
    for _ in range(choices.draw(st.integers(1, 4))):
        at = choices.draw(st.integers(4, len(raw) - 1))
        raw[at : at + choices.draw(st.integers(0, 4))] = choices.draw(st.binary(max_size=4))
    assert isinstance(evals.read(bytes(raw), None), EvalReport | Unavailable)
