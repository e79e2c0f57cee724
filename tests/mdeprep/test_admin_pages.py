"""What the pages of the administration tell: of plans, mails, histories, on the first page; and in how many queries."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from mdeprep.admin.records import KINDS
from projects import access
from projects import actions as plan_actions
from projects.rules.roles import Role
from projects.tables import TABLES
from stakeholders.actions import start_project
from stakeholders.models import Stakeholder, StandIn
from tenants import actions, clock, ledger
from tenants.models import LedgerEntry, Mail, User
from tests.conftest import make_person
from tests.mdeprep.conftest import MODELS, verbs

MAIL_TEXTS = Path(__file__).parents[2] / "templates" / "emails"


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


def test_the_plan_is_offered_to_whoever_may_read_it(client, admin, superuser, project):
    def is_offered(user):
        client.force_login(user)
        page = client.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()
        return reverse("admin:projects_project_plan", args=[project.pk]) in page

    assert not is_offered(admin)
    assert is_offered(superuser)  # who is asked why first
    access.grant(project=project, user=admin, role=Role.AUDITOR, by=admin)
    assert is_offered(admin)


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


def test_an_address_that_takes_no_mail_is_told_once_however_many_mails_there_were(client, tenant, admin):
    for slot in ("asked", "reminded"):
        Mail.objects.create(
            tenant=tenant,
            recipient="gone@contoso.example",
            kind="welcome",
            slot=slot,
            given_up_at=clock.now(),
            context={},
        )
    client.force_login(admin)
    assert client.get("/admin/").content.decode().count("A mail to gone@contoso.example could not be delivered.") == 1


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
