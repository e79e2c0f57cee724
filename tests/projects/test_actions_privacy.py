"""No device, serial, user or address of an export is kept: neither in the database, nor in a file, nor in a log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from projects import actions
from projects.importers.quoting import quotable
from projects.models import DeviceCount, DeviceImport
from tenants import clock
from tenants.models import User
from tests.projects.test_actions_uploads import ask_for

CANARIES = ("CANARY-LAPTOP-7731", "SN-CANARY-5519", "canary.user@contoso.example", "10.77.31.254")
HEADERS = "Device ID,Device name,Serial number,Primary user UPN,Primary user email address,IP address"
KNOWN = "Last check-in,OS,OS version,Ownership"


def device(n: int, system: str, version: str, seen: str = "2026-11-20") -> str:
    name, serial, user, address = CANARIES
    return f"{n},{name}-{n},{serial}-{n},{user},{user},{address},{seen},{system},{version},Corporate"


def export(*more: str) -> bytes:
    lines = [device(n, "Windows", "10.0.22631.1") for n in range(30)]
    lines += [device(40 + n, "Windows Embedded POSReady 7", "") for n in range(2)]
    lines += [device(1, "Windows", "10.0.22631.1"), device(50, "Windows", "10.0.1", seen=f"seen by {CANARIES[2]}")]
    lines += [device(51, CANARIES[2], ""), device(52, f"CONTOSO\\{CANARIES[0]}", "")]
    lines += [f"60,{CANARIES[0]},{CANARIES[1]}", device(61, "Windows\x00", ""), *more]
    return "\n".join([f"{HEADERS},{KNOWN}", *lines]).encode()


def strange() -> bytes:
    name, serial, user, address = CANARIES
    lines = [f"{name}-{n};{serial}-{n};{user};{address};Windows 11;2026-11-20" for n in range(40)]
    return "\n".join(["Maschine;Nummer;Wer;Wo;OS XY;Gesehen", *lines]).encode()


@pytest.fixture
def everything(settings, caplog, capfd, tmp_path) -> Callable[[], dict[str, str]]:
    """Everything that is kept, as text: every row of every table, every file, every line of the log."""
    caplog.set_level(logging.DEBUG)

    def found() -> dict[str, str]:
        kept: dict[str, str] = {}
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                kept[f"table {table}"] = str(cursor.fetchall())
        for folder in (Path(settings.MEDIA_ROOT), settings.DATA_DIR):
            kept |= {str(path): path.name + str(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
        out, err = capfd.readouterr()
        return {**kept, "log": caplog.text, "output": out, "errors": err}

    return found


def names_in(kept: dict[str, str]) -> list[tuple[str, str]]:
    return [(where, canary) for where, text in kept.items() for canary in CANARIES if canary.lower() in text.lower()]


def only_in_the_upload(kept: dict[str, str], row: DeviceImport) -> bool:
    return {where for where, _canary in names_in(kept)} == {row.file.path}


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


@pytest.mark.usefixtures("in_november")
def test_a_name_is_in_the_uploaded_file_alone_and_nowhere_once_it_is_applied(
    client, project, lead, everything, django_capture_on_commit_callbacks
):
    client.force_login(lead)
    file = SimpleUploadedFile(f"{CANARIES[0]}.csv", export())
    client.post(at(project, "import_new"), {"file": file, "days": "90"})
    row = DeviceImport.objects.get()
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result["not_readable"], row.result["not_placed"]) == ("preview", 3, 4)
    pages = [client.get(at(project, name, row.pk)) for name in ("import", "import_problems")]
    texts = [b"".join(page).decode() if page.streaming else page.content.decode() for page in pages]
    assert names_in({"page": texts[0], "problems": texts[1]}) == []
    assert only_in_the_upload(everything(), row)
    actions.say_what_it_is(project=project, text="Windows Embedded POSReady 7", means="leave_out", by=lead)
    actions.read_import(row.pk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(project, "import_apply", row.pk))
    assert DeviceCount.objects.get(project=project).count == 30
    assert names_in(everything()) == []


@pytest.mark.usefixtures("in_november")
def test_a_file_of_no_known_kind_tells_its_headers_alone(
    client, project, lead, everything, django_capture_on_commit_callbacks
):
    client.force_login(lead)
    client.post(at(project, "import_new"), {"file": SimpleUploadedFile("x.csv", strange()), "days": "90"})
    row = DeviceImport.objects.get()
    for picked in ({}, {"system": "Maschine"}, {"system": "OS XY", "name": "Maschine", "seen": "Gesehen"}):
        if picked:
            client.post(at(project, "import_columns", row.pk), picked)
        actions.read_import(row.pk)
        assert names_in({"page": client.get(at(project, "import", row.pk)).content.decode()}) == []
        assert only_in_the_upload(everything(), row)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(project, "import_apply", row.pk))
    assert DeviceCount.objects.get(project=project).count == 40
    assert names_in(everything()) == []


def test_nothing_is_left_of_what_nobody_applied(project, lead, everything, django_capture_on_commit_callbacks):
    rows = [
        actions.start_import(project=project, file=SimpleUploadedFile("x.csv", data), by=lead)
        for data in (export(), strange(), export(device(70, "Windows", "10.0.19045.1")))
    ]
    for row in rows[:2]:
        actions.read_import(row.pk)
    DeviceImport.objects.update(created_at=clock.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        actions.expire_uploads()
    assert set(DeviceImport.objects.values_list("state", "file")) == {("cancelled", "")}
    assert names_in(everything()) == []


def test_a_reading_that_breaks_tells_no_name(
    project, lead, everything, monkeypatch, django_capture_on_commit_callbacks
):
    def broken(*_args, **_more):
        raise RuntimeError("disk full")

    row = actions.start_import(project=project, file=SimpleUploadedFile("x.csv", export()), by=lead)
    monkeypatch.setattr("projects.actions.reading.learned_names", broken)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.state, row.why["code"], row.file) == ("failed", "stopped", "")
    assert names_in(everything()) == []


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("seen", "31.02.2026", "31.02.2026"),
        ("seen", "2026-13-40T10:00:00Z", "2026-13-40T10:00:00Z"),
        ("seen", "13/13/2026 1:05 PM", "13/13/2026 1:05 PM"),
        ("seen", "soon", ""),
        ("seen", "PC-7731", ""),
        ("system", "Windows Embedded POSReady 7", "Windows Embedded POSReady 7"),
        ("system", "canary.user@contoso.example", ""),
        ("system", "CONTOSO\\PC-7731", ""),
        ("system", "PC-7731.corp.contoso.example", ""),
        ("system", "Linux 5.14.0-362.el9.x86_64", "Linux 5.14.0-362.el9.x86_64"),
        ("system", "Other 3.x or later Linux", "Other 3.x or later Linux"),
    ],
)
def test_only_days_and_systems_are_quoted(column, value, shown):
    assert quotable(column, value) == shown


@pytest.mark.usefixtures("in_november")
def test_of_a_file_that_came_by_an_upload_link_the_lead_gets_counts_alone(
    project, lead, everything, django_capture_on_commit_callbacks
):
    request = ask_for(project, lead)
    tomas = User.objects.get(email=request.email)
    row = actions.upload(request=request, file=SimpleUploadedFile(f"{CANARIES[0]}.csv", export()), by=tomas)
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert only_in_the_upload(everything(), row)
    with django_capture_on_commit_callbacks(execute=True):
        actions.apply_import(device_import=row, by=lead)
    assert names_in(everything()) == []
