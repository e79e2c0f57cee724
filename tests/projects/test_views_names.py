"""Pages of what a tenant learns: say what a name is, pick columns, take it back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects import actions
from projects.models import DeviceCount, DeviceImport, LearnedColumns, LearnedName
from tenants.models import LedgerEntry
from tests.projects.exports import CANARY, applied, intune, uploaded

POSREADY = "Windows Embedded POSReady 7"


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def test_a_preview_asks_what_a_name_is_with_the_nearest_first_and_is_read_again(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3, unknown=2))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "2 devices were not placed" in text
    assert text.index('value="windows-7-sp1"') < text.index('value="other:computer"') < text.index('value="leave_out"')
    told = {"text": POSREADY, "means": "windows-7-sp1", "back": str(row.pk)}
    answer = signed_in.post(at(project, "say_name"), told)
    assert answer.url == at(project, "import", row.pk)
    actions.read_import(row.pk)
    text = signed_in.get(answer.url).content.decode()
    assert "is Windows 7 SP1 from now on, in every project of Contoso" in text
    assert "not placed</h2>" not in text


def test_the_section_counts_what_waited(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2))
    section = at(project, "section", "environment")
    assert "2 devices have an operating system that mdeprep could not place" in signed_in.get(section).content.decode()
    answer = signed_in.post(at(project, "say_name"), {"text": POSREADY, "means": "windows-10"}, follow=True)
    assert "could not place" not in answer.content.decode()
    assert DeviceCount.objects.get(project=project, system="windows-10").count == 2


def test_no_name_at_all_can_be_left_out_and_what_is_not_shown_cannot_be_said(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3, nameless=2, person=1))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "no operating system told 2 ×" in text
    assert "names that may be of a person or a device, and are not shown 1 ×" in text
    assert text.count('class="say-what"') == 1
    assert 'value="other:computer"' not in text
    wrong = signed_in.post(at(project, "say_name"), {"text": "", "means": "windows-11"})
    assert (wrong.status_code, LearnedName.objects.count()) == (422, 0)
    told = {"text": "", "means": "leave_out", "back": ""}
    answer = signed_in.post(at(project, "say_name"), told, follow=True).content.decode()
    assert "Devices without an operating system are left out from now on" in answer
    assert "no operating system told" in signed_in.get(at(project, "names")).content.decode()


def test_the_section_lists_every_device_that_was_not_placed(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3, unknown=2, nameless=4))
    text = signed_in.get(at(project, "section", "environment")).content.decode()
    assert "6 devices have an operating system that mdeprep could not place" in text
    assert 'id="row-unplaced"' in text  # where "Place them" lands
    assert "no operating system told 4 ×" in text
    assert f"“{POSREADY}” 2 ×" in text


def test_every_system_may_be_chosen_and_a_wrong_one_is_said(signed_in, project):
    told = {"text": POSREADY, "means": "more", "back": ""}
    text = signed_in.post(at(project, "say_name"), told).content.decode()
    assert f"What is “{POSREADY}”?" in text
    assert 'value="rhel-9"' in text
    answer = signed_in.post(at(project, "say_name"), {**told, "means": "toaster"})
    assert (answer.status_code, LearnedName.objects.count()) == (422, 0)
    assert "Choose a system of the list." in answer.content.decode()


def test_what_was_learned_is_listed_and_taken_back(signed_in, project, lead):
    row = actions.say_what_it_is(project=project, text=POSREADY, means="other:mobile", by=lead)
    text = signed_in.get(at(project, "names")).content.decode()
    assert POSREADY in text
    assert "another system of phones and tablets" in text
    text = signed_in.post(at(project, "forget_name", row.pk), follow=True).content.decode()
    assert "No count was changed." in text
    assert "Nothing yet." in text


def test_a_name_of_another_tenant_is_not_taken_back(signed_in, project, lead, other_tenant):
    row = LearnedName.objects.create(tenant=other_tenant, key="x", text="x", means="windows-11")
    signed_in.post(at(project, "forget_name", row.pk))
    assert LearnedName.objects.filter(pk=row.pk).exists()


def test_a_viewer_sees_what_was_not_placed_and_is_not_asked(client, project, lead, viewer):
    applied(project, lead, intune(windows_11=3, unknown=2))
    client.force_login(viewer)
    text = client.get(at(project, "section", "environment")).content.decode()
    assert POSREADY in text
    assert "Say what it is" not in text


@pytest.mark.parametrize("names", [1, 3])
def test_the_list_asks_the_same_at_one_name_and_at_three(signed_in, project, lead, names, django_assert_num_queries):
    for n in range(names):
        actions.say_what_it_is(project=project, text=f"System {n}", means="windows-11", by=lead)
    signed_in.get(at(project, "names"))
    with django_assert_num_queries(6):
        signed_in.get(at(project, "names"))


# Columns --------------------------------------------------------------------------------------------------------------
STRANGE = f"Maschine,OS XY,Gesehen\n{CANARY}-1,Windows 11,2026-11-20\n{CANARY}-2,Windows 11,2026-11-20\n".encode()


@pytest.mark.usefixtures("in_november")
def test_columns_are_picked_from_the_headers_and_no_line_of_the_file_is_shown(signed_in, project, lead):
    row = uploaded(project, lead, STRANGE)
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "Which column is what?" in text
    assert "Maschine" in text
    assert CANARY not in text
    picked = {"system": "OS XY", "name": "Maschine", "seen": "Gesehen"}
    assert signed_in.post(at(project, "import_columns", row.pk), picked).url == at(project, "import", row.pk)
    actions.read_import(row.pk)
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "2 rows read from a list whose columns were picked" in text
    assert "Operating system “OS XY”" in text
    assert CANARY not in text
    signed_in.post(at(project, "import_apply", row.pk))
    again = uploaded(project, lead, STRANGE + b"PC-3,Windows 10,\n")
    text = signed_in.get(at(project, "import", again.pk)).content.decode()
    assert "Columns as Lena Fischer picked them on" in text
    assert "Maschine" in signed_in.get(at(project, "names")).content.decode()
    signed_in.post(at(project, "forget_columns", LearnedColumns.objects.get().pk))
    assert not LearnedColumns.objects.exists()


@pytest.mark.parametrize(
    ("picked", "said"),
    [
        ({}, "Which column is the operating system?"),
        ({"system": "OS XY", "name": "OS XY"}, "is chosen twice"),
        ({"system": "Nobody"}, "This file has no such column."),
    ],
)
def test_wrong_columns_are_said_at_the_field(signed_in, project, lead, picked, said):
    row = uploaded(project, lead, STRANGE)
    answer = signed_in.post(at(project, "import_columns", row.pk), picked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    row.refresh_from_db()
    assert row.state == DeviceImport.State.COLUMNS


def test_columns_may_be_picked_again_from_the_preview(signed_in, project, lead):
    row = uploaded(project, lead, STRANGE)
    actions.pick_columns(device_import=row, columns={"system": "OS XY"}, by=lead)
    actions.read_import(row.pk)
    text = signed_in.get(at(project, "import_columns", row.pk)).content.decode()
    assert '<option value="OS XY" selected>' in text
    known = uploaded(project, lead, intune(windows_11=1))
    assert signed_in.post(at(project, "import_columns", known.pk), {"system": "OS"}).status_code in {302, 422}
    assert LedgerEntry.objects.of(project).filter(verb="imported").count() == 0
