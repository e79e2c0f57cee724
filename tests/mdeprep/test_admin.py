"""The administration: who sees what, and that nothing is written past the actions.

Five people go to every address: a superuser, the administrator of the tenant, the administrator of another tenant,
a member, and nobody.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from mdeprep.admin.records import KINDS
from projects import access
from projects import actions as plan_actions
from projects.models import AccessPolicy, Grant
from projects.rules.roles import Role
from projects.tables import TABLES
from stakeholders.actions import start_project
from stakeholders.models import Stakeholder, StandIn
from tenants import actions, clock, ledger
from tenants.models import LedgerEntry, Mail, Membership, Provider, Team, Tenant, User
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.test_actions_chase import tenant_form

SITE = django_admin.site
MAIL_TEXTS = Path(__file__).parents[2] / "templates" / "emails"


@pytest.fixture
@remembered
def jon(other_tenant) -> User:
    """The administrator of the other tenant."""
    return make_person(other_tenant, "Jon Park", Membership.Role.ADMIN)


@pytest.fixture
@remembered
def team(tenant, lead) -> Team:
    return actions.create_team(tenant=tenant, name="Endpoint engineering", by=None, members=[lead])


@pytest.fixture
@remembered
def provider(tenant, admin) -> Provider:
    """A third party: neither administrator is its own."""
    northwind = actions.create_tenant(name="Northwind", by=None)
    return actions.name_provider(tenant=tenant, provider=northwind, by=None)


@pytest.fixture
def rows(tenant, lead, team, provider, project, admin) -> dict[str, Any]:
    """One row of each kind, all of Contoso."""
    actions.invite(tenant=tenant, email="new@contoso.example", by=admin)
    return {
        "tenants_tenant": tenant,
        "tenants_user": lead,
        "tenants_membership": lead.memberships.get(),
        "tenants_team": team,
        "tenants_provider": provider,
        "tenants_ledgerentry": LedgerEntry.objects.of(tenant)[0],
        "tenants_mail": Mail.objects.get(kind="invitation"),
        "projects_project": project,
    }


@pytest.fixture
def people(superuser, admin, jon, lead) -> dict[str, User | None]:
    return {"superuser": superuser, "admin": admin, "other admin": jon, "member": lead, "nobody": None}


def come_in(client, user: User | None) -> None:
    client.logout()
    if user is not None:
        client.force_login(user)


MODELS = ("tenants_tenant", "tenants_user", "tenants_membership", "tenants_team", "tenants_provider",
          "tenants_ledgerentry", "tenants_mail", "projects_project")  # fmt: skip
ADMINISTRATORS = {"superuser", "admin", "other admin"}
ADDABLE = {
    "tenants_tenant": {"superuser"},
    "tenants_provider": {"superuser"},
    "tenants_user": ADMINISTRATORS,
    "tenants_team": ADMINISTRATORS,
}
DELETABLE = {"tenants_team", "tenants_provider"}
PERSONS = ("superuser", "admin", "other admin", "member", "nobody")


def expected(who: str, inside: int, *, outside: int = 404) -> int:
    """What somebody gets: administrators of the tenant what is `inside`; others as everywhere."""
    return {"superuser": inside, "admin": inside, "other admin": outside, "member": 404, "nobody": 302}[who]


def test_every_model_of_the_administration_is_in_this_test():
    registered = {f"{m._meta.app_label}_{m._meta.model_name}" for m in SITE._registry}
    assert registered == set(MODELS)


def test_only_classes_that_follow_the_tenants_are_registered():
    assert all(getattr(model_admin, "follows_tenants", False) for model_admin in SITE._registry.values())


def test_every_address_of_the_administration_is_in_this_test():
    from mdeprep.urls import urlpatterns

    site = next(p for p in urlpatterns if getattr(p, "namespace", "") == "admin")
    names = {p.name for p in site.url_patterns if getattr(p, "name", None)}
    assert names == {"index", "login", "autocomplete", "jsi18n", "app_list"}
    inner = {p.name for r in site.url_patterns if hasattr(r, "url_patterns") for p in r.url_patterns if p.name}
    kinds = {f"{model}_{page}" for model in MODELS for page in ("changelist", "add", "change", "history", "delete")}
    assert inner == kinds | {"projects_project_plan"}


@pytest.mark.parametrize("model", MODELS)
def test_pages_of_a_row(client, rows, people, model):
    row = rows[model]
    for who in PERSONS:
        come_in(client, people[who])
        answers = {
            page: client.get(reverse(f"admin:{model}_{page}", args=[row.pk])).status_code
            for page in ("change", "history", "delete")
        }
        may_delete = model in DELETABLE
        assert answers == {
            "change": expected(who, 200),
            "history": expected(who, 200),
            "delete": expected(who, 200 if may_delete else 403, outside=404 if may_delete else answers["delete"]),
        }, who
        assert (answers["delete"] == 200) == (may_delete and who in {"superuser", "admin"})


@pytest.mark.parametrize("model", MODELS)
def test_pages_of_a_kind(client, rows, people, model):
    for who in PERSONS:
        come_in(client, people[who])
        changelist = client.get(reverse(f"admin:{model}_changelist"))
        add = client.get(reverse(f"admin:{model}_add"))
        assert changelist.status_code == expected(who, 200, outside=200), who
        inside = 200 if who in ADDABLE.get(model, set()) else 403
        assert add.status_code == expected(who, inside, outside=inside), who
        if who == "other admin":
            assert not changelist.context["cl"].queryset.filter(pk=rows[model].pk).exists()


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/", "/admin/projects/", "/admin/jsi18n/", "/admin/none/"])
def test_other_pages(client, rows, people, path):
    inside = 404 if "none" in path else 200
    for who in PERSONS:
        come_in(client, people[who])
        response = client.get(path)
        assert response.status_code == expected(who, inside, outside=inside), who
        if who == "other admin":
            assert "Contoso" not in response.content.decode()


def test_nobody_is_sent_to_the_site_s_own_log_in_page(client, db):
    response = client.get("/admin/tenants/user/")
    assert response["Location"] == "/accounts/login/?next=/admin/tenants/user/"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_whoever_administers_nothing_any_more_is_out(client, tenant, admin):
    second = make_person(tenant, "Second", Membership.Role.ADMIN)
    client.force_login(second)
    assert client.get("/admin/").status_code == 200
    actions.change_role(membership=second.memberships.get(), role=Membership.Role.MEMBER, by=admin)
    assert client.get("/admin/").status_code == 404


def test_staff_and_django_permissions_open_nothing(client, lead, admin):
    from django.contrib.auth.models import Permission

    lead.is_staff = True
    lead.save()
    lead.user_permissions.set(Permission.objects.all())
    client.force_login(lead)
    assert client.get("/admin/").status_code == 404


# searches, filters, autocompletes


SEARCHED = ("tenants_user", "tenants_team", "tenants_membership", "tenants_tenant", "tenants_mail", "projects_project")


@pytest.mark.parametrize("model", SEARCHED)
def test_a_search_finds_nothing_of_another_tenant(client, rows, jon, model):
    client.force_login(jon)
    for term in ("Lena", "contoso", "Endpoint", "new@"):
        found = client.get(reverse(f"admin:{model}_changelist"), {"q": term})
        assert found.context["cl"].result_count == 0


@pytest.mark.parametrize("model", ["tenants_user", "tenants_team", "tenants_membership", "tenants_ledgerentry",
                                   "tenants_mail", "tenants_provider", "projects_project"])  # fmt: skip
def test_a_filter_offers_and_takes_only_one_s_own_tenants(client, rows, jon, tenant, model):
    client.force_login(jon)
    page = client.get(reverse(f"admin:{model}_changelist"))
    assert "Contoso" not in page.content.decode()
    asked = client.get(reverse(f"admin:{model}_changelist"), {"tenant": tenant.pk})
    assert asked.context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("tenants_user", {"password__startswith": "!"}),
        ("tenants_user", {"is_superuser__exact": "1"}),
        ("tenants_user", {"memberships__tenant__name": "Fabrikam"}),
        ("tenants_user", {"groups__name__startswith": "team"}),
        ("tenants_team", {"tenant__memberships__user__email": "lead@contoso.example"}),
        ("tenants_mail", {"context__code__startswith": "1"}),
        ("tenants_ledgerentry", {"body__contains": "secret"}),
        ("projects_project", {"digests__contains": "x"}),
    ],
)
def test_a_lookup_typed_into_the_address_is_refused(client, rows, admin, model, lookup):
    client.force_login(admin)
    assert client.get(reverse(f"admin:{model}_changelist"), lookup).status_code == 400


def test_a_person_of_two_tenants_shows_each_administrator_their_own_side(client, rows, lead, other_tenant, jon, admin):
    actions.invite(tenant=other_tenant, email=lead.email, by=jon)
    page = reverse("admin:tenants_user_change", args=[lead.pk])
    client.force_login(jon)
    seen = client.get(page).content.decode()
    assert "Fabrikam" in seen
    assert "Contoso" not in seen
    assert "Endpoint engineering" not in seen
    assert "Contoso" not in client.get(reverse("admin:tenants_user_history", args=[lead.pk])).content.decode()
    client.force_login(admin)
    assert "Fabrikam" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [("tenants", "membership", "user"), ("tenants", "membership", "tenant"), ("projects", "project", "lead"),
     ("projects", "project", "tenant"), ("tenants", "team", "tenant"), ("tenants", "provider", "provider")],
)  # fmt: skip
def test_an_autocomplete_finds_only_one_s_own(client, rows, people, app, model, field):
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    for who, contoso in (("superuser", True), ("admin", True), ("other admin", False)):
        come_in(client, people[who])
        found = client.get("/admin/autocomplete/", asked)
        assert found.status_code == 200
        names = {result["text"] for result in found.json()["results"]}
        assert bool(names & {"Contoso", "Lena Fischer"}) == contoso
    for who in ("member", "nobody"):
        come_in(client, people[who])
        assert client.get("/admin/autocomplete/", asked).status_code == expected(who, 200)


def test_choices_of_a_form_are_one_s_own(client, rows, jon, admin):
    for user, own, other in ((jon, "Fabrikam", "Contoso"), (admin, "Contoso", "Fabrikam")):
        client.force_login(user)
        for name in ("tenants_team_add", "tenants_user_add"):
            page = client.get(reverse(f"admin:{name}")).content.decode()
            assert own in page
            assert other not in page


# another tenant's ids, posted


def test_posting_to_rows_of_another_tenant_changes_nothing(client, rows, jon, tenant):
    client.force_login(jon)
    before = list(LedgerEntry.objects.values_list("hash", flat=True))
    for model, row in rows.items():
        for page in ("change", "delete"):
            response = client.post(
                reverse(f"admin:{model}_{page}", args=[row.pk]),
                {"name": "Taken over", "role": "admin", "post": "yes", "is_active": "", "until": "2020-01-01"},
            )
            assert response.status_code in {403, 404}
    tenant.refresh_from_db()
    assert tenant.name == "Contoso"
    assert list(LedgerEntry.objects.values_list("hash", flat=True)) == before
    assert Team.objects.filter(pk=rows["tenants_team"].pk).exists()


def test_a_team_is_not_made_in_another_tenant(client, rows, jon, tenant):
    client.force_login(jon)
    response = client.post(reverse("admin:tenants_team_add"), {"tenant": tenant.pk, "name": "Endpoint engineering"})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["tenant"]  # and not that there is a team of this name
    assert Team.objects.filter(tenant=tenant).count() == 1


def test_people_of_another_tenant_are_not_put_into_a_team(client, rows, team, jon, admin):
    client.force_login(admin)
    response = client.post(
        reverse("admin:tenants_team_change", args=[team.pk]), {"name": team.name, "members": [jon.pk]}
    )
    assert response.status_code == 200
    assert "members" in response.context["adminform"].form.errors
    assert jon not in team.group.user_set.all()


def test_people_are_not_added_to_another_tenant_or_to_its_teams(client, rows, jon, tenant, other_tenant, team):
    client.force_login(jon)
    for data in (
        {"tenant": tenant.pk, "people": "x@x.example", "role": "admin"},
        {"tenant": other_tenant.pk, "people": "x@x.example", "role": "member", "teams": [team.pk]},
    ):
        assert client.post(reverse("admin:tenants_user_add"), data).status_code == 200
    assert not User.objects.filter(email="x@x.example").exists()


def test_teams_of_the_other_of_one_s_own_tenants_are_refused(client, rows, superuser, other_tenant, team):
    client.force_login(superuser)
    data = {"tenant": other_tenant.pk, "people": "x@x.example", "role": "member", "teams": [team.pk]}
    response = client.post(reverse("admin:tenants_user_add"), data)
    assert "Not a team of this tenant" in response.content.decode()
    assert not User.objects.filter(email="x@x.example").exists()


# every write is an action


def verbs(tenant: Tenant) -> list[str]:
    return list(LedgerEntry.objects.of(tenant).order_by("seq").values_list("verb", flat=True))


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


def test_a_second_team_of_one_name_is_refused_in_words(client, tenant, admin, team):
    client.force_login(admin)
    response = client.post(reverse("admin:tenants_team_add"), {"tenant": tenant.pk, "name": team.name})
    assert "There is a team of this name already." in response.content.decode()


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


# what is in a plan, and in mails


def test_an_administrator_without_a_role_sees_no_plan(client, rows, admin, project):
    client.force_login(admin)
    plan = client.get(reverse("admin:projects_project_plan", args=[project.pk]))
    assert plan.status_code == 403
    assert plan.context["sections"] is None
    posted = client.post(reverse("admin:projects_project_plan", args=[project.pk]), {"why": "curious"})
    assert (posted.status_code, posted.context["sections"]) == (403, None)
    assert client.get(reverse("admin:projects_project_history", args=[project.pk])).context["lines"] == []
    listed = client.get(reverse("admin:tenants_ledgerentry_changelist")).context["cl"].queryset
    assert set(listed.values_list("chain_kind", flat=True)) == {"tenant"}


def test_an_administrator_with_a_role_reads_the_plan(client, admin, project):
    access.grant(project=project, user=admin, role=Role.AUDITOR, by=admin)
    client.force_login(admin)
    plan = client.get(reverse("admin:projects_project_plan", args=[project.pk]))
    assert plan.status_code == 200
    assert [section["name"] for section in plan.context["sections"]][:2] == ["stakeholders", "environment"]
    assert client.get(reverse("admin:projects_project_history", args=[project.pk])).context["lines"]


def test_a_superuser_says_why_before_opening_a_plan_and_both_histories_keep_it(client, superuser, project, tenant):
    client.force_login(superuser)
    page = reverse("admin:projects_project_plan", args=[project.pk])
    assert client.get(page).context["sections"] is None
    assert client.post(page, {"why": "  "}).context["sections"] is None
    assert verbs(tenant)[-1] != "plan opened by superuser"
    assert client.post(page, {"why": "Asked by Lena, ticket 7"}).context["sections"]
    for chain in (tenant, project):
        chain.refresh_from_db()
        entry = LedgerEntry.objects.of(chain).order_by("-seq")[0]
        assert (entry.verb, json.loads(entry.body)["what"]["why"]) == (
            "plan opened by superuser",
            "Asked by Lena, ticket 7",
        )
        assert ledger.verify(chain) == []
    assert not LedgerEntry.objects.of(project).order_by("-seq")[0].is_material


def test_the_plan_is_read_in_the_words_of_its_pages(client, admin, lead, project):
    device = {"system": "rhel-8", "kind": "server", "count": 1200}
    plan_actions.add_row(project=project, table=TABLES["environment", "devices"], values=device, by=lead)
    access.grant(project=project, user=admin, role=Role.AUDITOR, by=admin)
    client.force_login(admin)
    page = client.get(reverse("admin:projects_project_plan", args=[project.pk])).content.decode()
    assert all(word in page for word in ("Red Hat Enterprise Linux 8", "1,200", "Adoption order", "New deployment"))
    assert not any(code in page for code in ("rhel-8", "does not apply<", "Does not apply:", "is_single"))


def test_from_a_project_its_administrator_comes_to_the_page_where_it_is_shared_and_restored(client, admin, project):
    plan_actions.archive(project=project, by=admin)
    client.force_login(admin)
    sharing = reverse("projects:sharing", args=[project.slug])
    listed = client.get(reverse("admin:projects_project_changelist"), {"archived": "yes"})
    assert list(listed.context["cl"].queryset) == [project]
    assert (
        f'href="{sharing}"' in client.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()
    )
    assert f'href="{sharing}"' in client.get(reverse("admin:projects_project_plan", args=[project.pk])).content.decode()
    assert "Restore" in client.get(sharing).content.decode()


def test_who_may_not_share_a_project_is_not_sent_to_the_page(client, superuser, project):
    client.force_login(superuser)
    sharing = reverse("projects:sharing", args=[project.slug])
    assert client.get(sharing).status_code == 404
    assert sharing not in client.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()


def test_every_kind_of_mail_has_a_name_for_people():
    kinds = {path.name.removesuffix(".subject.txt") for path in MAIL_TEXTS.glob("*.subject.txt")}
    assert set(KINDS) == kinds


def test_lists_of_what_happened_speak_in_words(client, admin, tenant, lead):
    actions.invite(tenant=tenant, email="new@contoso.example", by=admin)
    client.force_login(admin)
    mails = client.get(reverse("admin:tenants_mail_changelist")).content.decode()
    assert ">invitation<" in mails
    entry = LedgerEntry.objects.of(tenant).order_by("-seq")[0]
    page = client.get(reverse("admin:tenants_ledgerentry_change", args=[entry.pk])).content.decode()
    assert f"Entry {entry.seq}: invited" in page
    assert "Fingerprint" in page
    assert not any(word in page for word in ("Seq", "Hash", f"tenant {tenant.pk}"))


def test_a_changed_policy_is_told_by_the_labels_of_its_form(client, admin, tenant):
    plan_actions.set_access_policy(tenant=tenant, values={"longest_days": 60}, by=admin)
    entry = LedgerEntry.objects.of(tenant).get(verb="access policy changed")
    client.force_login(admin)
    page = client.get(reverse("admin:tenants_ledgerentry_change", args=[entry.pk])).content.decode()
    assert "longest time for which a temporary role is held, in days: 180 → 60" in page
    assert "longest_days" not in page
    listed = client.get(reverse("admin:tenants_ledgerentry_changelist")).content.decode()
    assert " entries" in listed
    assert " history\n" not in listed


def test_the_page_of_an_app_lists_what_is_in_it(client, admin, tenant):
    client.force_login(admin)
    page = client.get(reverse("admin:app_list", args=["projects"])).content.decode()
    assert reverse("admin:projects_project_changelist") in page
    assert "There is no tenant yet." not in page


def test_what_a_mail_says_is_not_shown(client, superuser, lead):
    client.post("/accounts/login/code/", {"email": lead.email})
    mail = Mail.objects.get(kind="login_code")
    client.force_login(superuser)
    page = client.get(reverse("admin:tenants_mail_change", args=[mail.pk])).content.decode()
    assert mail.context["code"] not in page


def test_mails_to_nobody_s_tenant_are_a_superuser_s_alone(client, superuser, admin, lead):
    client.post("/accounts/login/code/", {"email": lead.email})
    mail = Mail.objects.get(kind="login_code")
    for user, found in ((superuser, 1), (admin, 0)):
        client.force_login(user)
        listed = client.get(reverse("admin:tenants_mail_changelist")).context["cl"].queryset
        assert listed.filter(pk=mail.pk).count() == found


# histories of rows


def test_the_history_of_a_row_is_what_the_ledger_says(client, tenant, admin, lead, team):
    actions.rename_team(team=team, name="Endpoints", by=admin)
    actions.rename_person(user=lead, name="Lena F.", by=admin)
    client.force_login(admin)

    def deeds(model: str, pk: int) -> list[str]:
        lines = client.get(reverse(f"admin:tenants_{model}_history", args=[pk])).context["lines"]
        return [line.entry.verb for line in lines]

    assert deeds("user", lead.pk) == ["person renamed", "added to team", "invited"]
    assert deeds("membership", lead.memberships.get().pk) == ["person renamed", "added to team", "invited"]
    assert deeds("team", team.pk) == ["team renamed", "added to team", "team created"]
    assert deeds("tenant", tenant.pk)[-1] == "tenant created"


# the first page


def test_the_first_page_counts_and_says_what_is_needed(client, tenant, other_tenant, admin, lead, team, project):
    from django.utils import timezone

    User.objects.filter(pk=lead.pk).update(last_login=timezone.now() - timedelta(days=12))
    client.force_login(admin)
    page = client.get("/admin/").content.decode()
    assert "Contoso: people and teams" in page
    assert all(said in page for said in ("2 people", "1 team", "1 project"))
    assert "Lena Fischer has not signed in since" in page
    assert "Fabrikam" not in page
    assert "You do not see or change what is in the plans" in page


def test_a_project_without_a_lead_needs_the_administrator(client, tenant, admin, lead, project):
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    client.force_login(admin)
    assert "Contoso Endpoint 2027 has no lead." in client.get("/admin/").content.decode()


def test_a_substitute_who_counts_soon_is_told_once_however_many_projects_it_is(client, tenant, admin, lead, project):
    today = clock.today(tenant.time_zone)
    second = start_project(tenant=tenant, lead=lead, by=lead, name="Retail stores", kind="deployment")
    for each in (project, second):
        row = Stakeholder.objects.filter(project=each, part="SO").first()
        Stakeholder.objects.filter(pk=row.pk).update(
            name="Dana Reyes", email="ciso@contoso.example", substitute="Hana Sato",
            substitute_email="deputy@contoso.example", substitute_from=today + timedelta(days=8),
            substitute_until=today + timedelta(days=19),
        )  # fmt: skip
        StandIn.objects.create(
            stakeholder=row, for_email="ciso@contoso.example", email="deputy@contoso.example",
            starts_on=today + timedelta(days=8), ends_on=today + timedelta(days=19), confirmed_by_name="Dana Reyes",
            confirmed_by_email="ciso@contoso.example",
        )  # fmt: skip
    client.force_login(admin)
    said = "Hana Sato stands in for Dana Reyes from"
    assert client.get("/admin/").content.decode().count(said) == 1
    StandIn.objects.update(starts_on=today + timedelta(days=7))
    assert said not in client.get("/admin/").content.decode(), "the row says another day: it does not count"


def test_the_first_page_takes_as_many_queries_for_three_tenants_as_for_one(
    client, superuser, tenant, lead, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(superuser)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as one:
        client.get("/admin/")
    for name in ("Two", "Three"):
        make_person(actions.create_tenant(name=name, by=None), f"Somebody {name}")
    with CaptureQueriesContext(connection) as three:
        client.get("/admin/")
    assert len(three) == len(one) <= 12


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(client, rows, superuser, tenant, model):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(superuser)
    page = reverse(f"admin:{model}_changelist")
    client.get(page)
    with CaptureQueriesContext(connection) as before:
        client.get(page)
    for name in ("Xenia", "Yara"):
        user = actions.invite(tenant=tenant, email=f"{name}@contoso.example", name=name, by=None).user
        actions.create_team(tenant=tenant, name=name, by=None, members=[user])
        actions.name_provider(tenant=tenant, provider=actions.create_tenant(name=name, by=None), by=None)
    with CaptureQueriesContext(connection) as after:
        client.get(page)
    assert len(after) == len(before)
