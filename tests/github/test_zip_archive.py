"""Is a file of an archive unpacked whole, and is an archive that was made to harm told for what it is?"""

import random
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.github.zip_archive import MOST_MEMBERS, BadArchive, members, unpack
from tests.github.zips import crowded, flagged, lying, streamed, wide, zipped

FILES = {"results.json": b'{"acc": 0.81}' * 50, "logs/röws.jsonl": b"{}\n", "empty": b""}
MEGABYTE = 1024 * 1024


def _unpacked(content: bytes, name: str, max_bytes: int = 10_000) -> bytes:
    return unpack(content, next(each for each in members(content) if each.name == name), max_bytes)


@pytest.mark.parametrize(
    "archive",
    [
        zipped(FILES),
        zipped(FILES, zipfile.ZIP_STORED),
        streamed(FILES),
        wide(FILES),
        zipped({"folder/": b"", **FILES}),
    ],
)
def test_an_archive_is_read_as_it_was_packed(archive: bytes) -> None:
    assert {each.name: unpack(archive, each, 10_000) for each in members(archive)} == FILES


def test_an_archive_with_a_comment_is_read() -> None:
    content = bytearray(zipped(FILES))
    content[-2:] = (5).to_bytes(2, "little")
    assert _unpacked(bytes(content) + b"hello", "empty") == b""


def test_an_archive_without_a_file_holds_none() -> None:
    assert members(zipped({})) == ()


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped({"x": bytes(40 * MEGABYTE)})
    assert len(bomb) < MEGABYTE
    with pytest.raises(BadArchive, match="500 times"):
        _unpacked(bomb, "x", 100 * MEGABYTE)
    with pytest.raises(BadArchive, match=r"41,943,040 bytes; at most 1,000"):
        _unpacked(bomb, "x", 1_000)


def test_a_bomb_that_lies_about_its_size_is_unpacked_no_further_than_it_says() -> None:
    with pytest.raises(BadArchive, match="damaged"):
        _unpacked(lying(zipped({"x": bytes(40 * MEGABYTE)}), 100), "x")
    with pytest.raises(BadArchive, match="damaged"):
        _unpacked(lying(zipped({"x": b"abc"}), 100), "x")


def test_what_shrinks_much_but_is_small_is_unpacked() -> None:
    assert _unpacked(zipped({"x": bytes(MEGABYTE)}), "x", MEGABYTE) == bytes(MEGABYTE)


def test_a_directory_of_too_many_files_is_left_whatever_count_it_states() -> None:
    assert len(members(crowded(MOST_MEMBERS))) == MOST_MEMBERS
    with pytest.raises(BadArchive, match="more than 5,000 files"):
        members(crowded(100_000))


def test_an_encrypted_file_and_one_of_another_method_are_told() -> None:
    with pytest.raises(BadArchive, match="encrypted"):
        _unpacked(flagged(zipped(FILES), 1), "results.json")
    with pytest.raises(BadArchive, match="other than deflate"):
        _unpacked(flagged(zipped(FILES), method=12), "results.json")


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 60, 100])
def test_a_truncated_archive_is_told(cut: int) -> None:
    whole = zipped(FILES)
    with pytest.raises(BadArchive):
        members(whole[:cut])
    with pytest.raises(BadArchive):
        members(whole[: len(whole) - max(cut, 1)])


def test_a_changed_byte_of_the_content_is_noticed() -> None:
    content = bytearray(zipped({"x": b"0" * 100}, zipfile.ZIP_STORED))
    content[60] ^= 1
    with pytest.raises(BadArchive, match="damaged"):
        _unpacked(bytes(content), "x")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8), st.sampled_from([zipped(FILES), wide(FILES)]))
def test_noise_in_an_archive_never_raises_anything_else(seed: int, changes: int, archive: bytes) -> None:
    chance = random.Random(seed)
    content = bytearray(archive)
    for _ in range(changes):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(BadArchive):
        for each in members(bytes(content)):
            assert len(unpack(bytes(content), each, 10_000)) <= 10_000
