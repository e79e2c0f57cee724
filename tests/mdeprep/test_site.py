"""The site around the projects: health, errors, the demonstration's own pages, and who may open a page at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory
from django.urls import reverse

from mdeprep.context import personas
from mdeprep.views import health
from tenants import actions, emails
from tenants.models import Mail, Membership, Tenant
from tenants.views.base import SiteView, Who
from tests.conftest import make_person
from tests.stakeholders.conftest import signed_in

# health


def test_healthz_answers_with_one_query_and_asks_for_no_session(client, db, django_assert_num_queries):
    client.get("/healthz")
    with django_assert_num_queries(1):
        response = client.get(reverse("healthz"))
    assert (response.status_code, response.content) == (200, b"ok")
    assert response.cookies == {}


def test_healthz_says_that_the_database_is_away(client, monkeypatch, caplog):
    def away(*args):
        raise DatabaseError("away")

    health._migrations_are_applied.cache_clear()
    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert b"database does not answer" in response.content


def test_healthz_says_that_migrations_wait(client, db):
    health._migrations_are_applied.cache_clear()
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("tenants")
    MigrationRecorder(connection).record_unapplied(*newest)
    assert client.get("/healthz").status_code == 503
    MigrationRecorder(connection).record_applied(*newest)
    assert client.get("/healthz").status_code == 200


# errors


def test_what_is_not_there_is_said_in_plain_words(client, db):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here for you" in response.content.decode()


def test_a_form_without_its_token_is_refused_in_plain_words(db):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()


def test_a_fault_is_said_in_plain_words(client, db, monkeypatch, caplog):
    def fault(*args):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr(health.Health, "get", fault)
    response = client.get("/healthz")
    assert response.status_code == 500
    assert "mdeprep has a fault" in response.content.decode()


def test_every_page_has_a_strict_policy(client, db):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


# who may open a page


def test_a_page_that_does_not_name_who_may_open_it_cannot_be_defined():
    with pytest.raises(ImproperlyConfigured):

        class Nameless(SiteView):
            pass


def test_who_may_open_a_page(tenant, lead, admin, superuser):
    from django.contrib.auth.models import AnonymousUser
    from django.http import Http404, HttpResponse

    stranger = make_person(actions.create_tenant(name="Adatum", by=None), "Ada Stone")
    actions.end_membership(membership=stranger.memberships.get(), by=None)
    people = {"nobody": AnonymousUser(), "stranger": stranger, "member": lead, "admin": admin, "superuser": superuser}

    def come_in(who: Who) -> set[str]:
        class Page(SiteView):
            is_abstract = False
            who = Who.PUBLIC

            def get(self, request):
                return HttpResponse("in")

        Page.who = who
        found = set()
        for name, user in people.items():
            request = RequestFactory().get("/")
            request.user = user
            try:
                if Page.as_view()(request).status_code == 200:
                    found.add(name)
            except Http404:
                continue
        return found

    assert come_in(Who.PUBLIC) == set(people)
    assert come_in(Who.SIGNED_IN) == set(people) - {"nobody"}
    assert come_in(Who.TENANT_MEMBER) == {"member", "admin"}
    assert come_in(Who.TENANT_ADMIN) == {"admin", "superuser"}


def test_administrators_find_the_way_to_their_pages(client, lead, admin):
    client.force_login(admin)
    assert reverse("admin:index") in client.get("/accounts/logout/").content.decode()
    client.force_login(lead)
    assert reverse("admin:index") not in client.get("/accounts/logout/").content.decode()


# the demonstration


@pytest.fixture
def olu(db):
    tenant = actions.create_tenant(name="Contoso", by=None)
    return actions.invite(
        tenant=tenant, email="admin@contoso.example", name="Olu Adeyemi", role=Membership.Role.ADMIN, by=None
    ).user


def test_a_card_signs_in_with_one_click(client, olu):
    response = client.post(reverse("demo_sign_in"), {"email": olu.email})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/accounts/logout/").status_code == 200


def test_a_card_changes_who_is_signed_in(client, olu, superuser):
    client.force_login(superuser)
    client.post(reverse("demo_sign_in"), {"email": olu.email})
    assert client.get("/accounts/logout/").wsgi_request.user == olu


def test_only_the_people_on_the_cards_come_in_by_them(client, olu, superuser):
    assert superuser.email not in {persona["email"] for persona in personas()}
    for address in (superuser.email, "", "nobody@contoso.example"):
        assert client.post(reverse("demo_sign_in"), {"email": address}).status_code == 404
    assert client.get("/accounts/logout/").status_code == 302


def test_a_card_cannot_be_followed_as_a_link(client, olu):
    assert client.get(reverse("demo_sign_in"), {"email": olu.email}).status_code == 405
    assert client.get("/accounts/logout/").status_code == 302


@pytest.fixture
def mail(olu) -> Mail:
    return Mail.objects.get(kind="invitation")


def test_the_mails_of_the_demonstration_are_shown_as_they_are_sent(client, mail):
    message = emails.render(mail)
    listed = client.get(reverse("demo_mails")).content.decode()
    assert message.subject in listed
    page = client.get(reverse("demo_mail", args=[mail.pk])).content.decode()
    assert message.subject in page
    assert reverse("demo_mail_html", args=[mail.pk]) in page
    html = client.get(reverse("demo_mail_html", args=[mail.pk])).content.decode()
    assert html.replace('<base target="_top">', "") == message.alternatives[0][0]


def test_only_the_mail_itself_may_have_styles_of_its_own_and_it_runs_nothing(client, mail):
    page = client.get(reverse("demo_mail", args=[mail.pk]))
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    html = client.get(reverse("demo_mail_html", args=[mail.pk]))
    policy = html["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "X-Frame-Options" not in html


def test_a_long_list_of_mails_has_pages(client, olu):
    for number in range(60):
        emails.queue(
            recipient=olu.email,
            kind="login_code",
            about="user-1",
            slot=str(number),
            context={"code": "1", "minutes": 15},
        )
    first = client.get(reverse("demo_mails"))
    assert len(first.context["mails"]) == 50
    assert len(client.get(reverse("demo_mails"), {"page": 2}).context["mails"]) == 11
    assert client.get(reverse("demo_mails"), {"page": "x"}).status_code == 200


def test_outside_demo_mode_none_of_it_exists(client, olu, mail, settings):
    settings.DEMO = False
    assert client.post(reverse("demo_sign_in"), {"email": olu.email}).status_code == 404
    for name, args in (("demo_mails", []), ("demo_mail", [mail.pk]), ("demo_mail_html", [mail.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert "Mails of this demo" not in client.get("/accounts/login/").content.decode()
    assert Tenant.objects.count() == 1


def test_an_address_of_a_button_is_a_page_that_says_so(lead, project):
    client = signed_in(lead)
    for where in (reverse("demo_sign_in"), reverse("projects:archive", args=[project.slug])):
        answer = client.get(where)
        assert (answer.status_code, "POST" in answer["Allow"]) == (405, True)
        assert "The address only takes what a button on a page sends. Nothing was changed." in answer.content.decode()
