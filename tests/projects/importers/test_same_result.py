"""The same devices give the same result: in whatever file they are, in whatever pieces it is read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import exports
from bench.workbook import write_rows
from projects.importers import CannotRead, Result, separated, source
from tests.projects.importers.given import INTUNE, read


def outcome(data: bytes) -> Result | str:
    try:
        return read(data)
    except CannotRead as error:
        return error.code


def one_row_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise pa.ArrowInvalid("row by row")

    monkeypatch.setattr(separated.pa_csv, "read_csv", refuse)


LINES = st.lists(
    st.lists(
        st.sampled_from(
            [
                *(
                    "",
                    "PC-1",
                    "pc-2.contoso.example",
                    "Windows",
                    "10.0.22631.1",
                    "Windows Server 2019",
                    "AOSP",
                    '"a,b"',
                ),
                *("2026-11-20 12:00:00", "2025-01-01", "13/01/2026", "soon", '"x\ny"', '"say ""hi"""', "ü", "a\x00b"),
                *('5"', " ", "Personal", "=1+1", '"p\r\nq"'),
            ]
        ),
        min_size=1,
        max_size=8,
    ),
    max_size=40,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_all_at_once_is_the_same_as_row_by_row(lines, end):
    data = (INTUNE + end.join(",".join(line) for line in lines)).encode()
    at_once = outcome(data)
    with pytest.MonkeyPatch.context() as patch:
        one_row_at_a_time(patch)
        assert outcome(data) == at_once
    if isinstance(at_once, Result):
        assert at_once.adds_up


@settings(max_examples=150)
@given(LINES, st.integers(1, 200))
def test_where_a_file_is_cut_into_pieces_does_not_matter(lines, size):
    data = (INTUNE + "\n".join(",".join(line) for line in lines)).encode()
    whole = outcome(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(separated, "_PIECE", size)
        patch.setattr(source, "HEAD", 100)
        patch.setattr(source, "_BLOCK", size)
        assert outcome(data) == whole


@pytest.mark.parametrize("kind", exports.KINDS)
def test_the_kind_of_file_does_not_matter(kind, tmp_path):
    rows = [list(row) for row in exports.rows(kind, 2_000)]
    names = rows[0]
    text, book = io.StringIO(), io.BytesIO()
    csv.writer(text).writerows(rows)
    write_rows(book, rows)
    objects = json.dumps([dict(zip(names, row, strict=True)) for row in rows[1:]]).encode()
    found = [
        replace(read(data), file_hash="", problems=()) for data in (text.getvalue().encode(), book.getvalue(), objects)
    ]
    assert found[0].read == 2_000
    assert found[0].duplicates > 50
    assert found[0] == found[1] == found[2]


def test_the_generated_exports_are_the_same_each_time(tmp_path: Path):
    first, second = (exports.write(tmp_path / name, "ad_get_adcomputer", 300).read_bytes() for name in ("a", "b"))
    assert first == second
