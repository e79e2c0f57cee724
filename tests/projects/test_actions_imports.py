"""From an uploaded export to counts: what is written, what is kept, and what is forgotten."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from projects import access, actions
from projects.importers import CannotRead, LeaveOut
from projects.models import DeviceCount, DeviceImport, Grant, Project, Source
from projects.models.imports import FOLDER
from projects.rules.roles import Role
from projects.tables import TABLES
from tenants import clock, ledger
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.projects.exports import CANARY, HEADERS, applied, intune, uploaded

State = DeviceImport.State
DEVICES = TABLES["environment", "devices"]


def counts(project: Project) -> dict[str, tuple[int, str]]:
    return {row.system: (row.count, row.source) for row in DeviceCount.objects.filter(project=project)}


def files() -> list[str]:
    return default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []


def entries(project: Project, verb: str) -> list[dict]:
    return [json.loads(e.body)["what"] for e in LedgerEntry.objects.of(project).filter(verb=verb).order_by("seq")]


def test_a_read_export_changes_nothing_until_it_is_applied(project, lead):
    row = uploaded(project, lead, intune(windows_11=3, unknown=2))
    assert (row.state, row.source, row.format, row.rows, row.percent) == (
        "preview", "Intune", "intune_all_devices", 5, 100,
    )  # fmt: skip
    assert counts(project) == {}
    assert not Source.objects.filter(project=project).exists()


def test_applying_writes_the_counts_their_source_and_the_history(project, lead):
    applied(project, lead, intune(windows_11=3, ios=2, unknown=1))
    assert counts(project) == {"windows-11": (3, "Intune"), "ios": (2, "Intune")}
    source = Source.objects.get(project=project)
    assert (source.name, source.read, source.counted, source.not_placed) == ("Intune", 6, 5, 1)
    assert source.unknown == ["Windows Embedded POSReady 7"]
    told = entries(project, "imported")[-1]
    assert (told["format"], told["devices_before"], told["devices_after"]) == ("intune_all_devices", 0, 5)
    assert told["file_hash"] == source.file_hash
    assert len(source.file_hash) == 64
    project.refresh_from_db()
    assert ledger.verify(project) == []


def test_whoever_applies_is_an_author_of_the_section(project, lead, editor):
    applied(project, editor, intune(windows_11=3))
    project.refresh_from_db()
    assert project.authors["environment"] == {editor.email: editor.name}


def test_an_import_replaces_the_counts_of_its_own_source(project, lead):
    applied(project, lead, intune(windows_11=3, windows_10=4))
    applied(project, lead, intune(windows_11=5, ios=1))
    assert counts(project) == {"windows-11": (5, "Intune"), "ios": (1, "Intune")}
    assert Source.objects.filter(project=project).count() == 1


def test_sources_are_never_added_to_each_other(project, lead):
    actions.add_row(
        project=project, table=DEVICES, by=lead,
        values={"system": "windows-11", "kind": "computer", "count": 40, "source": "Configuration Manager"},
    )  # fmt: skip
    row = uploaded(project, lead, intune(windows_11=3, ios=1))
    there = [(c.what, c.system, c.was, c.now, c.held_by) for c in actions.changes_of(row)]
    assert there == [
        ("elsewhere", "windows-11", 40, 3, "Configuration Manager"),
        ("new", "ios", None, 1, ""),
    ]
    actions.apply_import(device_import=row, by=lead)
    assert counts(project) == {"windows-11": (40, "Configuration Manager"), "ios": (1, "Intune")}


def test_a_count_of_another_source_is_taken_over_when_somebody_says_so(project, lead):
    values = {"system": "windows-11", "kind": "computer", "count": 40, "source": "by hand"}
    row = actions.add_row(project=project, table=DEVICES, by=lead, values=values)
    done = uploaded(project, lead, intune(windows_11=3))
    actions.apply_import(device_import=done, by=lead, take_over=["windows-11"])
    assert counts(project) == {"windows-11": (3, "Intune")}
    assert DeviceCount.objects.get(project=project).key == row.key


def test_an_applied_import_is_one_entry_of_the_history_which_tells_each_changed_count(project, lead):
    before = LedgerEntry.objects.of(project).count()
    applied(project, lead, intune(windows_11=3, windows_10=4))
    applied(project, lead, intune(windows_11=5, ios=1))
    assert LedgerEntry.objects.of(project).count() == before + 2
    first, second = entries(project, "imported")
    assert [(row["title"], row["before"], row["after"].get("count")) for row in first["rows"]] == [
        ("Intune", None, None), ("Windows 11", None, 3), ("Windows 10", None, 4),
    ]  # fmt: skip
    source, changed, new, gone = second["rows"]
    assert (source["before"]["read"], source["after"]["read"]) == (7, 6)
    assert (changed["before"]["count"], changed["after"]["count"]) == (3, 5)
    assert (new["title"], new["before"], new["after"]["count"]) == ("iOS, iPadOS", None, 1)
    assert (gone["title"], gone["before"]["count"], gone["after"]) == ("Windows 10", 4, None)


def test_the_same_file_again_changes_nothing_and_says_when_it_was_applied(project, lead):
    first = applied(project, lead, intune(windows_11=3))
    seq = Project.objects.get(pk=project.pk).ledger_seq
    with pytest.raises(actions.AlreadyApplied) as caught:
        uploaded(project, lead, intune(windows_11=3))
    assert caught.value.device_import == first
    assert Project.objects.get(pk=project.pk).ledger_seq == seq
    assert DeviceImport.objects.count() == 1


def test_the_same_file_may_be_counted_otherwise(project, lead):
    old = intune(windows_11=3, seen="2020-01-01")
    applied(project, lead, old, leave_out=LeaveOut(days=0))
    with pytest.raises(actions.NothingCounted):
        actions.apply_import(device_import=uploaded(project, lead, old), by=lead)
    assert counts(project) == {"windows-11": (3, "Intune")}


def test_what_is_left_out_can_be_changed_after_looking(project, lead):
    row = uploaded(project, lead, intune(windows_11=3, seen="2020-01-01"))
    assert row.result["left_out"] == {"not_seen": 3}
    actions.read_again(device_import=row, leave_out=LeaveOut(days=0), by=lead)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result["counts"]) == ("preview", {"windows-11": 3})


def test_a_file_is_gone_once_it_is_applied(project, lead, django_capture_on_commit_callbacks):
    row = uploaded(project, lead, intune(windows_11=3))
    assert len(files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.apply_import(device_import=row, by=lead)
    assert files() == []


def test_a_cancelled_file_is_gone_and_no_count_has_changed(project, lead, django_capture_on_commit_callbacks):
    row = uploaded(project, lead, intune(windows_11=3))
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_import(device_import=row, by=lead)
    assert (files(), counts(project)) == ([], {})
    with pytest.raises(actions.NotReady):
        actions.apply_import(device_import=row, by=lead)


def test_an_import_is_applied_once(project, lead):
    row = applied(project, lead, intune(windows_11=3))
    for deed in (
        lambda: actions.apply_import(device_import=row, by=lead),
        lambda: actions.cancel_import(device_import=row, by=lead),
        lambda: actions.read_again(device_import=row, leave_out=LeaveOut(), by=lead),
    ):
        with pytest.raises(actions.NotReady):
            deed()


def test_counts_that_moved_after_the_look_are_looked_at_again(project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    values = {"system": "windows-11", "kind": "computer", "count": 4, "source": "Intune"}
    actions.add_row(project=project, table=DEVICES, by=lead, values=values)
    with pytest.raises(actions.CountsMoved):
        actions.apply_import(device_import=row, by=lead, seen="what was seen before")
    assert counts(project) == {"windows-11": (4, "Intune")}


def test_an_export_is_read_once_however_many_workers_are_woken(project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert row.state == State.PREVIEW


def test_a_reading_that_ended_with_its_worker_is_begun_again(project, lead):
    row = actions.start_import(project=project, file=ContentFile(intune(windows_11=3)), by=lead)
    DeviceImport.objects.filter(pk=row.pk).update(state=State.RUNNING, progressed_at=clock.now())
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert row.state == State.RUNNING
    DeviceImport.objects.filter(pk=row.pk).update(progressed_at=clock.now() - timedelta(minutes=2))
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert row.state == State.PREVIEW


def test_a_file_that_ends_every_worker_is_given_up_and_says_so(project, lead):
    row = actions.start_import(project=project, file=ContentFile(intune(windows_11=3)), by=lead)
    DeviceImport.objects.filter(pk=row.pk).update(
        state=State.RUNNING, begun=3, progressed_at=clock.now() - timedelta(minutes=2)
    )
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.why["code"], row.file) == ("failed", "stopped", "")
    assert counts(project) == {}


def test_cancelling_stops_the_reading(project, lead, monkeypatch):
    row = actions.start_import(project=project, file=ContentFile(intune(windows_11=5000)), by=lead)
    monkeypatch.setattr(actions.reading, "SECONDS_BETWEEN_REPORTS", -1)
    running = actions.reading._running

    def cancelled_meanwhile(one):
        if DeviceImport.objects.get(pk=one.pk).state == State.RUNNING:
            actions.cancel_import(device_import=one, by=lead)
        return running(one)

    monkeypatch.setattr(actions.reading, "_running", cancelled_meanwhile)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result) == ("cancelled", {})


def test_what_cannot_be_read_says_why_and_is_not_kept(project, lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = uploaded(project, lead, b"Name^System\nPC-1^Windows 11\n")
    assert (row.state, row.why["code"], files()) == ("failed", "unknown_format", [])


def test_an_empty_file_and_one_that_is_too_large_are_not_even_kept(project, lead, monkeypatch):
    with pytest.raises(CannotRead):
        uploaded(project, lead, b"")
    monkeypatch.setattr("projects.importers.MOST_BYTES", 10)
    with pytest.raises(CannotRead):
        uploaded(project, lead, intune(windows_11=3))
    assert (DeviceImport.objects.count(), files()) == (0, [])


def test_a_file_that_is_gone_says_so(project, lead):
    row = actions.start_import(project=project, file=ContentFile(intune(windows_11=3)), by=lead)
    default_storage.delete(row.file.name)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.why["code"]) == ("failed", "gone")


def test_nothing_is_kept_longer_than_a_day(project, lead, django_capture_on_commit_callbacks):
    old, new = uploaded(project, lead, intune(windows_11=3)), uploaded(project, lead, intune(windows_11=4))
    DeviceImport.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        actions.expire_uploads()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.why["code"], new.state) == ("cancelled", "expired", "preview")
    assert [f"{FOLDER}/{name}" for name in files()] == [new.file.name]


def test_a_file_that_no_import_knows_is_deleted_after_a_day(project, monkeypatch):
    default_storage.save(f"{FOLDER}/stray", ContentFile(b"x"))
    actions.expire_uploads()
    assert files() == ["stray"]
    monkeypatch.setattr(actions.imports, "KEPT_FOR", timedelta(seconds=-1))
    actions.expire_uploads()
    assert files() == []


def test_an_archived_project_takes_no_import(project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    actions.archive(project=project, by=lead)
    with pytest.raises(actions.Archived):
        actions.apply_import(device_import=row, by=lead)
    with pytest.raises(actions.Archived):
        uploaded(project, lead, intune(windows_11=4))
    assert len(files()) == 1


def test_the_name_of_the_file_is_not_kept(project, lead):
    row = actions.start_import(project=project, file=ContentFile(intune(windows_11=1), f"{CANARY}.csv"), by=lead)
    assert CANARY not in row.file.name


# The command ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def run(project, lead, tmp_path):
    def run(data: bytes, *options: str, by: str = lead.email) -> tuple[str, str]:
        path = tmp_path / "export.csv"
        path.write_bytes(data)
        out, err = io.StringIO(), io.StringIO()
        call_command("import_devices", project.slug, str(path), "--by", by, *options, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return run


def test_the_command_counts_without_writing(run, project):
    out, err = run(intune(windows_11=3, unknown=2), "--json")
    told = json.loads(out)
    assert (told["read"], told["counted"], told["unknown"], told["rejected"]) == (5, 3, 2, 0)
    assert told["counts"] == [
        {"kind": "computer", "system": "windows-11", "name": "Windows 11", "count": 3,
         "versions": [{"version": "23H2", "count": 3}]},
    ]  # fmt: skip
    assert told["unknown_strings"] == {"Windows Embedded POSReady 7": 2}
    assert told["read"] == sum(told[name] for name in ("counted", "duplicates", "filtered", "unknown", "rejected"))
    assert "5 rows read" in err
    assert (counts(project), DeviceImport.objects.count()) == ({}, 0)


def test_the_command_applies_and_says_so_when_it_did_already(run, project):
    run(intune(windows_11=3), "--apply")
    assert counts(project) == {"windows-11": (3, "Intune")}
    out, err = run(intune(windows_11=3), "--apply", "--json")
    assert "Nothing changed" in err
    assert json.loads(out)["counted"] == 3


def test_the_command_lists_what_another_source_counts_and_is_not_taken_over(run, project, lead):
    for system, count in (("windows-11", 40), ("windows-10", 9)):
        values = {"system": system, "kind": "computer", "count": count, "source": "Configuration Manager"}
        actions.add_row(project=project, table=TABLES["environment", "devices"], by=lead, values=values)
    _out, err = run(intune(windows_11=30, windows_10=8), "--apply", "--take-over", "windows-10")
    assert "Not taken over: Windows 11, 30 here, 40 in the plan (Configuration Manager); --take-over windows-11" in err
    assert err.count("Not taken over") == 1
    assert counts(project) == {"windows-11": (40, "Configuration Manager"), "windows-10": (8, "Intune")}


NAMES = b"Host,System XY\n" + b"".join(b"PC-%d,Windows 11\n" % n for n in range(30))


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (b"", ["--apply"], "empty"),
        (b"Name,System XY\n1,2", [], "does not recognise"),
        (b"Name,System XY\n1,2", ["--apply"], "does not recognise"),
        (b"Name,System XY\n1,2", ["--columns", "os=System XY"], "is no column"),
        (HEADERS.encode(), ["--apply"], "no devices"),
        (intune(windows_11=1), ["--format", "ad_get_adcomputer"], "OperatingSystem"),
        (intune(unknown=1), ["--apply"], "Nothing in this file is counted"),
        (intune(windows_11=1), ["--apply", "--take-over", "windows-11", "windows11"], "counts no windows11"),
        (intune(windows_11=1), ["--days", "-5"], "no number of days"),
        (NAMES, ["--columns", "system=Host"], "does not hold operating systems"),
        (NAMES, ["--columns", "system=Host", "--apply"], "does not hold operating systems"),
    ],
)
def test_the_command_says_in_a_sentence_what_it_cannot_do(run, data, options, said):
    with pytest.raises(CommandError, match=said):
        run(data, *options)
    assert not DeviceImport.objects.unfinished().exists()


def test_the_command_is_told_the_columns_of_a_file_of_no_known_kind(run, project, tenant):
    data = b"Name,System XY\nPC-1,Windows 11\nPC-2,Windows 11\n"
    out, _err = run(data, "--columns", "system=System XY", "name=Name", "--json")
    assert (json.loads(out)["format"], json.loads(out)["counted"]) == ("picked", 2)
    run(data, "--columns", "system=System XY", "name=Name", "--apply")
    assert counts(project) == {"windows-11": (2, "Device list")}
    out, _err = run(data + b"PC-3,Windows 10\n", "--json")
    assert json.loads(out)["counted"] == 3


def test_the_command_asks_what_the_person_may(run, viewer):
    with pytest.raises(CommandError, match="may not edit"):
        run(intune(windows_11=1), by=viewer.email)


# Dated roles ----------------------------------------------------------------------------------------------------------
def test_dated_roles_begin_and_end_on_their_days(project, tenant, lead):
    person = make_person(tenant, "Ines Costa")
    today = clock.today(tenant.time_zone)
    row = access.grant(project=project, user=person, role=Role.EDITOR, by=lead, starts_on=today + timedelta(days=1))
    assert "change_project" not in access.permissions_of(project, person)
    Grant.objects.filter(pk=row.pk).update(starts_on=today, ends_on=today)
    access.refresh_dated_grants()
    assert "change_project" in access.permissions_of(project, person)
    Grant.objects.filter(pk=row.pk).update(starts_on=today - timedelta(days=2), ends_on=today - timedelta(days=1))
    access.refresh_dated_grants()
    assert "change_project" not in access.permissions_of(project, person)
