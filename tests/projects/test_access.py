"""Who may do what: grants become permissions, and every way to ask gives one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from projects import access
from projects.models import Grant, Project
from projects.rules.roles import OF_TENANT_ADMIN, PERMISSIONS, Role
from stakeholders.actions import start_project
from tenants import clock
from tenants.actions import (
    add_to_team,
    create_team,
    end_provider,
    invite,
    name_provider,
    remove_from_team,
    set_may_sign_in,
)
from tenants.models import Mail, Membership, User
from tests.conftest import make_person

EVERY_PERMISSION = sorted(OF_TENANT_ADMIN.union(*PERMISSIONS.values()))


@pytest.fixture
def noah(other_tenant):
    return make_person(other_tenant, "Noah Berg")


def held(project: Project, user: User) -> set[str]:
    return {code for code in EVERY_PERMISSION if Project.objects.permitting(user, code).filter(pk=project.pk).exists()}


def assert_all_ways_agree(project: Project, user: User) -> set[str]:
    user = User.objects.get(pk=user.pk)
    by_list = held(project, user)
    assert access.permissions_of(project, user) == by_list
    assert {code for code in EVERY_PERMISSION if user.has_perm(f"projects.{code}", project)} == by_list
    return by_list


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gives_just_its_permissions_to_a_person(project, tenant, role):
    user = make_person(tenant, "Some One")
    access.grant(project=project, user=user, role=role, by=None)
    assert assert_all_ways_agree(project, user) == PERMISSIONS[role]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_of_a_team_is_that_of_its_people_while_they_are_in_it(project, tenant, role):
    user = make_person(tenant, "Some One")
    team = create_team(tenant=tenant, name="Endpoint engineering", by=None)
    access.grant(project=project, team=team, role=role, by=None)
    assert assert_all_ways_agree(project, user) == set()
    add_to_team(team=team, user=user, by=None)
    assert assert_all_ways_agree(project, user) == PERMISSIONS[role]
    remove_from_team(team=team, user=user, by=None)
    assert assert_all_ways_agree(project, user) == set()


@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_not_sign_in_may_nothing(project, tenant, role):
    user = make_person(tenant, "Some One")
    access.grant(project=project, user=user, role=role, by=None)
    set_may_sign_in(user=user, may=False, by=None)
    assert assert_all_ways_agree(project, user) == set()


def test_two_roles_add_up_and_go_one_by_one(project, tenant):
    user = make_person(tenant, "Some One")
    access.grant(project=project, user=user, role=Role.AUDITOR, by=None)
    editor = access.grant(project=project, user=user, role=Role.EDITOR, by=None)
    assert assert_all_ways_agree(project, user) == PERMISSIONS[Role.AUDITOR] | PERMISSIONS[Role.EDITOR]
    access.revoke(row=editor, by=None)
    assert assert_all_ways_agree(project, user) == PERMISSIONS[Role.AUDITOR]


def test_a_superuser_has_no_silent_right_in_a_project(project, superuser):
    assert assert_all_ways_agree(project, superuser) == set()


def test_an_administrator_of_the_tenant_shares_and_archives_and_sees_no_plan(project, admin):
    assert assert_all_ways_agree(project, admin) == OF_TENANT_ADMIN


def test_an_administrator_of_another_tenant_may_nothing(project, other_tenant):
    assert assert_all_ways_agree(project, make_person(other_tenant, "Ada Other", Membership.Role.ADMIN)) == set()


def test_one_person_in_two_tenants_holds_in_each_what_was_granted_there(project, tenant, other_tenant):
    user = make_person(tenant, "Two Places")
    invite(tenant=other_tenant, email=user.email, by=None, is_mailed=False)
    other = start_project(tenant=other_tenant, lead=user, by=user, name="Other", kind="deployment")
    assert assert_all_ways_agree(project, user) == set()
    assert assert_all_ways_agree(other, user) == PERMISSIONS[Role.LEAD]


def test_nobody_outside_the_tenant_is_granted_a_role(project, noah):
    with pytest.raises(access.NotAllowedHere):
        access.grant(project=project, user=noah, role=Role.VIEWER, by=None)


def test_people_of_a_provider_are_granted_roles_while_it_is_one(project, tenant, other_tenant, noah):
    row = name_provider(tenant=tenant, provider=other_tenant, by=None)
    access.grant(project=project, user=noah, role=Role.LEAD, by=None)
    assert assert_all_ways_agree(project, noah) == PERMISSIONS[Role.LEAD]
    end_provider(row=row, by=None)
    access.rewrite_permissions([project])
    assert assert_all_ways_agree(project, noah) == set()


def test_the_roles_of_a_provider_end_with_its_last_day(project, tenant, other_tenant, noah):
    today = clock.today(tenant.time_zone)
    row = name_provider(tenant=tenant, provider=other_tenant, until=today, by=None)
    access.grant(project=project, user=noah, role=Role.LEAD, by=None)
    access.refresh_dated_grants()
    assert assert_all_ways_agree(project, noah) == PERMISSIONS[Role.LEAD]
    type(row).objects.filter(pk=row.pk).update(until=today - timedelta(days=1))
    access.refresh_dated_grants()
    assert assert_all_ways_agree(project, noah) == set()


def test_a_dated_role_works_from_its_first_to_its_last_day(project, tenant):
    user, today = make_person(tenant, "Ines Costa"), clock.today(tenant.time_zone)
    access.grant(project=project, user=user, role=Role.AUDITOR, by=None, starts_on=today + timedelta(days=1))
    assert assert_all_ways_agree(project, user) == set()
    access.grant(project=project, user=user, role=Role.AUDITOR, by=None, ends_on=today)
    assert assert_all_ways_agree(project, user) == PERMISSIONS[Role.AUDITOR]
    Grant.objects.filter(user=user).update(ends_on=today - timedelta(days=1))
    access.rewrite_permissions([project])
    assert assert_all_ways_agree(project, user) == set()


def test_who_becomes_lead_is_mailed_and_it_is_on_the_history(project, tenant, lead):
    successor = make_person(tenant, "Max Neu")
    access.hand_over(project=project, to=successor, by=lead)
    assert Mail.objects.filter(kind="role_given", recipient=successor.email).count() == 1
    assert Project.objects.get(pk=project.pk).lead == successor


def test_a_project_keeps_a_lead(project, lead):
    row = Grant.objects.get(project=project, user=lead, role=Role.LEAD)
    with pytest.raises(access.LastLead):
        access.revoke(row=row, by=lead)


def test_a_list_of_projects_is_one_query_however_many_there_are(project, tenant, lead, django_assert_num_queries):
    for number in range(3):
        start_project(tenant=tenant, lead=lead, by=lead, name=f"Project {number}", kind="deployment")
    with django_assert_num_queries(1):
        assert len(Project.objects.permitting(lead, "view_project").listed()) == 4


def test_deleting_a_person_or_a_project_leaves_no_grant_behind(project, viewer):
    viewer.delete()
    assert not Grant.objects.filter(role=Role.VIEWER).exists()
