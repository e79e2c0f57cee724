"""What a tenant learns: a name said once counts in every project, columns picked once are picked for good."""

from __future__ import annotations

import json

import pytest

from projects import actions
from projects.models import DeviceCount, DeviceImport, LearnedColumns, LearnedName, Project, Source
from projects.rules.nearest import nearest
from stakeholders.actions import start_project
from tenants import ledger
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.projects.exports import CANARY, applied, intune, uploaded

POSREADY = "Windows Embedded POSReady 7"
ZEBRA = "Zebra TC52 AOSP"


def counts(project: Project) -> dict[str, int]:
    return {row.other_name or row.system: row.count for row in DeviceCount.objects.filter(project=project)}


def say(project, lead, means, text=POSREADY):
    return actions.say_what_it_is(project=project, text=text, means=means, by=lead)


def source(project: Project) -> Source:
    return Source.objects.get(project=project, name="Intune")


def places(row: Source) -> tuple[int, ...]:
    return (row.read, row.counted, row.duplicates, row.left_out, row.not_placed, row.not_readable)


# Names ----------------------------------------------------------------------------------------------------------------
def test_devices_that_waited_are_counted_at_once_and_the_sum_stays(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    say(project, lead, "windows-7-sp1")
    assert counts(project) == {"windows-11": 3, "windows-7-sp1": 2}
    row = source(project)
    assert places(row) == (5, 5, 0, 0, 0, 0)
    assert (row.unknown, row.unknown_times) == ([], [])
    assert dict(row.counts) == {"windows-11": 3, "windows-7-sp1": 2}


def test_what_joins_a_system_that_is_counted_is_added_to_it(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    say(project, lead, "windows-11")
    assert counts(project) == {"windows-11": 5}


def test_another_system_of_a_kind_keeps_its_own_name(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    say(project, lead, "other:mobile")
    row = DeviceCount.objects.get(project=project, system="other")
    assert (row.other_name, row.kind, row.count) == (POSREADY, "mobile", 2)


def test_what_is_left_out_is_neither_counted_nor_unknown(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    say(project, lead, "leave_out")
    assert counts(project) == {"windows-11": 3}
    assert places(source(project)) == (5, 3, 0, 2, 0, 0)


def test_devices_without_an_operating_system_are_left_out_once_somebody_says_so(project, lead):
    applied(project, lead, intune(windows_11=3, nameless=2, person=1))
    say(project, lead, "leave_out", text="")
    assert places(source(project)) == (6, 3, 0, 2, 1, 0)
    again = uploaded(project, lead, intune(windows_11=4, nameless=2, person=1))
    assert again.result["left_out"] == {"mapped": 2}
    assert again.result["unknown"] == [["\u2026", 1]]


def test_a_count_that_somebody_typed_is_not_added_to(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    row = DeviceCount.objects.get(project=project)
    actions.type_count(project=project, key=row.key, values={"count": 9}, by=lead, why="Asset list.")
    say(project, lead, "windows-11")
    assert counts(project) == {"windows-11": 9}
    assert dict(source(project).counts) == {"windows-11": 5}


def test_the_next_import_of_any_project_of_the_tenant_knows_the_name(project, lead, tenant):
    say(project, lead, "windows-7-sp1")
    elsewhere = start_project(tenant=tenant, lead=lead, by=lead, name="Contoso Retail", kind="deployment")
    row = uploaded(elsewhere, lead, intune(windows_11=3, unknown=2))
    assert (row.result["counts"], row.result["not_placed"]) == ({"windows-11": 3, "windows-7-sp1": 2}, 0)


def test_another_tenant_learns_nothing(project, lead, other_tenant):
    say(project, lead, "windows-7-sp1")
    stranger = make_person(other_tenant, "Jon Park")
    elsewhere = start_project(tenant=other_tenant, lead=stranger, by=None, name="Fabrikam", kind="deployment")
    assert uploaded(elsewhere, stranger, intune(unknown=2)).result["not_placed"] == 2


def test_what_somebody_looks_at_is_read_again_with_the_name(project, lead):
    row = uploaded(project, lead, intune(windows_11=3, unknown=2))
    other = uploaded(project, lead, intune(windows_11=4))
    say(project, lead, "windows-7-sp1")
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == ("waiting", "preview")
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert row.result["counts"] == {"windows-11": 3, "windows-7-sp1": 2}


def test_spelling_does_not_matter_and_a_second_thought_replaces_the_first(project, lead):
    say(project, lead, "windows-7-sp1")
    say(project, lead, "windows-10", text=f"  {POSREADY.upper()} ")
    (row,) = LearnedName.objects.all()
    assert row.means == "windows-10"


def test_forgetting_a_name_changes_no_count(project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    row = say(project, lead, "windows-7-sp1")
    actions.forget_name(project=project, pk=row.pk, by=lead)
    assert counts(project) == {"windows-11": 3, "windows-7-sp1": 2}
    assert not LearnedName.objects.exists()
    assert uploaded(project, lead, intune(windows_11=4, unknown=2)).result["not_placed"] == 2


def test_what_was_learned_is_on_the_tenants_history(project, lead, tenant):
    row = say(project, lead, "windows-7-sp1")
    say(project, lead, "windows-7-sp1")
    actions.forget_name(project=project, pk=row.pk, by=lead)
    told = [(e.verb, json.loads(e.body)["what"]) for e in LedgerEntry.objects.of(tenant).order_by("seq")]
    told = [(verb, what["title"], what["after"]) for verb, what in told if verb.startswith("name ")]
    assert told == [("name learned", POSREADY, {"means": "windows-7-sp1"}), ("name forgotten", POSREADY, None)]
    tenant.refresh_from_db()
    assert ledger.verify(tenant) == []


@pytest.mark.parametrize("means", ["", "windows", "other", "other:toaster", "windows-7 "])
def test_a_name_means_a_system_or_nothing(project, lead, means):
    with pytest.raises(ValueError, match="is no system"):
        say(project, lead, means)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (POSREADY, "windows-7-sp1"),
        ("Win Srv 2019 Std", "windows-server-2019"),
        ("Android Zebra TC52 AOSP", "android"),
        ("Canonical Ubuntu 22.04 LTS (hardened)", "ubuntu-22.04"),
        ("POSReady 7", "windows-7-sp1"),
        ("Microsoft Windows Embedded Standard 6.1 6.1.7601", "windows-7-sp1"),
        ("Microsoft Windows Server 2016 or later (64-bit)", "windows-server-2016"),
        ("Linux 22.04", "ubuntu-22.04"),
    ],
)
def test_the_nearest_systems_are_offered_first(text, first):
    assert first in [system.key for system in nearest(text)[:2]]


@pytest.mark.parametrize("text", ["Other (64-bit)", "+1+1", "Système Zürich", "=cmd|' /C calc'!A0", "BeOS 5"])
def test_nothing_is_offered_for_a_name_that_is_like_no_system(text):
    assert nearest(text) == ()


# Columns --------------------------------------------------------------------------------------------------------------
def strange(*systems: str, header: str = "Maschine;Betriebssystem XY;Stand;Gesehen") -> bytes:
    lines = [f"{CANARY}-{n};{system};;2026-11-20" for n, system in enumerate(systems)]
    return "\n".join([header, *lines]).encode()


COLUMNS = {"system": "Betriebssystem XY", "name": "Maschine", "seen": "Gesehen"}


def test_a_file_of_no_known_kind_asks_for_its_columns_and_is_kept(project, lead):
    row = uploaded(project, lead, strange("Windows 11", "Windows 10"))
    assert (row.state, row.result, bool(row.file)) == ("columns", {}, True)
    assert CANARY.lower() not in str(DeviceImport.objects.filter(pk=row.pk).values()).lower()


@pytest.mark.usefixtures("in_november")
def test_picked_columns_are_read_and_remembered_once_the_counts_are_applied(project, lead, tenant):
    row = uploaded(project, lead, strange("Windows 11", "Windows 11", "Windows 10"))
    actions.pick_columns(device_import=row, columns=COLUMNS, by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.format, row.result["counts"]) == (
        "preview", "picked", {"windows-11": 2, "windows-10": 1},
    )  # fmt: skip
    assert not LearnedColumns.objects.exists()
    actions.apply_import(device_import=row, by=lead)
    assert LearnedColumns.objects.get(tenant=tenant).columns == COLUMNS
    again = uploaded(project, lead, strange("Windows 11", "Windows 10"))
    assert (again.state, again.columns, again.result["counts"]) == (
        "preview", COLUMNS, {"windows-11": 1, "windows-10": 1},
    )  # fmt: skip


@pytest.mark.usefixtures("in_november")
def test_the_order_of_the_columns_does_not_matter(project, lead, tenant):
    row = uploaded(project, lead, strange("Windows 11"))
    actions.pick_columns(device_import=row, columns=COLUMNS, by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    actions.apply_import(device_import=row, by=lead)
    turned = f"Gesehen;Stand;Betriebssystem XY;Maschine\n2026-11-20;;Windows 10;{CANARY}".encode()
    assert uploaded(project, lead, turned).result["counts"] == {"windows-10": 1}


def test_a_column_of_names_is_not_taken_for_one_of_systems_and_nothing_of_it_is_kept(project, lead):
    row = uploaded(project, lead, strange(*["Windows 11"] * 30))
    actions.pick_columns(device_import=row, columns={"system": "Maschine"}, by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.why["code"], row.result, row.columns) == ("columns", "no_systems", {}, {})
    assert CANARY.lower() not in str(DeviceImport.objects.filter(pk=row.pk).values()).lower()


@pytest.mark.parametrize("rows", [5, 30])
def test_a_column_called_system_may_hold_names_of_devices_and_nothing_of_it_is_kept(project, lead, rows):
    """Many lists call a computer a system: that is no reason to keep its name as one of an operating system."""
    lines = [f"{CANARY}-{n};Windows 11;2026-11-20" for n in range(rows)]
    data = "\n".join(["System;Stand XY;Gesehen", *lines]).encode()
    row = uploaded(project, lead, data)
    assert (row.state, row.why["code"], row.result, row.columns) == ("columns", "no_systems", {}, {})
    assert CANARY.lower() not in str(DeviceImport.objects.filter(pk=row.pk).values()).lower()
    actions.pick_columns(device_import=row, columns={"system": "Stand XY", "name": "System"}, by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert row.result["counts"] == {"windows-11": rows}
    actions.apply_import(device_import=row, by=lead)
    again = uploaded(project, lead, data + f"\n{CANARY}-x;Windows 11;2026-11-20".encode())
    assert again.result["counts"] == {"windows-11": rows + 1}


def test_a_short_list_of_systems_that_no_rule_places_is_one(project, lead):
    row = uploaded(project, lead, b"Name;Operating system\n1;Plan 9\n2;Haiku\n3;Plan 9\n")
    assert (row.state, row.result["unknown"]) == ("preview", [["Plan 9", 2], ["Haiku", 1]])


def test_a_file_without_headers_shows_no_line_of_it(project, lead):
    row = uploaded(project, lead, f"{CANARY}-1;Windows 11;2026-11-20\n{CANARY}-2;Windows 10;2026-11-20".encode())
    assert (row.state, row.why["code"]) == ("failed", "no_headers")


def test_columns_are_picked_only_where_they_are_asked(project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    with pytest.raises(actions.NotReady):
        actions.pick_columns(device_import=row, columns=COLUMNS, by=lead)


@pytest.mark.usefixtures("in_november")
def test_columns_that_are_forgotten_are_asked_again(project, lead, tenant):
    row = uploaded(project, lead, strange("Windows 11"))
    actions.pick_columns(device_import=row, columns=COLUMNS, by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    actions.apply_import(device_import=row, by=lead)
    actions.forget_columns(project=project, pk=LearnedColumns.objects.get().pk, by=lead)
    assert uploaded(project, lead, strange("Windows 10")).state == "columns"
    told = [e.verb for e in LedgerEntry.objects.of(tenant).order_by("seq") if e.verb.startswith("columns")]
    assert told == ["columns learned", "columns forgotten"]
