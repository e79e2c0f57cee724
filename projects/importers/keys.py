"""What devices are known by while a file is read: keyed hashes, in memory, of which the key is forgotten with them.

A hash is a sum of the bytes of a text, each times a random weight of its own (multilinear hashing modulo 2^64): two
different texts meet with a chance of at most 2^-57, and nothing can be told from it without the weights.
"""

from __future__ import annotations

import secrets

import numpy as np
import pyarrow as pa

from projects.importers.letters import Array, in_small_letters, letters_of

_TOLD_NAMES = (
    *("", "localhost", "unknown", "n/a", "-", "none", "null"),
    *("mac", "imac", "macbook", "macbook pro", "macbook-pro", "macbook air", "macbook-air", "mac mini", "mac-mini"),
    *("ubuntu", "debian", "centos", "rhel", "windows"),
)
"""What stands for no name, or is one that a system gives itself: devices are not the same one because of it."""
_LONGEST = 1_024
_STEP = 1 << 18
_DOT = ord(".")


class Keys:
    """Hashes of one kind of name, under weights of this reading. 0 stands for no name."""

    def __init__(self, *, is_short: bool) -> None:
        self._is_short = is_short
        self._weights = np.frombuffer(secrets.token_bytes(8 * (2 * _LONGEST + 1)), dtype=np.uint64)
        self._none = self._hashed(pa.array(_TOLD_NAMES, pa.string()))

    def of(self, names: pa.Array) -> Array:
        """A hash for each name, whatever its case; with `is_short` of what stands before its first dot.

        But for an address (10.0.0.7), which begins and ends with a digit.
        """
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
    is_address = _is_digit(data[np.minimum(starts, len(data) - 1)]) & _is_digit(data[np.maximum(ends - 1, 0)])
    return np.where((after < len(dots)) & (first < ends) & ~is_address, first, ends)


def _is_digit(letters: Array) -> Array:
    return (letters >= ord("0")) & (letters <= ord("9"))


def newest(keys: Array, moments: Array) -> Array:
    """Which rows stay when of all rows with the same key only the newest does; of equally new ones the first.

    Key 0 is nobody's: such rows all stay.
    """
    stays = np.ones(len(keys), bool)
    rows = _with_twins(keys)
    stays[rows] = False
    rows = rows[np.lexsort((rows, -moments[rows].astype(np.int64), keys[rows]))]
    is_first = np.ones(len(rows), bool)
    is_first[1:] = keys[rows[1:]] != keys[rows[:-1]]
    stays[rows[is_first]] = True
    return stays


def _with_twins(keys: Array) -> Array:
    """The rows whose key another row has too. A step at a time: keys are many, and those that come twice are few."""
    in_order = np.sort(keys)
    twice = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    del in_order
    twice = twice[twice != 0]
    if not len(twice):
        return np.zeros(0, np.int64)
    found = []
    for start in range(0, len(keys), _STEP):
        some = keys[start : start + _STEP]
        nearest = twice[np.minimum(np.searchsorted(twice, some), len(twice) - 1)]
        found.append(start + np.flatnonzero(nearest == some))
    return np.concatenate(found)


class Devices:
    """Columns that grow with the rows of a file, a block at a time, so that each can be let go by itself."""

    def __init__(self, **columns: type) -> None:
        self._kinds = columns
        self._blocks: dict[str, list[Array]] = {name: [] for name in columns}
        self._room = self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, **columns: Array) -> None:
        wanted = len(next(iter(columns.values())))
        done = 0
        while done < wanted:
            if not self._room:
                for name, kind in self._kinds.items():
                    self._blocks[name].append(np.empty(_STEP, kind))
                self._room = _STEP
            some = min(self._room, wanted - done)
            for name, values in columns.items():
                at = _STEP - self._room
                self._blocks[name][-1][at : at + some] = values[done : done + some]
            self._room -= some
            done += some
        self._rows += wanted

    def pop(self, name: str) -> Array:
        """A column in one piece; its blocks are let go."""
        return np.concatenate(self._blocks.pop(name) or [np.empty(0, self._kinds[name])])[: self._rows]
