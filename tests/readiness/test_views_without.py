"""Trying a plan without a part of its inventory writes nothing; leaving it out is one deed with a reason."""

from __future__ import annotations

import pytest

from projects import access, actions, plan
from projects.models import DeviceCount, Project
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness.actions import present_verdict
from readiness.trial import without
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DEVICES = TABLES["environment", "devices"]
LINUX = {"ubuntu-22.04": 60, "rhel-9": 49, "rhel-8": 0}
WHY = "Another team protects them."


def count(project, by, system, number):
    values = {"system": system, "kind": "server", "count": number, "source": "Landscape"}
    return actions.add_row(project=project, table=DEVICES, values=values, by=by)


def fresh(project):
    return Project.objects.select_related("tenant", "lead").get(pk=project.pk)


@pytest.fixture
@remembered
def linux(project, lead):
    """109 Linux servers, of two systems; a third was counted, and there was none."""
    for system, number in LINUX.items():
        count(project, lead, system, number)
    return project


def url(project, rest=""):
    return f"/projects/{project.slug}/without/linux_servers/{rest}"


def text(response):
    return " ".join(response.content.decode().split())


def licences(findings):
    return [each.result.title for each in findings if each.check.name == "servers_are_licensed"]


def test_what_goes_with_them_is_told(linux):
    found = without(fresh(linux), "linux_servers")
    assert [(line.system, line.count) for line in found.lines] == [("ubuntu-22.04", 60), ("rhel-9", 49)]
    assert (licences(found.goes), licences(found.comes)) == (["109 servers have no licence"], [])
    assert without(fresh(linux), "mobiles") is None


def test_a_gap_that_only_becomes_smaller_is_told_with_both_numbers(linux, lead):
    count(linux, lead, "windows-server-2022", 7)
    found = without(fresh(linux), "linux_servers")
    assert (licences(found.goes), licences(found.comes)) == ([], [])
    assert [licences(pair) for pair in found.changes if licences(pair)] == [
        ["116 servers have no licence", "7 servers have no licence"]
    ]
    assert '7 servers have no licence <span class="meta">(now: 116 servers have no licence)</span>' in text(
        signed_in(lead).get(url(linux))
    )


def test_the_blocker_leads_to_the_page_and_trying_writes_nothing(linux, lead):
    client, before = signed_in(lead), plan.load([fresh(linux)])[linux.pk]
    overview = client.get(f"/projects/{linux.slug}/")
    assert f'href="{url(linux)}">Try it: leave out the Linux servers</a>' in text(overview)
    entries = LedgerEntry.objects.count()
    page = text(client.get(url(linux)))
    assert "109 devices would be left out" in page
    assert page.index("No longer found") < page.index("109 servers have no licence")
    assert (LedgerEntry.objects.count(), plan.load([fresh(linux)])[linux.pk]) == (entries, before)


def test_signatures_that_would_end_are_named(linux, lead, ciso, head_of_cdoc):
    round_ = ask(fresh(linux), lead)
    for person in (ciso, head_of_cdoc):
        answer(request_of(round_, person), person)
    found = without(fresh(linux), "linux_servers")
    assert found.effect.ends
    assert "Both signatures on Environment end." in found.effect.words
    assert any("out of date" in each.result.title for each in found.comes)
    assert "Both signatures on Environment end." in text(signed_in(lead).get(url(linux)))


def test_leaving_them_out_is_one_entry_with_the_reason(linux, lead):
    client = signed_in(lead)
    before = LedgerEntry.objects.of(linux).count()
    assert "109 devices are left out." in text(client.post(url(linux, "leave-out/"), {"because": WHY}, follow=True))
    rows = DeviceCount.objects.filter(project=linux).values_list("system", "does_not_apply")
    assert dict(rows) == {"ubuntu-22.04": WHY, "rhel-9": WHY, "rhel-8": ""}
    entry = LedgerEntry.objects.of(linux).latest("seq")
    assert (entry.verb, entry.seq) == ("systems left out", before + 1)
    assert not any("have no licence" in each["title"] for each in present_verdict(fresh(linux)).payload["findings"]
                   if each["check"] == "servers_are_licensed")  # fmt: skip
    assert "left out of the inventory" in text(client.get(f"/projects/{linux.slug}/history/"))


def test_nothing_happens_twice(linux, lead):
    client = signed_in(lead)
    client.post(url(linux, "leave-out/"), {"because": WHY})
    assert "No Linux servers are counted in this plan." in text(client.get(url(linux)))
    before = LedgerEntry.objects.count()
    again = client.post(url(linux, "leave-out/"), {"because": "Once more."}, follow=True)
    assert "They were left out meanwhile. Nothing was changed." in text(again)
    assert LedgerEntry.objects.count() == before


def test_without_a_reason_nothing_is_left_out(linux, lead):
    response = signed_in(lead).post(url(linux, "leave-out/"), {"because": "  "})
    assert response.status_code == 422
    assert "Say why: those who approve will ask." in text(response)
    assert not DeviceCount.objects.filter(project=linux).exclude(does_not_apply="").exists()


def test_whoever_only_reads_may_try_and_is_shown_no_form(tenant, linux):
    reader = make_person(tenant, "Ines Costa")
    access.grant(project=linux, user=reader, role=Role.VIEWER, by=None)
    page = text(signed_in(reader).get(url(linux)))
    assert "109 devices would be left out" in page
    assert "They are left out, because" not in page


@pytest.mark.parametrize("group", ["printers", "linux"])
def test_a_group_that_there_is_not_is_not_found(linux, lead, group):
    client = signed_in(lead)
    assert client.get(f"/projects/{linux.slug}/without/{group}/").status_code == 404
    assert client.post(f"/projects/{linux.slug}/without/{group}/leave-out/", {"because": WHY}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_however_many_systems(project, lead, number, django_assert_num_queries):
    for system in list(LINUX)[:number]:
        count(project, lead, system, 5)
    client = signed_in(lead)
    client.get(url(project))
    with django_assert_num_queries(46):
        client.get(url(project))
