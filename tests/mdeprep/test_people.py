"""Somebody left: what they own is handed over, what they reach is taken back, their membership ends, all or nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from mdeprep import actions as site
from projects import access
from projects.actions import create_project, set_owner
from projects.models import Grant, SectionOwner
from projects.rules.roles import Role
from tenants import actions, ledger
from tenants.models import LedgerEntry, Mail, Membership, User
from tests.conftest import make_person


@pytest.fixture
def priya(tenant):
    return make_person(tenant, "Priya Nair")


@pytest.fixture
def page(lead):
    return reverse("person_left", args=[lead.pk])


def test_the_page_says_what_they_lead_and_reach(client, admin, lead, priya, project, page, tenant):
    other = create_project(tenant=tenant, lead=priya, by=priya, name="Retail", kind="deployment")
    access.grant(project=other, user=lead, role=Role.EDITOR, by=priya)
    actions.create_team(tenant=tenant, name="Endpoint engineering", by=admin, members=[lead])
    client.force_login(admin)
    shown = client.get(page)
    assert list(shown.context["led"]) == [project]
    assert {(row.project.name, row.role) for row in shown.context["reach"]} == {
        ("Contoso Endpoint 2027", "lead"), ("Retail", "editor"),
    }  # fmt: skip
    assert "Endpoint engineering" in shown.content.decode()


def test_a_successor_leads_from_now_on_and_the_person_is_out(client, admin, lead, priya, project, page, tenant):
    client.force_login(admin)
    response = client.post(page, {"tenant": tenant.pk, "successor": priya.pk})
    assert response["Location"] == reverse("admin:index")
    project.refresh_from_db()
    assert project.lead == priya
    assert access.permissions_of(project, lead) == set()
    assert "change_project" in access.permissions_of(project, priya)
    assert lead.memberships.get().ended_at is not None
    verbs = list(LedgerEntry.objects.of(project).order_by("seq").values_list("verb", flat=True))
    assert verbs[-3:] == ["role given", "handed over", "role taken back"]
    tenant.refresh_from_db()
    assert ledger.verify(project) == ledger.verify(tenant) == []
    assert Mail.objects.filter(kind="role_given", recipient=priya.email).exists()


def test_sections_go_to_the_successor_or_to_the_lead(client, admin, lead, priya, project, page, tenant):
    set_owner(project=project, section="access", person=priya, by=lead)
    client.force_login(admin)
    of_priya = reverse("person_left", args=[priya.pk])
    assert client.get(of_priya).context["looked_after"] == [("Contoso Endpoint 2027", "Access")]
    client.post(of_priya, {"tenant": tenant.pk})
    assert SectionOwner.objects.get(project=project, section="access").person is None
    set_owner(project=project, section="licences", person=lead, by=lead)
    hana = make_person(tenant, "Hana Sato")
    client.post(page, {"tenant": tenant.pk, "successor": hana.pk})
    assert SectionOwner.objects.get(project=project, section="licences").person == hana
    project.refresh_from_db()
    assert ledger.verify(project) == []


def test_without_a_successor_nothing_ends(client, admin, lead, project, page, tenant):
    client.force_login(admin)
    response = client.post(page, {"tenant": tenant.pk})
    assert response.status_code == 422
    assert lead.memberships.get().ended_at is None
    with pytest.raises(site.NoSuccessor):
        site.leave(person=lead, tenant=tenant, by=admin)


def test_whoever_leads_nothing_needs_no_successor(client, admin, priya, tenant):
    client.force_login(admin)
    client.post(reverse("person_left", args=[priya.pk]), {"tenant": tenant.pk})
    assert priya.memberships.get().ended_at is not None


def test_the_successor_is_somebody_of_the_tenant(client, admin, lead, project, page, tenant, other_tenant):
    jon = make_person(other_tenant, "Jon Park")
    client.force_login(admin)
    for nobody in (jon, lead):
        assert client.post(page, {"tenant": tenant.pk, "successor": nobody.pk}).status_code == 422
    project.refresh_from_db()
    assert project.lead == lead


def test_the_last_administrator_is_told_to_make_another(client, admin, tenant):
    client.force_login(admin)
    response = client.post(reverse("person_left", args=[admin.pk]), {"tenant": tenant.pk}, follow=True)
    assert "would be left without an administrator" in response.content.decode()
    assert admin.memberships.get().ended_at is None


def test_a_person_of_two_tenants_leaves_one(client, admin, lead, priya, project, page, tenant, other_tenant):
    actions.invite(tenant=other_tenant, email=lead.email, by=None)
    elsewhere = create_project(tenant=other_tenant, lead=lead, by=lead, name="Fabrikam rollout", kind="deployment")
    client.force_login(admin)
    assert "Fabrikam" not in client.get(page).content.decode()
    client.post(page, {"tenant": tenant.pk, "successor": priya.pk})
    elsewhere.refresh_from_db()
    assert elsewhere.lead == lead
    assert "change_project" in access.permissions_of(elsewhere, lead)
    assert access.permissions_of(project, lead) == set()
    assert Membership.objects.current().filter(user=lead).get().tenant == other_tenant


def test_whoever_leaves_a_provider_loses_what_they_had_at_its_customers(
    admin, tenant, other_tenant, project, superuser
):
    """Fabrikam provides for Contoso; its engineer leaves."""
    actions.name_provider(tenant=tenant, provider=other_tenant, by=admin)
    noah = make_person(other_tenant, "Noah Berg")
    access.grant(project=project, user=noah, role=Role.EDITOR, by=admin)
    site.leave(person=noah, tenant=other_tenant, by=superuser)
    assert not Grant.objects.filter(user=noah).exists()
    assert access.permissions_of(project, noah) == set()


def test_when_something_fails_everything_stays(admin, lead, priya, project, tenant, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr(access, "revoke", fail)
    with pytest.raises(RuntimeError):
        site.leave(person=lead, tenant=tenant, successor=priya, by=admin)
    project.refresh_from_db()
    assert project.lead == lead
    assert lead.memberships.get().ended_at is None


def test_who_may_open_the_page(client, admin, lead, superuser, other_tenant, page):
    jon = make_person(other_tenant, "Jon Park", Membership.Role.ADMIN)
    for user, status in ((admin, 200), (superuser, 200), (jon, 404), (lead, 404)):
        client.force_login(user)
        assert client.get(page).status_code == status
        assert client.get(page, {"tenant": "x"}).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302


def test_another_tenant_s_membership_is_not_ended_by_posting_its_id(client, admin, lead, tenant, other_tenant, page):
    actions.invite(tenant=other_tenant, email=lead.email, by=None)
    client.force_login(admin)
    assert client.post(page, {"tenant": other_tenant.pk}).status_code == 404
    assert Membership.objects.current().filter(user=lead).count() == 2


def test_the_person_is_chosen_on_the_first_page(client, admin, lead, tenant):
    client.force_login(admin)
    chosen = client.get(reverse("choose_person"), {"person": lead.pk, "tenant": tenant.pk})
    assert chosen["Location"] == f"/people/{lead.pk}/left/?tenant={tenant.pk}"
    assert client.get(reverse("choose_person"), {"person": ""})["Location"] == reverse("admin:index")


def test_a_stakeholder_who_is_known_by_their_address_alone_leaves_too(
    client, admin, lead, priya, project, tenant, ciso
):
    """Dana approves, and belongs to no tenant: one successor takes her rows in all projects at once."""
    from stakeholders.actions import assign, start_project
    from stakeholders.models import Stakeholder

    other = start_project(tenant=tenant, lead=lead, by=lead, name="Retail", kind="migration")
    assign(project=other, key="role-ciso", email=ciso.email, name=ciso.name, by=lead)
    client.force_login(admin)
    assert f'<option value="{ciso.pk}">' in client.get(reverse("admin:index")).content.decode()
    page = reverse("person_left", args=[ciso.pk])
    shown = client.get(page)
    assert {row.project for row in shown.context["rows"]} == {project, other}
    assert "known by their address in the matrix alone" in shown.content.decode()
    assert client.post(page, {"tenant": tenant.pk}).status_code == 422
    client.post(page, {"tenant": tenant.pk, "successor": priya.pk})
    assert set(Stakeholder.objects.filter(key="role-ciso").values_list("email", flat=True)) == {priya.email}
    assert client.get(page).status_code == 404


def test_a_stakeholder_of_another_tenant_is_not_found(client, admin, other_tenant):
    from stakeholders.actions import assign, start_project

    jon = make_person(other_tenant, "Jon Park")
    elsewhere = start_project(tenant=other_tenant, lead=jon, by=jon, name="Rollout", kind="deployment")
    assign(project=elsewhere, key="role-ciso", email="boss@fabrikam.example", name="Boss", by=jon)
    boss = User.objects.create_user("boss@fabrikam.example", name="Boss")
    client.force_login(admin)
    assert client.get(reverse("person_left", args=[boss.pk])).status_code == 404
