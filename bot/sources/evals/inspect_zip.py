"""Which bytes does a member of an Inspect log hold? A zip archive, read by its directory, bounded before anything is unpacked.

Inspect packs by zstd (zip method 93), which Python's own reader knows from 3.14 on only. Of a name that stands twice the last
one counts, as for Inspect, which so replaces samples; that the header or the summaries stand twice is refused.
"""

import struct
import sys
import zlib
from dataclasses import dataclass
from typing import NoReturn

from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_MEMBERS = 250_000  # house: 200,000 samples and their journal
MAX_DIRECTORY_BYTES = 40_000_000  # house: what so many members need
MAX_MEMBER_BYTES = 100_000_000  # house: unpacked, as much as any other artifact
MAX_TOTAL_BYTES = (
    1_000_000_000  # house: unpacked one after the other, about five seconds; all members that are looked at
)
MAX_RATIO = 500  # house: unpacked to packed; logs of real tools come to 5 to 40
_RATIO_FROM = 1_000_000  # bytes unpacked below which a high ratio costs nothing
_STORED, _DEFLATED, _ZSTD = 0, 8, 93
_ENCRYPTED = 0x1
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_AGAIN = "Link the log as Inspect wrote it; `inspect log dump FILE` shows whether it can be read."


@dataclass(frozen=True, slots=True)
class _Member:
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int


class Archive:
    """The members of an archive by name; raises Unreadable for a directory that cannot be trusted."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._left = MAX_TOTAL_BYTES
        self._members: dict[bytes, _Member] = {}
        self._twice: set[bytes] = set()
        entries, size, start = _directory(raw)
        if entries > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES:
            raise Unreadable(
                f"The log is a zip archive of {entries:,} members, at most {MAX_MEMBERS:,} are read.",
                "Link a log with fewer samples.",
            )
        members = _members(raw, entries, start, start + size)
        _apart(members, start)
        for member in members:
            if member.name in self._members:
                self._twice.add(member.name)
            self._members[member.name] = member

    def __contains__(self, name: str) -> bool:
        return name.encode("utf-8", "replace") in self._members

    def under(self, folder: str) -> list[str]:
        """List the members of a folder, in the archive's order."""
        begin = folder.encode()
        return [name.decode("utf-8", "replace") for name in self._members if name.startswith(begin)]

    def read(self, name: str, *, once: bool = True) -> bytes:
        """Unpack a member; raises Unreadable. With `once` it must stand there once only."""
        member, shown = self._members.get(name.encode("utf-8", "replace")), printable(name)
        if member is None:
            raise Unreadable(f"The log has no `{shown}`.", _AGAIN)
        if once and member.name in self._twice:
            raise Unreadable(
                f"The log holds `{shown}` twice, so readers differ in what it says.",
                "Link the log as Inspect wrote it, or write it anew: `inspect log convert`.",
            )
        if member.flags & _ENCRYPTED or member.method == 99:
            raise Unreadable(f"`{shown}` of the log is encrypted.", "Link a log without a password.")
        if member.method not in (_STORED, _DEFLATED, _ZSTD):
            raise Unreadable(
                f"`{shown}` of the log is packed by zip method {member.method}; zstd, deflate and none are read.",
                _AGAIN,
            )
        if member.size > min(self._left, MAX_MEMBER_BYTES):
            raise Unreadable(
                f"`{shown}` of the log has {member.size:,} bytes unpacked, at most {MAX_MEMBER_BYTES:,} are read, and"
                f" {MAX_TOTAL_BYTES:,} of all.",
                "Link a log with fewer or shorter samples.",
            )
        if member.size > _RATIO_FROM and member.size > MAX_RATIO * member.packed:
            raise Unreadable(
                f"`{shown}` of the log unpacks to more than {MAX_RATIO} times its size, which no log does.", _AGAIN
            )
        self._left -= member.size
        return _unpacked(member, self._packed(member, shown), shown)

    def _packed(self, member: _Member, shown: str) -> bytes:
        local = self._raw[member.at : member.at + _LOCAL.size]
        if len(local) < _LOCAL.size:
            _damaged(shown)
        magic, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack(local)
        begin = member.at + _LOCAL.size
        if (magic, method, flags & _ENCRYPTED) != (b"PK\x03\x04", member.method, 0):
            _damaged(shown)
        if self._raw[begin : begin + name] != member.name:
            _damaged(shown)
        data = self._raw[begin + name + extra : begin + name + extra + member.packed]
        return data if len(data) == member.packed else _damaged(shown)


def _directory(raw: bytes) -> tuple[int, int, int]:
    """Find the directory: its number of entries, its bytes, where it begins; raises Unreadable."""
    least, at = max(0, len(raw) - _END.size - 65_535), len(raw)
    while (at := raw.rfind(b"PK\x05\x06", least, at)) >= 0:
        if at + _END.size <= len(raw):
            _, disk, first, _, entries, size, start, comment = _END.unpack_from(raw, at)
            if at + _END.size + comment == len(raw):
                break
    if at < 0:
        raise Unreadable(
            "The log is cut short: a zip archive whose directory is missing.",
            "Link the whole file, copied after the run had ended.",
        )
    ends = at
    # exactly 65,535 members fit the short record, and ordinary writers then write no other
    told_elsewhere = raw[max(0, at - _LOCATOR64.size) : at].startswith(b"PK\x06\x07")
    if 0xFFFFFFFF in (size, start) or (entries == 0xFFFF and told_elsewhere):
        entries, size, start, ends = _directory64(raw, at)
    if disk or first or start + size > ends:
        raise Unreadable("The directory of the log's zip archive lies where it cannot be.", _AGAIN)
    return entries, size, start


def _directory64(raw: bytes, at: int) -> tuple[int, int, int, int]:
    where = at - _LOCATOR64.size
    if where >= 0:
        magic, _, offset, _ = _LOCATOR64.unpack_from(raw, where)
        if magic == b"PK\x06\x07" and offset + _END64.size <= where:
            magic, _, _, _, _, _, _, entries, size, start = _END64.unpack_from(raw, offset)
            if magic == b"PK\x06\x06":
                return entries, size, start, offset
    raise Unreadable("The directory of the log's zip archive is damaged.", _AGAIN)


def _members(raw: bytes, entries: int, at: int, end: int) -> list[_Member]:
    """Read the directory; raises Unreadable where it holds another number of members than it says."""
    members: list[_Member] = []
    while at + _ENTRY.size <= end and len(members) <= entries:
        magic, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, _, offset = _ENTRY.unpack_from(
            raw, at
        )
        if magic != b"PK\x01\x02":
            break
        at += _ENTRY.size
        if 0xFFFFFFFF in (packed, size, offset):
            size, packed, offset = _large(raw[at + name : at + name + extra], size, packed, offset)
        members.append(_Member(raw[at : at + name], flags, method, crc, packed, size, offset))
        at += name + extra + comment
    if len(members) != entries or at != end:
        raise Unreadable("The directory of the log's zip archive holds another number of members than it says.", _AGAIN)
    return members


def _large(extra: bytes, *given: int) -> tuple[int, int, int]:
    """Take sizes and offset of a member beyond 4 GB, as far as its fields point to them."""
    at, found = 0, b""
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            found = extra[at + 4 : at + 4 + length]
        at += 4 + length
    wide = iter(struct.unpack(f"<{len(found) // 8}Q", found[: len(found) // 8 * 8]))
    size, packed, offset = (next(wide, value) if value == 0xFFFFFFFF else value for value in given)
    return size, packed, offset


def _apart(members: list[_Member], end: int) -> None:
    """Raise Unreadable where two members share bytes, or one reaches into the directory."""
    reached = 0
    for member in sorted(members, key=lambda member: member.at):
        if member.at < reached:
            raise Unreadable("Members of the log's zip archive lie over one another, which no log does.", _AGAIN)
        reached = member.at + _LOCAL.size + len(member.name) + member.packed
    if reached > end:
        raise Unreadable("A member of the log's zip archive reaches beyond its place: it is cut short.", _AGAIN)


def _unpacked(member: _Member, data: bytes, shown: str) -> bytes:
    if member.method == _STORED:
        found: bytes | None = data
    elif member.method == _DEFLATED:
        found = _inflated(data, member.size)
    else:
        found = _decompressed(data, member.size)
    if found is None or len(found) != member.size or zlib.crc32(found) != member.crc:
        _damaged(shown)
    return found


def _inflated(data: bytes, size: int) -> bytes | None:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = unpacker.decompress(data, size + 1)
    except zlib.error:
        return None
    return found if unpacker.eof and not unpacker.unused_data else None


def _decompressed(data: bytes, size: int) -> bytes | None:
    """Unpack frames of zstd, at most one byte more than the member has by the directory; None where they are damaged."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError
    else:
        from backports.zstd import ZstdDecompressor, ZstdError
    parts, left = [], size + 1
    try:
        while data and left > 0:
            unpacker = ZstdDecompressor()
            while True:
                part = unpacker.decompress(data, max_length=left)
                data = b""
                parts.append(part)
                left -= len(part)
                if unpacker.eof or unpacker.needs_input or left <= 0:
                    break
            if not unpacker.eof:
                return None
            data = unpacker.unused_data
    except ZstdError:
        return None
    return b"".join(parts)


def _damaged(shown: str) -> NoReturn:
    raise Unreadable(f"`{shown}` of the log is damaged: it is not what the archive's directory says of it.", _AGAIN)
