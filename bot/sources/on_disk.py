"""Where do the bytes of a large file lie while it is read? On disk, in a file without a name: it is gone when whoever reads it is."""

import errno
import hashlib
import mmap
import tempfile
from typing import BinaryIO

IN_MEMORY = 32_000_000
"""Bytes up to which a file is held in memory (house)."""


class OnDisk:
    """The bytes of a file that is too large to be held. Close it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Take an open file of so many bytes."""
        self._file = file
        self.size = size

    def fileno(self) -> int:
        """Give the descriptor, for another process."""
        return self._file.fileno()

    def mapped(self) -> mmap.mmap:
        """Open the bytes for reading, wherever they are needed."""
        return mapped(self._file.fileno(), self.size)

    def close(self) -> None:
        """Let go of the bytes."""
        self._file.close()


Content = bytes | OnDisk
"""What was read of a file: in memory, or on disk where it is large."""


class Spool:
    """Takes the bytes of a file of unknown size one after another: into memory, and from some size on onto disk.

    `write` raises OSError where the disk takes no more. Close it, unless its content was taken.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Take how many bytes are held in memory."""
        self._in_memory = in_memory
        self._held = bytearray()
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Take the next bytes."""
        self._digest.update(piece)
        self.size += len(piece)
        if self._file is None and self.size > self._in_memory:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by whoever takes the content
            self._file.write(self._held)
            self._held = bytearray()
        if self._file is None:
            self._held += piece
        else:
            self._file.write(piece)

    @property
    def sha256(self) -> str:
        """Digest all bytes so far."""
        return self._digest.hexdigest()

    def content(self) -> Content:
        """Give what was taken; whoever takes it closes it."""
        if self._file is None:
            return bytes(self._held)
        self._file.flush()
        file, self._file = self._file, None
        return OnDisk(file, self.size)

    def close(self) -> None:
        """Let go of what was taken so far."""
        if self._file is not None:
            self._file.close()
            self._file = None


def mapped(descriptor: int, size: int) -> mmap.mmap:
    """Map a file that is open into memory, as far as it is looked at; raises MemoryError where no room is left for it."""
    try:
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise MemoryError from error
        raise
