"""Start a project: any member of a tenant may, and leads it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.models import Project
from tenants.actions import invite
from tests.conftest import make_person
from tests.stakeholders.conftest import signed_in
from tests.stakeholders.test_views_decide import text

ADDRESS = "/projects/new/"


def facts(tenant, **more):
    return {"tenant": tenant.pk, "name": "Contoso Retail stores", "kind": "migration", "plan": "P1"} | more


def test_a_member_starts_a_project_and_leads_it(tenant, lead):
    response = signed_in(lead).post(ADDRESS, facts(tenant))
    project = Project.objects.get()
    assert response.url == reverse("projects:section", args=[project.slug, "environment"])
    assert (project.lead, project.tenant, project.kind, project.plan) == (lead, tenant, "migration", "P1")
    assert project.digests.keys() >= {"stakeholders", "migration"}


def test_without_a_name_nothing_is_started(tenant, lead):
    response = signed_in(lead).post(ADDRESS, facts(tenant, name=""))
    assert response.status_code == 422
    assert not Project.objects.exists()


def test_one_tenant_is_not_asked_for_and_of_several_one_is_chosen(tenant, other_tenant, lead):
    assert "Organisation" not in text(signed_in(lead).get(ADDRESS))
    invite(tenant=other_tenant, email=lead.email, by=None, is_mailed=False)
    words = text(signed_in(lead).get(ADDRESS))
    assert "Organisation" in words
    assert "Fabrikam" in words


def test_no_project_is_started_in_somebody_elses_tenant(tenant, other_tenant, lead):
    assert signed_in(lead).post(ADDRESS, facts(other_tenant)).status_code == 422
    assert not Project.objects.exists()


def test_who_belongs_nowhere_finds_no_such_page(asked, ciso, client):
    assert signed_in(ciso).get(ADDRESS).status_code == 404
    assert "/accounts/login/" in client.get(ADDRESS).url


@pytest.mark.parametrize("name", ["New", "new"])
def test_a_project_called_new_gets_an_address_of_its_own(tenant, name):
    member = make_person(tenant, "Lena Fischer")
    signed_in(member).post(ADDRESS, facts(tenant, name=name))
    assert Project.objects.get().slug == "new-2"
