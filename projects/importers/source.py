"""The bytes of a file: fingerprinted and counted while they are read once, a piece at a time, and turned into UTF-8."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from typing import Protocol

from projects.importers.problems import CannotRead

MOST_BYTES = 1024 * 1024 * 1024
HEAD = 256 * 1024
_BLOCK = 1024 * 1024
_OTHER_FILES = (
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"MZ",
    b"\x7fELF",
    b"SQLite format 3",
    b"Rar!",
    b"7z",
)
_BLANK = b"\r\n\t \xff\xfe\xef\xbb\xbf"
AS_CP1252 = "mdeprep_as_cp1252"


class Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 was written by an older program: its own bytes are read as Windows-1252, the others as UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(AS_CP1252, _as_cp1252)


class Source:
    """A stream. `head` is how it begins; `blocks` are all of it, once. Raises CannotRead when it is too large."""

    def __init__(self, stream: Bytes, most: int | None = None) -> None:
        self._stream, self._most = stream, MOST_BYTES if most is None else most
        self._hash = hashlib.sha256()
        self.taken = 0
        self.head = self._take(HEAD)
        while self.head and len(self.head) < HEAD and (more := self._take(HEAD - len(self.head))):
            self.head += more

    def _take(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._hash.update(piece)
        self.taken += len(piece)
        if self.taken > self._most:
            raise CannotRead("too_large", most=self._most // 2**20)
        return piece

    def blocks(self) -> Iterator[bytes]:
        if self.head:
            yield self.head
        while piece := self._take(_BLOCK):
            yield piece

    @property
    def fingerprint(self) -> str:
        return self._hash.hexdigest()


def encoding(head: bytes) -> str:
    """How a text that begins like this is encoded. Raises CannotRead if it is no text."""
    if not head.strip(b"\x00" + _BLANK):
        raise CannotRead("binary" if head.strip(_BLANK) else "empty")
    if head.startswith(_OTHER_FILES):
        raise CannotRead("binary")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:4096]
    share = start.count(0) / len(start)
    if share > 0.3:  # every other byte: UTF-16 without its mark
        if start[1::2].count(0) > 0.6 * len(start[1::2]):
            return "utf-16-le"
        if start[::2].count(0) > 0.6 * len(start[::2]):
            return "utf-16-be"
    controls = sum(1 for byte in start if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x00")
    if share > 0.05 or controls > 0.02 * len(start):
        raise CannotRead("binary")
    return "utf-8"


def in_utf8(source: Source, written: str) -> Iterator[bytes]:
    """The blocks without a mark of their order, and, if they were UTF-16, in UTF-8. Not yet checked to be it."""
    if written == "utf-8":
        blocks = source.blocks()
        yield next(blocks, b"").removeprefix(codecs.BOM_UTF8)
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(written)("replace")
    for block in source.blocks():
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
