"""The page that compares what is there now with the plan."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects import actions
from projects.models import AccessSettings, Assignment, PresentAccess
from projects.tables import TABLES
from tenants.models import LedgerEntry
from tests.remembered import remembered

PIM = "Assignment State,User Group Name,Role Name,PrincipalName,Assignment End Time (UTC)\n"
RAVI = "Active,Ravi Menon,Global Administrator,ravi@northwind.example,Permanent\n"
SEC = "Active,SEC-Admins,Security Administrator,,Permanent\n"
GLASS = "Active,Break Glass 1,Global Administrator,bg1@contoso.example,Permanent\n"


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
@remembered
def planned(project, lead):
    for assignee, role in (("SEC-Admins", "security-administrator"), ("EUC", "intune-administrator")):
        actions.add_row(
            project=project, table=TABLES["access", "assignments"], by=lead,
            values={"persona": "Security Administrator", "assignee": assignee, "entra_role": role},
        )  # fmt: skip
    AccessSettings.objects.filter(project=project).update(break_glass=2)
    return project


def at(project, name="present_access"):
    return reverse(f"projects:{name}", args=[project.slug])


def flat(answer) -> str:
    return " ".join(answer.content.decode().split())


def post(client, project, content, *, name="export.csv", **values):
    content = content.encode() if isinstance(content, str) else content
    return client.post(at(project), {"file": SimpleUploadedFile(name, content), **values})


def test_the_page_compares_and_says_what_to_do(signed_in, planned):
    answer = post(signed_in, planned, PIM + RAVI + SEC + GLASS + GLASS.replace("1", "2"))
    assert answer.status_code == 302
    text = flat(signed_in.get(at(planned)))
    assert "4 lines read, 4 roles kept." in text
    assert "To add 1 · to remove 1 · to change 1 · as planned 0" in text
    assert "1 role is held and not planned: remove it, or plan it" in text
    assert "now active (always on), planned eligible (activated when needed)" in text
    assert "1 role is planned and not there" in text
    assert "Break Glass 1" in text[text.index("Accounts for emergencies") :]
    assert "The plan says 2." in text


def test_it_says_what_is_kept_of_people(signed_in, project):
    assert "Everything else is forgotten, the file too." in flat(signed_in.get(at(project)))


def test_the_name_of_the_file_says_nothing(signed_in, project):
    assert post(signed_in, project, PIM + RAVI, name="holiday.pdf").status_code == 302
    assert PresentAccess.objects.get(project=project).format == "pim_portal"


def test_the_same_file_twice_says_that_nothing_changed(signed_in, project):
    post(signed_in, project, PIM + RAVI)
    entries = LedgerEntry.objects.of(project).count()
    post(signed_in, project, PIM + RAVI)
    assert "has read this very file on" in flat(signed_in.get(at(project)))
    assert LedgerEntry.objects.of(project).count() == entries


def test_a_wrong_line_keeps_everything_out_until_it_is_left_out_knowingly(signed_in, project):
    content = PIM + RAVI + "Active,A,Security Reeder,a@x.example,\n"
    answer = post(signed_in, project, content)
    assert answer.status_code == 422
    text = flat(answer)
    assert "1 of 2 lines cannot be read, so nothing was kept" in text
    assert "Line 3" in text
    assert "Security Reeder" in text
    assert "Did you mean “Security Reader”?" in text
    assert not PresentAccess.objects.exists()
    assert post(signed_in, project, content, leave_out="on").status_code == 302
    assert len(PresentAccess.objects.get(project=project).rows) == 1
    for _again in range(2):  # each time, not once
        assert "Left out: wrong lines: 1." in flat(signed_in.get(at(project)))


def test_a_file_that_is_refused_is_not_shown_with_the_comparison_of_an_older_one(signed_in, project):
    post(signed_in, project, PIM + RAVI)
    assert "To add" in flat(signed_in.get(at(project)))
    for wrong in ("", PIM + RAVI + "Active,A,Security Reeder,a@x.example,\n"):
        text = flat(post(signed_in, project, wrong))
        assert "To add" not in text
        assert "Nothing was kept of this file. The list that Lena Fischer read" in text
        assert "see its comparison" in text


def test_of_ids_the_page_says_how_to_get_names(signed_in, project):
    post(signed_in, project, PIM + "Active,0b1f7c1e-1111-4222-8333-444455556666,Global Administrator,,\n")
    text = flat(signed_in.get(at(project)))
    assert "1 role could not be matched: the list has an ID and no name" in text
    assert "-ExpandProperty principal" in text
    assert "held and not planned" not in text
    table = signed_in.get(at(project, "present_access_table")).content.decode()
    assert "not matched: the list has only an ID" in table


def test_what_was_chosen_is_still_chosen_after_a_mistake(signed_in, project):
    answer = signed_in.post(at(project), {"leave_out": "on"})
    assert answer.status_code == 422
    assert "Choose the list that you saved." in flat(answer)
    assert answer.context["form"]["leave_out"].value()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty. Export the list again."),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "This is not a list that can be read."),
        (PIM.encode(), "The file has column headers but no roles."),
        (PIM.replace(",", ":").encode() + RAVI.encode(), "mdeprep does not recognise the columns of this file"),
        (b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB."),
        (b'{"value": [', "This is no JSON: something is wrong at line 1."),
        (b"PK\x03\x04" + bytes(100), "This is a workbook or an archive."),
    ],
    ids=["empty", "binary", "headers", "separator", "10 MB", "json", "workbook"],
)
def test_a_file_that_is_no_list_is_refused_at_the_field(signed_in, project, content, said):
    answer = post(signed_in, project, content)
    assert answer.status_code == 422
    assert said in flat(answer)
    assert not PresentAccess.objects.exists()


def test_a_line_is_taken_over_into_the_plan_with_one_press(signed_in, planned):
    AccessSettings.objects.filter(project=planned).update(break_glass=0)
    post(signed_in, planned, PIM + RAVI)
    kept = PresentAccess.objects.get(project=planned)
    told = {"place": "0", "file": kept.file_hash}
    text = flat(signed_in.post(at(planned, "take_over"), told, follow=True))
    assert "Global Administrator of Ravi Menon is in the plan now" in text
    assert Assignment.objects.get(project=planned, assignee="Ravi Menon").held == "active"
    assert "to remove 0" in text
    again = flat(signed_in.post(at(planned, "take_over"), told, follow=True))
    assert "The plan has this role for them already. Nothing changed." in again


@pytest.mark.parametrize(
    "told", [{}, {"place": "x"}, {"place": "-1"}, {"place": "99999"}, {"place": "0", "file": "old"}]
)
def test_a_line_that_is_not_there_any_more_is_not_taken_over(signed_in, planned, told):
    post(signed_in, planned, PIM + RAVI)
    text = flat(signed_in.post(at(planned, "take_over"), told, follow=True))
    assert "Another list was read meanwhile. Nothing was taken over: look again." in text
    assert Assignment.objects.filter(project=planned).count() == 2


def test_the_comparison_is_saved_whole_and_without_formulas(signed_in, planned):
    post(signed_in, planned, PIM + "Active,=1+1,Security Reader,,\n" + SEC + GLASS)
    answer = signed_in.get(at(planned, "present_access_table"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0] == ["what to do", "role", "held by", "planned", "now"]
    assert [(line[0], line[2]) for line in lines[1:]] == [
        ("add", "EUC"),
        ("remove", "'=1+1"),
        ("change", "SEC-Admins"),
        ("keep for emergencies", "Break Glass 1"),
    ]
    assert answer["Cache-Control"] == "no-store"


def test_without_a_list_there_is_nothing_to_save(signed_in, project):
    assert signed_in.get(at(project, "present_access_table")).status_code == 302


def test_the_history_tells_how_many_lines_were_read(signed_in, project):
    post(signed_in, project, PIM + RAVI)
    text = flat(signed_in.get(at(project, "history")))
    assert "read a list of the roles that are held now, 1 line " in text.replace("<", " ")
    post(signed_in, project, PIM + RAVI + SEC)
    assert "read a list of the roles that are held now, 2 lines" in flat(signed_in.get(at(project, "history")))


def test_the_list_is_deleted_with_one_press(signed_in, project):
    post(signed_in, project, PIM + RAVI)
    text = flat(signed_in.post(at(project, "forget_present_access"), follow=True))
    assert "The list is deleted, with all names in it." in text
    assert not PresentAccess.objects.exists()


def test_as_planned_is_said(signed_in, project, lead):
    actions.add_row(
        project=project, table=TABLES["access", "assignments"], by=lead,
        values={"persona": "P", "assignee": "ravi@northwind.example", "entra_role": "global-administrator", "held": "active"},
    )  # fmt: skip
    post(signed_in, project, PIM + RAVI)
    assert "What this list tells is as planned." in flat(signed_in.get(at(project)))


def test_a_long_list_is_shown_in_part_and_saved_whole(signed_in, project):
    post(signed_in, project, PIM + "".join(f"Active,G{n},Security Reader,,\n" for n in range(250)))
    text = flat(signed_in.get(at(project)))
    assert text.count("Take over into the plan") == 200
    assert "the first 200 of each are shown, the download has all" in text
    assert len(signed_in.get(at(project, "present_access_table")).content.decode().splitlines()) == 251


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 1 }}", "it's \u202e $(x)"])
def test_a_hostile_name_is_shown_as_text(signed_in, project, name):
    value = [
        {
            "roleDefinitionId": "5d6b6bb7-de71-4623-b4af-96380a352509",
            "principalId": "1",
            "principal": {"displayName": name},
        }
    ]
    assert post(signed_in, project, json.dumps(value)).status_code == 302
    text = signed_in.get(at(project)).content.decode()
    assert "<script>alert" not in text
    assert '<bdi class="break">' in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_however_long_the_list_is(signed_in, planned, rows, django_assert_num_queries):
    post(signed_in, planned, PIM + "".join(f"Active,G{n},Security Reader,,\n" for n in range(rows)))
    signed_in.get(at(planned))
    with django_assert_num_queries(9):
        signed_in.get(at(planned))


def test_a_viewer_reads_the_plan_but_not_who_holds_what(client, project, viewer):
    client.force_login(viewer)
    for name in ("present_access", "present_access_table"):
        assert client.get(at(project, name)).status_code == 403
