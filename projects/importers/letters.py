"""The bytes of a column of texts, for what is done with all of them at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from projects.importers.source import AS_CP1252

Array = Any
"""Of numpy, one-dimensional."""

_BEYOND = 16


def letters_of(texts: pa.Array) -> tuple[Array, Array, Array]:
    """The bytes of all texts, and where each text begins and ends in them."""
    _valid, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    return letters, places[:-1], places[1:]


def has_letter(texts: pa.Array, wanted: bytes) -> bool:
    """Whether any of these letters is in any of the texts."""
    letters, starts, ends = letters_of(texts)
    if not len(starts):
        return False
    inside = letters[starts[0] : ends[-1]]
    return any((inside == letter).any() for letter in wanted)


def count_of(letter: bytes, piece: bytes) -> int:
    """The same as piece.count(letter), which is slow where there are many."""
    return int(np.count_nonzero(np.frombuffer(piece, np.uint8) == ord(letter)))


def lines_in(piece: bytes) -> int:
    """How many lines; each ends with a line feed, a return, or both; the last one may lack that."""
    letters = np.frombuffer(piece, np.uint8)
    is_feed, is_return = letters == ord("\n"), letters == ord("\r")
    both = np.count_nonzero(is_return[:-1] & is_feed[1:])
    ends = np.count_nonzero(is_feed) + np.count_nonzero(is_return) - both
    return int(ends) + (not piece.endswith((b"\n", b"\r")))


def repaired(piece: bytes) -> bytes:
    """Valid UTF-8, of whole lines that should be it."""
    return piece if _is_utf8(piece) else piece.decode("utf-8", AS_CP1252).encode("utf-8", "replace")


def _is_utf8(piece: bytes) -> bool:
    ends = pa.py_buffer(np.array([0, len(piece)], np.int32))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(piece)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def in_small_letters(texts: pa.Array) -> pa.Array:
    """Without space around them."""
    letters, starts, ends = letters_of(texts)
    if len(starts) and (letters[starts[0] : ends[-1]] >= 128).any():
        return pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    return pc.ascii_lower(pc.ascii_trim_whitespace(texts))


def seconds_of(times: pa.Array) -> tuple[Array, Array]:
    """Seconds since midnight of times such as 16:27:40 or 4:27:40 PM, and which of them are written like that."""
    letters, starts, ends = letters_of(times)
    letters = np.concatenate([letters, np.zeros(_BEYOND, np.uint8)]).astype(np.int64)
    colon = starts + np.where(letters[starts + 1] == ord(":"), 1, 2)
    hour = letters[starts] - ord("0")
    is_right = (hour >= 0) & (hour <= 9) & (letters[colon] == ord(":")) & (letters[colon + 3] == ord(":"))
    found = np.where(colon - starts == 2, 10 * hour + letters[starts + 1] - ord("0"), hour)
    for at in (1, 4):
        tens, ones = letters[colon + at] - ord("0"), letters[colon + at + 1] - ord("0")
        is_right &= (tens >= 0) & (tens <= 5) & (ones >= 0) & (ones <= 9)
        found = found * 60 + 10 * tens + ones
    is_right &= (found >= 0) & (found < 86_400) & (ends >= colon + 6)
    if has_letter(times, b"AaPp"):
        half = np.where(ends == colon + 9, letters[colon + 7] | 32, 0)  # small letters
        is_right &= (ends == colon + 6) | ((letters[colon + 6] == ord(" ")) & ((half == ord("a")) | (half == ord("p"))))
        is_twelve = found >= 12 * 3600
        found = found - 43_200 * ((half != 0) & is_twelve) + 43_200 * (half == ord("p"))
    return found, is_right
