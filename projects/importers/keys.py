"""What devices are known by while a file is read: keyed hashes, in memory, of which the key is forgotten with them.

A hash is a sum of the bytes of a text, each times a random weight of its own (multilinear hashing modulo 2^64): two
different texts meet with a chance of at most 2^-57, and nothing can be told from it without the weights.
"""

from __future__ import annotations

import secrets

import numpy as np
import pyarrow as pa

from projects.importers.letters import Array, in_small_letters, letters_of

_TOLD_NAMES = ("", "localhost", "unknown", "n/a", "-", "none", "null")
"""What stands for no name: devices are not the same one because both are called this."""
_LONGEST = 1_024
_DOT = ord(".")


class Keys:
    """Hashes of one kind of name, under weights of this reading. 0 stands for no name."""

    def __init__(self, *, is_short: bool) -> None:
        self._is_short = is_short
        self._weights = np.frombuffer(secrets.token_bytes(8 * (2 * _LONGEST + 1)), dtype=np.uint64)
        self._none = self._hashed(pa.array(_TOLD_NAMES, pa.string()))

    def of(self, names: pa.Array) -> Array:
        """A hash for each name, whatever its case; with `is_short` of what stands before its first dot."""
        found = self._hashed(in_small_letters(names))
        found[np.isin(found, self._none)] = 0
        return found

    def _hashed(self, names: pa.Array) -> Array:
        data, starts, ends = letters_of(names)
        if self._is_short:
            ends = _first_dots(data, starts, ends)
        lengths = np.minimum(ends - starts, _LONGEST)
        found = np.zeros(len(lengths), np.uint64)
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            if (np.diff(starts[rows]) == length).all():  # one after the other: nothing to gather
                letters = data[starts[rows[0]] : starts[rows[0]] + len(rows) * length].reshape(len(rows), length)
            else:
                letters = data[starts[rows, None] + np.arange(length)]
            found[rows] = letters.astype(np.uint64) @ self._weights[:length] + self._weights[_LONGEST + length]
        return found


def _first_dots(data: Array, starts: Array, ends: Array) -> Array:
    dots = np.flatnonzero(data == _DOT)
    if not len(dots):
        return ends
    after = np.searchsorted(dots, starts)
    first = dots[np.minimum(after, len(dots) - 1)]
    return np.where((after < len(dots)) & (first < ends), first, ends)


def newest(keys: Array, moments: Array) -> Array:
    """Which rows stay when of all rows with the same key only the newest does; of equally new ones the first.

    Key 0 is nobody's: such rows all stay.
    """
    stays = np.ones(len(keys), bool)
    order = np.argsort(keys)
    in_order = keys[order]
    as_before = (in_order[1:] == in_order[:-1]) & (in_order[1:] != 0)
    has_twin = np.zeros(len(keys), bool)
    has_twin[1:] |= as_before
    has_twin[:-1] |= as_before
    rows = order[has_twin]
    stays[rows] = False
    rows = rows[np.lexsort((rows, -moments[rows].astype(np.int64), keys[rows]))]
    is_first = np.ones(len(rows), bool)
    is_first[1:] = keys[rows[1:]] != keys[rows[:-1]]
    stays[rows[is_first]] = True
    return stays
