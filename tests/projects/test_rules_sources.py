"""Which source is of record, as laws: whatever is chosen, a count is what one source says, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projects.document.rows import DeviceCount, Source
from projects.document.sections import Environment
from projects.rules.imports import ELSEWHERE, choosing, compared, resulting, written
from projects.rules.sources import Record, counted_as, kind_of, system_values

SYSTEMS = ("windows-11", "windows-10", "ios", "rhel-9", "other:server:Solaris 11")
NAMES = ("Intune", "Configuration Manager", "Ansible")
COUNTS = st.dictionaries(st.sampled_from(SYSTEMS), st.integers(1, 500), max_size=5)
CHOICES = st.dictionaries(st.sampled_from([*SYSTEMS, "computer", "mobile", "server"]), st.sampled_from(NAMES))


@st.composite
def environments(draw) -> Environment:
    """Exports read one after the other, as the product reads them; some counts typed instead."""
    rows: tuple[DeviceCount, ...] = ()
    sources = []
    for number, name in enumerate(NAMES):
        counts = draw(COUNTS)
        rows = resulting(rows, written(compared(rows, name, counts)))
        rows = tuple(row.replaced(key=f"{number}-{place}") for place, row in enumerate(rows))
        sources.append(Source(key=f"s-{number}", name=name, counts=tuple(counts.items())))
    typed = draw(st.sets(st.sampled_from(SYSTEMS)))
    devices = tuple(
        row.replaced(count=7_777, typed_because="Asset list.") if counted_as(row) in typed else row for row in rows
    )
    return Environment(devices=devices, sources=tuple(sources))


def by_system(rows) -> dict[str, int]:
    return {counted_as(row): row.count for row in rows}


@given(environments(), CHOICES)
def test_a_count_is_always_what_one_source_says_or_what_somebody_typed(environment, chosen):
    then = resulting(environment.devices, choosing(environment, chosen))
    said = {(name, *pair) for source in environment.sources for name in [source.name] for pair in source.counts}
    for row in then:
        assert row.typed_because or (row.source, counted_as(row), row.count) in said


@given(environments(), CHOICES)
def test_no_choice_drops_a_system_or_counts_it_twice(environment, chosen):
    then = resulting(environment.devices, choosing(environment, chosen))
    assert set(by_system(environment.devices)) <= set(by_system(then))
    assert len(by_system(then)) == len(then)


@given(environments(), CHOICES)
def test_choosing_twice_is_choosing_once(environment, chosen):
    then = environment.replaced(devices=resulting(environment.devices, choosing(environment, chosen)))
    assert choosing(then, chosen) == ()


@given(environments(), CHOICES, COUNTS)
def test_an_export_writes_only_what_its_source_is_of_record_for(environment, chosen, counts):
    record = Record(chosen)
    before = {counted_as(row): row for row in environment.devices}
    for change in written(compared(environment.devices, "Intune", counts, record)):
        row = before.get(change.system)
        is_own = row is not None and row.source == "Intune"
        assert is_own or record.source_for(change.system) in ("Intune", "")
        assert row is None or is_own or record.source_for(change.system) == "Intune"


@given(environments(), CHOICES, COUNTS)
def test_every_system_of_an_export_is_in_the_comparison_once(environment, chosen, counts):
    changes = compared(environment.devices, "Intune", counts, Record(chosen))
    named = [change.system for change in changes]
    assert len(named) == len(set(named))
    assert set(counts) <= set(named)
    assert all(change.held_by or change.typed_because for change in changes if change.what == ELSEWHERE)


@given(
    st.sampled_from(["computer", "mobile", "server"]), st.text(min_size=1, max_size=60).filter(lambda t: "\0" not in t)
)
def test_any_name_of_another_system_comes_back_as_it_was(kind, name):
    system = f"other:{kind}:{name}"
    row = DeviceCount(key="a", count=1, **system_values(system))
    assert (counted_as(row), kind_of(system), row.other_name) == (system, kind, name)
