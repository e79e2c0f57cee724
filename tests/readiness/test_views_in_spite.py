"""Starting a phase in spite of blockers: by whom, with what, and where it stays visible."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from projects import access
from projects import actions as plan_actions
from projects.models import Project
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness.actions import NotAllowed, ask_for_approval, leave_phase_in_spite
from readiness.papers.plan import plan_as_html
from tenants import clock
from tenants.models import LedgerEntry, Mail, Membership
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import signed_in

BECAUSE = "The licences are ordered, invoice 4711."


@pytest.fixture
@remembered
def servers(project, lead):
    values = {"system": "rhel-8", "kind": "server", "count": 12}
    return plan_actions.add_row(project=project, table=TABLES["environment", "devices"], values=values, by=lead)


@pytest.fixture
def admin(tenant, project, lead):
    """An administrator of the tenant who reads the project by a role of their own."""
    user = make_person(tenant, "Olu Adeyemi", Membership.Role.ADMIN)
    access.grant(project=project, user=user, role=Role.VIEWER, by=lead)
    return user


def test_an_administrator_of_the_tenant_goes_on_in_spite_of_blockers(project, lead, ciso, servers, admin):
    client, address = signed_in(admin), f"/projects/{project.slug}/start/in-spite/"
    assert address in client.get(f"/projects/{project.slug}/").content.decode()
    assert "12 servers have no licence" in client.get(address).content.decode()
    answer = client.post(address, {"why": BECAUSE}, follow=True)
    assert answer.redirect_chain == [(f"/projects/{project.slug}/", 302)]
    assert Project.objects.get(pk=project.pk).phase == "setup"
    entry = LedgerEntry.objects.of(project).latest("seq")
    told = json.loads(entry.body)["what"]
    assert (entry.verb, entry.actor_id, told["why"]) == ("phase started", admin.pk, BECAUSE)
    assert "12 servers have no licence" in told["in_spite_of"]
    mail = Mail.objects.get(kind="told", recipient=ciso.email, context__subject__startswith="Setup has started")
    assert mail.context["quote"] == BECAUSE
    assert "12 servers have no licence" in mail.context["lines"][0]


@pytest.mark.parametrize(
    "page", ["", "plan/environment/", "plan/licences/", "history/", "approvals/", "sharing/", "print/"]
)
def test_that_it_went_on_in_spite_of_blockers_stays_on_every_page(project, lead, servers, admin, page):
    signed_in(admin).post(f"/projects/{project.slug}/start/in-spite/", {"why": BECAUSE})
    text = signed_in(lead).get(f"/projects/{project.slug}/{page}").content.decode()
    assert "Olu Adeyemi started Setup on" in text
    assert BECAUSE in text
    assert "12 servers have no licence" in text


def test_it_is_told_to_who_signs_and_in_the_plan_on_paper(project, lead, ciso, servers, admin):
    round_ = ask_for_approval(
        project=project, sections=["environment"], due_on=clock.today("UTC") + timedelta(days=7), by=lead
    )
    signed_in(admin).post(f"/projects/{project.slug}/start/in-spite/", {"why": BECAUSE})
    page = signed_in(ciso).get(f"/projects/{project.slug}/rounds/{round_.number}/decide/").content.decode()
    assert BECAUSE in page
    assert BECAUSE in plan_as_html(Project.objects.select_related("tenant").get(pk=project.pk))


def test_going_on_in_spite_of_blockers_needs_a_reason(project, servers, admin):
    answer = signed_in(admin).post(f"/projects/{project.slug}/start/in-spite/", {"why": "  "})
    assert answer.status_code == 422
    assert "Say why." in answer.content.decode()
    assert Project.objects.get(pk=project.pk).phase == "prepare"


def test_an_administrator_decides_on_what_they_read(tenant, project, servers):
    """Without a role in the project they are told how they get one, and nothing of its plan."""
    client = signed_in(make_person(tenant, "Olu Adeyemi", Membership.Role.ADMIN))
    address = f"/projects/{project.slug}/start/in-spite/"
    for answer in (client.get(address), client.post(address, {"why": BECAUSE})):
        text = answer.content.decode()
        assert f'href="/projects/{project.slug}/sharing/"' in text
        assert "12 servers" not in text
    assert Project.objects.get(pk=project.pk).phase == "prepare"


def test_nobody_else_goes_on_in_spite_of_blockers(project, lead, superuser, servers, admin):
    for user in (lead, superuser):
        assert signed_in(user).post(f"/projects/{project.slug}/start/in-spite/", {"why": BECAUSE}).status_code in {
            403,
            404,
        }
        with pytest.raises(NotAllowed):
            leave_phase_in_spite(project=project, by=user, why=BECAUSE)
    with pytest.raises(NotAllowed):
        leave_phase_in_spite(project=project, by=admin, why=" ")
    text = signed_in(lead).get(f"/projects/{project.slug}/start/").content.decode()
    assert "Only an administrator of the tenant (Olu Adeyemi) can go on in spite of a blocker" in text
    assert "in-spite" not in text
    assert Project.objects.get(pk=project.pk).phase == "prepare"


def test_where_nothing_stands_whoever_leads_starts_it(project, servers, admin, nothing_stops):
    client = signed_in(admin)
    assert (
        "whoever leads the project starts it"
        in client.get(f"/projects/{project.slug}/start/in-spite/").content.decode()
    )
    client.post(f"/projects/{project.slug}/start/in-spite/", {"why": BECAUSE})
    assert Project.objects.get(pk=project.pk).phase == "prepare"
