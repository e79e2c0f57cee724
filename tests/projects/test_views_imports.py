"""The pages of an import: choose, watch, look, apply; and what they say when it does not go that way."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from projects import actions
from projects.models import DeviceCount, DeviceImport
from projects.tables import TABLES
from projects.views.problems import neutral
from tenants.models import LedgerEntry
from tests.projects.exports import CANARY, applied, intune, uploaded

LEFT_OUT = {"days": "90", "personal": "on", "disabled": "on", "templates": "on", "registered": "on"}


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def send(client, project, data: bytes, **more):
    file = SimpleUploadedFile("export.csv", data)
    return client.post(at(project, "import_new"), {"file": file, **LEFT_OUT, **more})


def test_a_file_becomes_counts(signed_in, project):
    """Choose it, see it wait, read it, look at what it changes, apply it."""
    assert "Export" in signed_in.get(at(project, "import_new")).content.decode()
    answer = send(signed_in, project, intune(windows_11=3, unknown=2))
    row = DeviceImport.objects.get()
    assert answer.url == at(project, "import", row.pk)
    waiting = signed_in.get(answer.url).content.decode()
    assert "Waiting to be read" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    actions.read_import(row.pk)
    looked_at = signed_in.get(answer.url).content.decode()
    assert "5 rows read from an Intune export" in looked_at
    assert "“Windows Embedded POSReady 7” 2 ×" in looked_at
    assert CANARY not in looked_at
    assert not DeviceCount.objects.filter(project=project).exists()
    done = signed_in.post(at(project, "import_apply", row.pk), follow=True)
    assert done.redirect_chain[-1][0] == at(project, "section", "environment")
    assert DeviceCount.objects.get(project=project).count == 3
    assert "Applied." in done.content.decode()


def test_the_preview_says_now_new_and_by_how_much(signed_in, project, lead):
    applied(project, lead, intune(windows_11=200, windows_10=4))
    row = uploaded(project, lead, intune(windows_11=203, ios=1))
    text = " ".join(signed_in.get(at(project, "import", row.pk)).content.decode().split())
    assert '<td class="count">200</td> <td class="count">203</td> <td class="count">+1.5 %</td>' in text
    assert "no longer in the export" in text


def test_a_system_of_another_source_is_listed_with_the_difference(signed_in, project, lead):
    values = {"system": "windows-11", "kind": "computer", "count": 40, "source": "Configuration Manager"}
    actions.add_row(project=project, table=TABLES["environment", "devices"], by=lead, values=values)
    row = uploaded(project, lead, intune(windows_11=30, ios=1))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "Counted by another source" in text
    assert "-10 (-25 %)" in text
    signed_in.post(at(project, "import_apply", row.pk), {"take_over": ["windows-11"]})
    assert DeviceCount.objects.get(project=project, system="windows-11").count == 30


def test_all_that_nobody_counts_is_taken_over_at_once(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3))
    row = uploaded(project, lead, intune(windows_11=2, windows_10=4, unknown=1), source="Configuration Manager")
    assert 'value="nobodys"' not in signed_in.get(at(project, "import", row.pk)).content.decode()  # it is one
    more = "\n".join(f"8-{n},PC-8-{n},,Windows 8.1,,Corporate" for n in range(6))
    row = uploaded(project, lead, intune(windows_11=2, windows_10=4, extra=more), source="Configuration Manager")
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "2 systems are counted by nobody yet" in text
    assert "Windows 11" in text
    signed_in.post(at(project, "import_apply", row.pk), {"take_over": ["nobodys"]})
    counts = dict(DeviceCount.objects.filter(project=project).values_list("system", "count"))
    assert counts == {"windows-11": 3, "windows-10": 4, "windows-8.1": 6}


def test_applying_what_stands_beside_the_plan_does_not_say_that_counts_were_replaced(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3))
    row = uploaded(project, lead, intune(windows_11=2), source="Configuration Manager")
    told = signed_in.post(at(project, "import_apply", row.pk), follow=True).content.decode()
    assert "Applied: no count of the plan changed. What Configuration Manager counts is kept beside" in told
    assert "are replaced" not in told


def test_a_day_that_may_be_a_name_is_said_to_be_hidden(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3, extra="9,PC-9,Ada Lovelace,Windows,10.0.22631.1,Corporate"))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "not shown: it may be a name" in text
    assert "Lovelace" not in text


def test_polling_ends_when_the_file_is_read(signed_in, project, lead):
    row = actions.start_import(project=project, file=SimpleUploadedFile("x.csv", intune(windows_11=3)), by=lead)
    url, htmx = at(project, "import", row.pk), {"HTTP_HX_REQUEST": "true"}
    part = signed_in.get(url, **htmx)
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    actions.read_import(row.pk)
    assert signed_in.get(url, **htmx).status_code == 286
    assert signed_in.get(url).status_code == 200


def test_a_worker_that_is_not_heard_of_is_said_to_be_replaced(signed_in, project, lead):
    row = actions.start_import(project=project, file=SimpleUploadedFile("x.csv", intune(windows_11=3)), by=lead)
    url, told = at(project, "import", row.pk), "Nothing was heard of the worker for a while."
    assert told not in signed_in.get(url).content.decode()
    for seconds, is_told in ((2, False), (20, True)):
        then = timezone.now() - timedelta(seconds=seconds)
        DeviceImport.objects.filter(pk=row.pk).update(state="running", progressed_at=then)
        assert (told in signed_in.get(url).content.decode()) is is_told


def test_the_same_file_again_says_when_it_was_applied(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3))
    seq = LedgerEntry.objects.of(project).count()
    answer = send(signed_in, project, intune(windows_11=3))
    assert "You have already applied this file on" in signed_in.get(answer.url).content.decode()
    assert LedgerEntry.objects.of(project).count() == seq


def test_another_persons_file_is_said_to_be_theirs(client, project, lead, editor):
    applied(project, lead, intune(windows_11=3))
    client.force_login(editor)
    answer = send(client, project, intune(windows_11=3))
    assert "Lena Fischer has already applied this file on" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "The file is empty."), (None, "Choose the export that you saved.")],
)
def test_a_wrong_choice_is_said_at_the_field(signed_in, project, data, said):
    fields = {**LEFT_OUT, **({"file": SimpleUploadedFile("x.csv", data)} if data is not None else {})}
    answer = signed_in.post(at(project, "import_new"), fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not DeviceImport.objects.exists()


def test_a_file_that_is_too_large_is_said_at_the_field(signed_in, project, monkeypatch):
    monkeypatch.setattr("projects.forms.imports.MOST_BYTES", 2**20)
    answer = send(signed_in, project, b"x" * (2**20 + 1))
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(signed_in, project, lead):
    row = uploaded(project, lead, b"PK\x03\x04" + b"\x00" * 100)
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "This workbook cannot be opened" in text
    assert "No count was changed" in text


def test_what_is_left_out_is_changed_on_the_page(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3, seen="2020-01-01"))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    assert "3 not seen for 90 days" in text
    assert "Nothing in this file is counted." in text
    assert "Apply the counts" not in text
    assert signed_in.post(at(project, "import_again", row.pk), {"days": "many"}).status_code == 422
    signed_in.post(at(project, "import_again", row.pk), {"days": "0"})
    actions.read_import(row.pk)
    row.refresh_from_db()
    assert (row.result["counts"], row.leave_out["personal"]) == ({"windows-11": 3}, False)


def test_counts_that_moved_are_looked_at_again(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    answer = signed_in.post(at(project, "import_apply", row.pk), {"seen": "another comparison"}, follow=True)
    assert "Somebody changed counts while you were reading." in answer.content.decode()
    assert not DeviceCount.objects.filter(project=project).exists()


def test_a_second_click_does_nothing(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    for _click in range(2):
        answer = signed_in.post(at(project, "import_apply", row.pk), follow=True)
    assert "Nothing was done." in answer.content.decode()
    assert LedgerEntry.objects.of(project).filter(verb="imported").count() == 1
    assert "Nothing was done." in signed_in.post(at(project, "import_cancel", row.pk), follow=True).content.decode()


def test_cancelling_deletes_the_file(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    answer = signed_in.post(at(project, "import_cancel", row.pk), follow=True)
    assert "The file is deleted. No count was changed." in answer.content.decode()
    assert "This import was ended" in signed_in.get(at(project, "import", row.pk)).content.decode()


def test_the_list_of_lines_quotes_no_name_and_no_formula(signed_in, project, lead):
    extra = f"7,{CANARY},-99,Windows,10,Corporate\n6,{CANARY},=cmd|calc,Windows,10,Corporate"
    extra += f'\n8,{CANARY}\n9,{CANARY},2026-11-20,"Windows\x00 @11",,Corporate'
    row = uploaded(project, lead, intune(windows_11=30, extra=extra))
    answer = signed_in.get(at(project, "import_problems", row.pk))
    assert "attachment" in answer["Content-Disposition"]
    text = answer.getvalue().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(one["line"], one["column"], one["value"]) for one in lines] == [
        ("32", "last seen", "'-99"), ("33", "last seen", ""), ("34", "", ""), ("35", "operating system", ""),
    ]  # fmt: skip
    assert all(one["what is accepted"] for one in lines)
    assert CANARY not in text


def test_the_preview_shows_line_column_value_and_what_is_accepted(signed_in, project, lead):
    extra = f"7,{CANARY},31.02.2026,Windows,10,Corporate\n8,{CANARY}\n9,{CANARY},{CANARY},Windows,10,Corporate"
    row = uploaded(project, lead, intune(windows_11=30, extra=extra + "\nbroken" * 10))
    text = " ".join(signed_in.get(at(project, "import", row.pk)).content.decode().split())
    assert "13 rows could not be read" in text
    cells = [
        '<th scope="row">32</th><td data-label="Column">last seen</td>', "“31.02.2026”", "is no day",
        "a day such as 2026-11-05", '<th scope="row">33</th><td data-label="Column">–</td>',
        "has 2 columns instead of 6", "as many columns as there are headers", "And 3 more.",
    ]  # fmt: skip
    assert [cell for cell in cells if cell not in text] == []
    assert CANARY not in text


@pytest.mark.usefixtures("in_november")
def test_the_preview_shows_the_counts_by_version(signed_in, project, lead):
    versions = ("10.0.19045.1", "10.0.19045.2", "10.0.19044.1", "10.0.1")
    extra = "\n".join(f"7{n},x{n},2026-11-20,Windows 10,{version},Corporate" for n, version in enumerate(versions))
    extra += "\n" + "\n".join(f"8{n},y{n},2026-11-20,iOS/iPadOS,18.{n},Corporate" for n in range(10))
    row = uploaded(project, lead, intune(extra=extra + "\n99,z,2026-11-20,Windows Server 2019,,Corporate"))
    text = signed_in.get(at(project, "import", row.pk)).content.decode()
    [table] = re.findall(r'id="by-version".*?</details>', text, re.DOTALL)
    plain = " ".join(strip_tags(table.replace("</th>", "</th> ")).split())
    assert "Windows 10 4 22H2: 2, not told: 1, 21H2: 1" in plain
    assert "18.7: 1, others: 2" in plain
    assert "Windows Server 2019 1 not told" in plain


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_looks_like_a_formula_is_neutralised(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"
    assert neutral("Windows") == "Windows"


DEEDS = ["import_again", "import_apply", "import_cancel"]


def test_a_viewer_imports_nothing(client, project, lead, viewer):
    row = uploaded(project, lead, intune(windows_11=3))
    client.force_login(viewer)
    assert client.get(at(project, "import_new")).status_code == 403
    assert client.get(at(project, "import", row.pk)).status_code == 403
    assert client.get(at(project, "import_problems", row.pk)).status_code == 403
    assert {client.post(at(project, name, row.pk)).status_code for name in DEEDS} == {403}


def test_an_import_is_found_in_its_own_project_only(signed_in, tenant, project, lead):
    from stakeholders.actions import start_project

    other = start_project(tenant=tenant, lead=lead, by=lead, name="Contoso Pharma", kind="deployment")
    row = uploaded(other, lead, intune(windows_11=3))
    assert signed_in.get(at(project, "import", row.pk)).status_code == 404
    assert {signed_in.post(at(project, name, row.pk)).status_code for name in DEEDS} == {404}


def test_deeds_are_posted(signed_in, project, lead):
    row = uploaded(project, lead, intune(windows_11=3))
    assert {signed_in.get(at(project, name, row.pk)).status_code for name in DEEDS} == {405}


@pytest.mark.parametrize("systems", [{"windows_11": 1}, {"windows_11": 1, "windows_10": 2, "ios": 3}])
def test_a_preview_asks_the_same_however_many_systems(signed_in, project, lead, systems, django_assert_num_queries):
    row = uploaded(project, lead, intune(**systems))
    url = at(project, "import", row.pk)
    signed_in.get(url)
    with django_assert_num_queries(21):
        signed_in.get(url)


def test_watching_costs_little(signed_in, project, lead, django_assert_num_queries):
    row = actions.start_import(project=project, file=SimpleUploadedFile("x.csv", intune(windows_11=3)), by=lead)
    url = at(project, "import", row.pk)
    signed_in.get(url, HTTP_HX_REQUEST="true")
    with django_assert_num_queries(5):
        signed_in.get(url, HTTP_HX_REQUEST="true")
