"""Which archives come from nobody who means well? Zip archives made to be too much, or not to be read."""

import io
import struct
import zipfile


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **more: int) -> bytes:
    """Pack files as everybody does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method, **more) as archive:  # type: ignore[arg-type]
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def streamed(files: dict[str, bytes]) -> bytes:
    """Pack files on the way, so that their sizes stand behind them, as GitHub's own uploads are packed."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, part: object) -> int:
            self.content += bytes(part)  # type: ignore[call-overload]
            return len(bytes(part))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in files.items():
            archive.writestr(name, content)
    return pipe.content


def wide(files: dict[str, bytes]) -> bytes:
    """Pack files whose sizes and whose directory's place stand in records of 64 bits."""
    content = zipped(files, zipfile.ZIP_STORED)
    end = content.rfind(b"PK\5\6")
    count, _, size, start = struct.unpack_from("<HHLL", content, end + 8)
    directory = bytearray()
    at = start
    while at < end:
        fixed = bytearray(content[at : at + 46])
        packed, unpacked, name_size = struct.unpack_from("<LLH", fixed, 20)
        (offset,) = struct.unpack_from("<L", fixed, 42)
        extra = struct.pack("<HHHH", 0x5455, 2, 7, 1) + struct.pack("<HQQQ", 24, unpacked, packed, offset)
        struct.pack_into("<LLHH", fixed, 20, 0xFFFFFFFF, 0xFFFFFFFF, name_size, len(extra))
        struct.pack_into("<L", fixed, 42, 0xFFFFFFFF)
        directory += fixed + content[at + 46 : at + 46 + name_size] + extra
        at += 46 + name_size
    end_64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    plain = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:start] + bytes(directory) + end_64 + locator + plain


def crowded(members: int) -> bytes:
    """Pack so many empty files that making an object of each would be the harm."""
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * members
    # the count that the end states is a lie: that there is one
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + end


def lying(content: bytes, size: int) -> bytes:
    """State another unpacked size of the first file in the directory."""
    changed = bytearray(content)
    struct.pack_into("<L", changed, content.index(b"PK\1\2") + 24, size)
    return bytes(changed)


def flagged(content: bytes, flags: int = 0, method: int | None = None) -> bytes:
    """Set flags, or another method of packing, of the first file in the directory."""
    changed = bytearray(content)
    at = content.index(b"PK\1\2")
    struct.pack_into("<H", changed, at + 8, flags)
    if method is not None:
        struct.pack_into("<H", changed, at + 10, method)
    return bytes(changed)
