"""Sharing: roles for people and teams of the tenant and its providers, handing over, archiving."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from projects import access
from projects.models import Grant, Project
from projects.rules.roles import Role
from tenants import clock
from tenants.actions import create_team, name_provider
from tests.conftest import make_person


def url(project, deed="sharing", *args):
    return reverse(f"projects:{deed}", args=[project.slug, *args])


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def sofia(tenant):
    return make_person(tenant, "Sofia Lind")


def test_a_person_is_given_a_role_until_a_day(as_lead, project, sofia):
    ends = clock.today("UTC") + timedelta(days=30)
    data = {"email": " Sofia@contoso.example ", "role": "viewer", "ends_on": ends.isoformat()}
    assert as_lead.post(url(project, "share"), data).status_code == 302
    assert access.roles_of(project, sofia) == {"viewer"}
    text = as_lead.get(url(project)).content.decode()
    assert "Sofia Lind" in text
    assert "shared with them" in text


def test_a_team_is_given_a_role(as_lead, project, tenant, lead, sofia):
    team = create_team(tenant=tenant, name="Security operations", by=lead, members=[sofia])
    as_lead.post(url(project, "share"), {"team": team.pk, "role": "editor"})
    assert access.roles_of(project, sofia) == {"editor"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"role": "viewer"}, "Name a person or choose a team, one of the two."),
        ({"email": "jon@fabrikam.example", "role": "viewer"}, "Nobody with this address belongs to Contoso"),
        ({"email": "nobody@contoso.example", "role": "viewer"}, "Nobody with this address belongs to Contoso"),
        ({"email": "sofia@contoso.example", "role": "stakeholder"}, "is not one of the available choices"),
        ({"email": "sofia@contoso.example", "role": "viewer", "ends_on": "2020-01-01"}, "That day has passed."),
    ],
)
def test_what_cannot_be_shared_is_said_in_plain_words(as_lead, project, sofia, other_tenant, data, words):
    make_person(other_tenant, "Jon Park")
    answer = as_lead.post(url(project, "share"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Grant.objects.filter(project=project).count() == 1


def test_people_of_a_provider_may_be_given_roles(as_lead, project, tenant, other_tenant, lead):
    jon = make_person(other_tenant, "Jon Park")
    name_provider(tenant=tenant, provider=other_tenant, by=lead)
    as_lead.post(url(project, "share"), {"email": jon.email, "role": "lead"})
    assert access.roles_of(project, jon) == {"lead"}


def test_a_role_is_taken_back_at_once(as_lead, client, project, viewer):
    row = Grant.objects.get(project=project, user=viewer)
    assert as_lead.post(url(project, "revoke", row.pk)).status_code == 302
    client.force_login(viewer)
    assert client.get(reverse("projects:section", args=[project.slug, "environment"])).status_code == 404


def test_the_last_lead_stays(as_lead, project, lead):
    row = Grant.objects.get(project=project, user=lead)
    answer = as_lead.post(url(project, "revoke", row.pk), follow=True)
    assert "A project keeps a lead" in answer.content.decode()
    assert Grant.objects.filter(pk=row.pk).exists()


def test_roles_of_the_matrix_are_not_taken_back_here(as_lead, project, sofia):
    row = access.grant(project=project, user=sofia, role=Role.STAKEHOLDER, reason=Grant.Reason.MATRIX, by=None)
    assert as_lead.post(url(project, "revoke", row.pk)).status_code == 404
    assert "/revoke/" in as_lead.get(url(project)).content.decode()
    assert f"/{row.pk}/revoke/" not in as_lead.get(url(project)).content.decode()


def test_no_grant_of_another_project_is_taken_back(as_lead, project, tenant, lead, viewer):
    from projects.actions import create_project

    other = create_project(tenant=tenant, lead=lead, by=lead, name="Retail", kind="deployment")
    row = Grant.objects.get(project=project, user=viewer)
    assert as_lead.post(url(other, "revoke", row.pk)).status_code == 404


def test_the_lead_is_handed_over(as_lead, project, sofia):
    answer = as_lead.post(url(project, "hand_over"), {"email": sofia.email})
    assert answer.status_code == 302
    assert Project.objects.get(pk=project.pk).lead == sofia
    assert as_lead.post(url(project, "hand_over"), {"email": "who@else.example"}).status_code == 422


def test_the_administrator_shares_without_seeing_the_plan(client, project, admin):
    client.force_login(admin)
    text = client.get(url(project)).content.decode()
    assert "You do not see what is in the plan" in text
    assert reverse("projects:plan", args=[project.slug]) not in text
    assert reverse("projects:history", args=[project.slug]) not in text
    client.post(url(project, "share"), {"email": admin.email, "role": "viewer"})
    assert client.get(reverse("projects:section", args=[project.slug, "environment"])).status_code == 200


def test_archived_and_restored(as_lead, project):
    as_lead.post(url(project, "archive"), {"why": "Merged into another"})
    assert Project.objects.get(pk=project.pk).archived_at
    assert "Restore the project" in as_lead.get(url(project)).content.decode()
    as_lead.post(url(project, "restore"))
    assert not Project.objects.get(pk=project.pk).archived_at


def test_an_editor_shares_and_archives_nothing(client, project, editor, sofia):
    client.force_login(editor)
    assert client.get(url(project)).status_code == 403
    for deed in ("share", "hand_over", "archive", "restore"):
        assert client.post(url(project, deed), {"email": sofia.email, "role": "lead"}).status_code == 403
    assert client.get(url(project, "archive")).status_code == 403


def test_the_same_queries_at_one_grant_and_at_three(as_lead, project, tenant, lead, django_assert_num_queries):
    as_lead.get(url(project))
    for name in ("Ann One", "Bea Two", "Cem Three"):
        access.grant(project=project, user=make_person(tenant, name), role=Role.VIEWER, by=lead)
        with django_assert_num_queries(7):
            as_lead.get(url(project))
