"""The administration: who sees what, and that nothing of another tenant is written.

Five people go to every address: a superuser, the administrator of the tenant, the administrator of another tenant,
a member, and nobody.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenants import actions
from tenants.models import LedgerEntry, Membership, Team, User
from tests.conftest import make_person
from tests.mdeprep.conftest import MODELS, SITE


@pytest.fixture
def people(superuser, admin, jon, lead) -> dict[str, User | None]:
    return {"superuser": superuser, "admin": admin, "other admin": jon, "member": lead, "nobody": None}


def come_in(client, user: User | None) -> None:
    client.logout()
    if user is not None:
        client.force_login(user)


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
