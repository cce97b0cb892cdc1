"""What does a file of a zip archive hold, when the archive may be hostile? Its directory is walked, one file is unpacked.

Nothing is written anywhere and no other file of the archive is unpacked, so that names and their paths are only compared.
The directory is read here and not by `zipfile`, which makes an object of each of a million entries before anybody can
count them.
"""

import struct
import zlib
from dataclasses import dataclass

MOST_MEMBERS = 5_000  # house
MOST_RATIO = 500  # house: logs of evals shrink to a fiftieth; beyond `_SMALL` bytes only a bomb shrinks more than this
_SMALL = 1024 * 1024
_END, _END_64, _LOCATOR, _MEMBER, _LOCAL = (b"PK" + sign for sign in (b"\5\6", b"\6\6", b"\6\7", b"\1\2", b"\3\4"))
_END_SIZE, _LOCATOR_SIZE, _END_64_SIZE, _MEMBER_SIZE, _LOCAL_SIZE = 22, 20, 56, 46, 30
_LONGEST_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF_8 = 0x1, 0x800
_FULL = 0xFFFFFFFF  # the value stands in the record of 64 bits


class BadArchive(Exception):
    """The archive cannot, or may not, be unpacked; the message is a clause about it ("is cut off")."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, as the directory describes it; sizes in bytes, `offset` of its own header."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def members(content: bytes) -> tuple[Member, ...]:
    """List the files of an archive, folders left out; raises BadArchive."""
    try:
        start, size = _directory(content)
        return tuple(_walk(content, start, start + size))
    except struct.error as error:
        raise BadArchive("is cut off") from error


def unpack(content: bytes, member: Member, max_bytes: int) -> bytes:
    """Unpack one file of at most so many bytes; raises BadArchive."""
    if member.flags & _ENCRYPTED:
        raise BadArchive("is encrypted")
    if member.size > max_bytes:
        raise BadArchive(f"holds the file with {member.size:,} bytes; at most {max_bytes:,} are read")
    packed = _packed(content, member)
    if member.size > max(_SMALL, MOST_RATIO * len(packed)):
        raise BadArchive(f"unpacks to more than {MOST_RATIO} times its size")
    if member.method == _STORED:
        found = packed
    elif member.method == _DEFLATED:
        found = _inflated(packed, member.size)
    else:
        raise BadArchive("is packed by a method other than deflate")
    if len(found) != member.size or zlib.crc32(found) != member.crc:
        raise BadArchive("is damaged")
    return found


def _directory(content: bytes) -> tuple[int, int]:
    """Find where the directory starts and how long it is."""
    end = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0:
        raise BadArchive("is no zip archive, or is cut off")
    size, start, comment = struct.unpack_from("<LLH", content, end + 12)
    if end + _END_SIZE + comment > len(content):
        raise BadArchive("is cut off")
    locator = end - _LOCATOR_SIZE
    if locator >= 0 and content.startswith(_LOCATOR, locator):
        (there,) = struct.unpack_from("<Q", content, locator + 8)
        if there + _END_64_SIZE > locator or not content.startswith(_END_64, there):
            raise BadArchive("is damaged")
        size, start = struct.unpack_from("<QQ", content, there + 40)
        end = there
    if start + size > end:
        raise BadArchive("is damaged")
    return start, size


def _walk(content: bytes, at: int, end: int) -> list[Member]:
    found: list[Member] = []
    seen = 0
    while at < end:
        if not content.startswith(_MEMBER, at):
            raise BadArchive("is damaged")
        seen += 1
        if seen > MOST_MEMBERS:
            raise BadArchive(f"holds more than {MOST_MEMBERS:,} files")
        flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size = struct.unpack_from(
            "<4H3L3H", content, at + 8
        )
        (offset,) = struct.unpack_from("<L", content, at + 42)
        name_end = at + _MEMBER_SIZE + name_size
        extra = content[name_end : name_end + extra_size]
        size, packed, offset = _wide(extra, size, packed, offset)
        at_next = name_end + extra_size + comment_size
        if at_next > end:
            raise BadArchive("is damaged")
        name = content[at + _MEMBER_SIZE : name_end].decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        if not name.endswith("/"):
            found.append(Member(name, flags, method, crc, packed, size, offset))
        at = at_next
    return found


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Read those of three numbers that need 64 bits from where they stand then."""
    if _FULL not in (size, packed, offset):
        return size, packed, offset
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = iter(struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            numbers = [next(wide, (each,))[0] if each == _FULL else each for each in (size, packed, offset)]
            return numbers[0], numbers[1], numbers[2]
        at += 4 + length
    return size, packed, offset


def _packed(content: bytes, member: Member) -> bytes:
    at = member.offset
    if not content.startswith(_LOCAL, at) or at + _LOCAL_SIZE > len(content):
        raise BadArchive("is damaged")
    name_size, extra_size = struct.unpack_from("<HH", content, at + 26)
    start = at + _LOCAL_SIZE + name_size + extra_size
    found = content[start : start + member.packed]
    if len(found) != member.packed:
        raise BadArchive("is cut off")
    return found


def _inflated(packed: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # never more than the directory says, which is within the cap, and one byte to see that there is more
        return inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise BadArchive("is damaged") from error
