"""The administration writes by actions alone: each change is on the history, and what is wrong is said in words."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from projects import access
from projects.models import AccessPolicy, Grant, Project
from projects.rules.roles import Role
from tenants import actions, ledger
from tenants.models import LedgerEntry, Mail, Membership, Provider, Team, Tenant, User
from tests.conftest import make_person
from tests.mdeprep.conftest import SITE, verbs
from tests.stakeholders.test_actions_chase import tenant_form

OF_A_TENANT = {"name": "Contoso", "reference_prefix": "CON", "time_zone": "Europe/Dublin", "language": "en"}


def test_a_superuser_makes_a_tenant(client, superuser):
    client.force_login(superuser)
    data = {
        "name": "Adatum",
        "slug": "adatum",
        "reference_prefix": "ADA",
        "time_zone": "Europe/Berlin",
        "language": "en",
    }
    response = client.post(reverse("admin:tenants_tenant_add"), data)
    assert response.status_code == 302
    made = Tenant.objects.get(slug="adatum")
    assert verbs(made) == ["tenant created"]
    assert LedgerEntry.objects.of(made).get().actor_id == superuser.pk


def test_the_form_of_a_new_tenant_begins_with_the_time_zone_of_the_installation(client, superuser, settings):
    settings.TIME_ZONE = "Europe/Dublin"
    client.force_login(superuser)
    form = client.get(reverse("admin:tenants_tenant_add")).context["adminform"].form
    assert form["time_zone"].value() == "Europe/Dublin"


def test_what_is_wrong_about_a_new_tenant_is_said_in_plain_words(client, superuser):
    client.force_login(superuser)
    data = {**OF_A_TENANT, "slug": "con toso", "reference_prefix": "C N"}
    page = client.post(reverse("admin:tenants_tenant_add"), data).content.decode()
    assert "Only letters from a to z, digits, - and _, without spaces." in page
    assert "Only letters from A to Z and digits" in page
    assert 'value="con toso"' in page


def test_who_may_not_come_to_a_page_of_the_administration_reads_nothing_about_a_project(client, admin):
    client.force_login(admin)
    refused = client.get(reverse("admin:tenants_provider_add"))
    assert refused.status_code == 403
    assert "Your role does not include this." in refused.content.decode()
    assert "project’s lead" not in refused.content.decode()


def test_an_administrator_changes_the_tenant_but_not_its_short_name(client, tenant, admin):
    client.force_login(admin)
    data = {
        "name": "Contoso Ltd",
        "slug": "stolen",
        "reference_prefix": "CON",
        "time_zone": "Europe/Dublin",
        "language": "en",
        "approval_policy-TOTAL_FORMS": 0,
        "approval_policy-INITIAL_FORMS": 0,
        "access_policy-TOTAL_FORMS": 0,
        "access_policy-INITIAL_FORMS": 0,
    }
    assert client.post(reverse("admin:tenants_tenant_change", args=[tenant.pk]), data).status_code == 302
    tenant.refresh_from_db()
    assert (tenant.name, tenant.slug) == ("Contoso Ltd", "contoso")
    assert verbs(tenant)[-1] == "tenant changed"
    assert ledger.verify(tenant) == []


def test_an_administrator_says_how_long_temporary_roles_are_held_and_it_is_on_the_history(client, tenant, admin):
    client.force_login(admin)
    address = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    start = {**tenant_form(client, address)}
    assert start["access_policy-0-longest_days"] == 180
    assert client.post(address, {**start, "access_policy-0-longest_days": 60}).status_code == 302
    policy = AccessPolicy.objects.get(tenant=tenant)
    assert (policy.longest_days, policy.remind_days) == (60, 7)
    assert verbs(tenant)[-1] == "access policy changed"
    history = client.get(reverse("admin:tenants_tenant_history", args=[tenant.pk])).content.decode()
    assert "changed how long temporary roles are held" in history
    again = client.post(address, {**tenant_form(client, address), "access_policy-0-longest_days": 0})
    assert "Ensure this value is greater than or equal to 1." in again.content.decode()
    assert AccessPolicy.objects.get(tenant=tenant).longest_days == 60
    tenant.refresh_from_db()
    assert ledger.verify(tenant) == []


@pytest.mark.parametrize("name", ["Mars/Olympus", "Europe", "/etc/passwd", "../Dublin"])
def test_a_time_zone_that_does_not_exist_is_said(client, tenant, admin, name):
    client.force_login(admin)
    data = {**OF_A_TENANT, "time_zone": name}
    response = client.post(reverse("admin:tenants_tenant_change", args=[tenant.pk]), data)
    assert "Europe/Dublin" in response.content.decode()


def test_an_administrator_makes_renames_fills_and_removes_a_team(client, tenant, admin, lead):
    client.force_login(admin)
    made = client.post(reverse("admin:tenants_team_add"), {"tenant": tenant.pk, "name": "Security"})
    team = Team.objects.get(name="Security")
    assert made["Location"] == reverse("admin:tenants_team_change", args=[team.pk])
    data = {"name": "Security operations", "members": [lead.pk, admin.pk]}
    client.post(reverse("admin:tenants_team_change", args=[team.pk]), data)
    client.post(reverse("admin:tenants_team_change", args=[team.pk]), {**data, "members": [lead.pk]})
    team.refresh_from_db()
    assert list(team.group.user_set.all()) == [lead]
    client.post(reverse("admin:tenants_team_delete", args=[team.pk]), {"post": "yes"})
    assert not Team.objects.filter(pk=team.pk).exists()
    assert verbs(tenant)[-6:] == [
        "team created", "team renamed", "added to team", "added to team", "removed from team", "team removed",
    ]  # fmt: skip
    assert {e.actor_id for e in LedgerEntry.objects.of(tenant).order_by("-seq")[:6]} == {admin.pk}
    tenant.refresh_from_db()
    assert ledger.verify(tenant) == []


@pytest.mark.parametrize("written", [str, str.upper])
def test_a_second_team_of_one_name_is_refused_in_words(client, tenant, admin, team, written):
    client.force_login(admin)
    response = client.post(reverse("admin:tenants_team_add"), {"tenant": tenant.pk, "name": written(team.name)})
    assert "There is a team of this name already." in response.content.decode()


def test_the_tenant_of_a_new_team_is_chosen_where_there_is_only_one(client, tenant, other_tenant, admin, superuser):
    client.force_login(admin)
    chosen = f'<option value="{tenant.pk}" selected>'
    assert chosen in client.get(reverse("admin:tenants_team_add")).content.decode()
    client.force_login(superuser)
    assert chosen not in client.get(reverse("admin:tenants_team_add")).content.decode()


def test_removing_a_team_takes_its_roles_back_on_the_project_s_history(client, tenant, admin, team, project):
    access.grant(project=project, team=team, role=Role.VIEWER, by=admin)
    client.force_login(admin)
    client.post(reverse("admin:tenants_team_delete", args=[team.pk]), {"post": "yes"})
    assert not Grant.objects.exclude(user=project.lead).exists()
    project.refresh_from_db()
    assert LedgerEntry.objects.of(project).order_by("-seq")[0].verb == "role taken back"
    assert ledger.verify(project) == []


def test_a_pasted_list_invites_everybody_on_it(client, tenant, admin, team):
    client.force_login(admin)
    text = "Priya Nair <priya@contoso.example>\n\ntomas@contoso.example; Tomás Silva\nsofia@contoso.example\n"
    data = {"tenant": tenant.pk, "people": text, "role": "member", "teams": [team.pk]}
    assert client.post(reverse("admin:tenants_user_add"), data).status_code == 302
    assert User.objects.get(email="tomas@contoso.example").name == "Tomás Silva"
    assert team.group.user_set.filter(email="sofia@contoso.example").exists()
    assert Mail.objects.filter(kind="invitation").count() == 3
    assert verbs(tenant).count("invited") == 3 + 2  # and the two of the fixtures
    assert not User.objects.get(email="priya@contoso.example").has_usable_password()


def test_a_list_with_a_problem_adds_nobody_and_names_every_line(client, tenant, admin, lead):
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    client.force_login(admin)
    text = f"good@contoso.example\nnobody at all\ngood@contoso.example\n{lead.email}"
    response = client.post(reverse("admin:tenants_user_add"), {"tenant": tenant.pk, "people": text, "role": "member"})
    said = response.content.decode()
    assert all(f"Line {n}," in said for n in (2, 3, 4))
    assert not User.objects.filter(email="good@contoso.example").exists()
    assert Mail.objects.count() == 0


def test_an_administrator_corrects_a_name_and_nothing_else_of_a_person(client, tenant, admin, lead):
    client.force_login(admin)
    before = (lead.email, lead.password)
    client.post(
        reverse("admin:tenants_user_change", args=[lead.pk]),
        {"name": "Lena F.", "email": "stolen@evil.example", "password": "x", "is_staff": "on", "is_superuser": "on",
         "groups": "1", "user_permissions": "1", "is_active": "on"},
    )  # fmt: skip
    lead.refresh_from_db()
    assert (lead.email, lead.password) == before
    assert (lead.name, lead.is_staff, lead.is_superuser) == ("Lena F.", False, False)
    assert lead.groups.count() == lead.user_permissions.count() == 0
    assert verbs(tenant)[-1] == "person renamed"


def test_the_name_of_a_person_who_also_belongs_elsewhere_is_not_theirs_to_correct(
    client, tenant, other_tenant, admin, lead, superuser
):
    actions.invite(tenant=other_tenant, email=lead.email, by=None)
    page = reverse("admin:tenants_user_change", args=[lead.pk])
    client.force_login(admin)
    client.post(page, {"name": "Taken over"})
    lead.refresh_from_db()
    assert (lead.name, lead.is_active) == ("Lena Fischer", True)
    client.force_login(superuser)
    client.post(page, {"name": "Lena F.", "is_active": "on"})
    lead.refresh_from_db()
    assert lead.name == "Lena F."
    assert verbs(tenant)[-1] == verbs(other_tenant)[-1] == "person renamed"


def test_a_superuser_among_the_members_is_not_an_administrator_s_to_change(client, tenant, admin, superuser):
    actions.invite(tenant=tenant, email=superuser.email, by=None)
    client.force_login(admin)
    client.post(reverse("admin:tenants_user_change", args=[superuser.pk]), {"name": "Taken over"})
    superuser.refresh_from_db()
    assert (superuser.name, superuser.is_active) == ("Root", True)


def test_an_account_is_switched_off_and_nobody_is_deleted(client, tenant, admin, lead):
    client.force_login(admin)
    client.post(reverse("admin:tenants_user_change", args=[lead.pk]), {"name": lead.name})
    lead.refresh_from_db()
    assert not lead.is_active
    assert verbs(tenant)[-1] == "may not sign in"
    assert client.post(reverse("admin:tenants_user_delete", args=[lead.pk]), {"post": "yes"}).status_code == 403


def test_nobody_switches_their_own_account_off(client, tenant, admin):
    make_person(tenant, "Second", Membership.Role.ADMIN)
    client.force_login(admin)
    client.post(reverse("admin:tenants_user_change", args=[admin.pk]), {"name": admin.name})
    admin.refresh_from_db()
    assert admin.is_active


def test_making_somebody_administrator_is_mailed_and_recorded(client, tenant, admin, lead):
    client.force_login(admin)
    membership = lead.memberships.get()
    client.post(reverse("admin:tenants_membership_change", args=[membership.pk]), {"role": "admin", "user": admin.pk})
    membership.refresh_from_db()
    assert (membership.role, membership.user) == ("admin", lead)
    assert verbs(tenant)[-1] == "role changed"
    assert Mail.objects.filter(kind="role_given", recipient=lead.email).exists()


def test_the_last_administrator_stays_one_and_is_told_why(client, tenant, admin):
    client.force_login(admin)
    page = reverse("admin:tenants_membership_change", args=[admin.memberships.get().pk])
    response = client.post(page, {"role": "member"}, follow=True)
    assert "would be left without an administrator" in response.content.decode()
    assert admin.memberships.get().role == "admin"


def test_a_customer_s_administrator_dates_and_ends_a_provider(client, tenant, admin, provider):
    client.force_login(admin)
    client.post(reverse("admin:tenants_provider_change", args=[provider.pk]), {"until": "2027-01-31"})
    provider.refresh_from_db()
    assert str(provider.until) == "2027-01-31"
    client.post(reverse("admin:tenants_provider_delete", args=[provider.pk]), {"post": "yes"})
    assert not Provider.objects.exists()
    assert verbs(tenant)[-2:] == ["provider named", "provider ended"]


def test_the_day_of_a_provider_holds_at_once_and_what_was_shared_comes_back_with_a_later_one(
    client, admin, provider, project
):
    noah = make_person(provider.provider, "Noah Berg")
    access.grant(project=project, user=noah, role="viewer", by=None)
    client.force_login(admin)
    for until, reads in (("2020-01-31", False), ("", True)):
        client.post(reverse("admin:tenants_provider_change", args=[provider.pk]), {"until": until})
        assert Project.objects.permitting(noah, "view_project").exists() is reads


def test_ending_a_provider_takes_back_what_its_people_had(client, tenant, admin, provider, project):
    noah = make_person(provider.provider, "Noah Berg")
    access.grant(project=project, user=noah, role=Role.EDITOR, by=admin)
    client.force_login(admin)
    client.post(reverse("admin:tenants_provider_delete", args=[provider.pk]), {"post": "yes"})
    assert access.permissions_of(project, noah) == set()


def test_the_provider_sees_whom_it_works_for_and_cannot_change_it(client, provider):
    partner = make_person(provider.provider, "Noah Berg", Membership.Role.ADMIN)
    client.force_login(partner)
    page = reverse("admin:tenants_provider_change", args=[provider.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"until": "2030-01-01"}).status_code == 403
    assert client.post(reverse("admin:tenants_provider_delete", args=[provider.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:tenants_provider_history", args=[provider.pk])).context["lines"] == []


@pytest.mark.parametrize("model", ["tenants_ledgerentry", "tenants_mail", "projects_project"])
def test_what_is_only_read_here_takes_no_post(client, rows, superuser, model):
    client.force_login(superuser)
    assert client.post(reverse(f"admin:{model}_change", args=[rows[model].pk]), {"name": "x"}).status_code == 403
    assert client.post(reverse(f"admin:{model}_delete", args=[rows[model].pk]), {"post": "yes"}).status_code == 403
    changelist = reverse(f"admin:{model}_changelist")
    client.post(changelist, {"action": "delete_selected", "_selected_action": [rows[model].pk], "post": "yes"})
    assert type(rows[model]).objects.filter(pk=rows[model].pk).exists()


def test_no_list_offers_a_deed_on_many_rows(client, rows, superuser):
    client.force_login(superuser)
    request = client.get("/admin/").wsgi_request
    for model_admin in SITE._registry.values():
        assert model_admin.get_actions(request) == {}


def test_django_s_own_log_stays_empty(client, tenant, admin, lead):
    client.force_login(admin)
    client.post(reverse("admin:tenants_team_add"), {"tenant": tenant.pk, "name": "Security"})
    client.post(reverse("admin:tenants_user_change", args=[lead.pk]), {"name": "Lena F.", "is_active": "on"})
    assert LogEntry.objects.count() == 0
