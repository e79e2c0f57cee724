"""The pages on which people sign in, and those that say why something did not work."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tenants.models import User

INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:")


@pytest.fixture
def dana(db):
    return User.objects.create_user("ciso@contoso.example", "mdeprep-demo-x", name="Dana Reyes")


@pytest.mark.django_db
def test_the_demonstration_offers_a_card_for_each_persona(client, settings):
    page = client.get(reverse("account_login")).content.decode()
    assert page.count(f'action="{reverse("demo_sign_in")}"') == 5
    assert "Dana Reyes, CISO." in page


@pytest.mark.django_db
def test_outside_the_demonstration_there_are_no_cards(client, settings):
    settings.DEMO = False
    page = client.get(reverse("account_login")).content.decode()
    assert "Dana Reyes" not in page
    assert "Mail me a code" in page


@pytest.mark.django_db
def test_signing_in_is_by_code_or_by_password(client, dana):
    page = client.get(reverse("account_login")).content.decode()
    assert 'name="email"' in page
    assert 'name="login"' in page
    assert 'name="password"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["account_login", "account_request_login_code", "account_signup", "account_reset_password",
     "account_reset_password_done", "account_reset_password_from_key_done", "account_inactive",
     "account_email_verification_sent"],
)  # fmt: skip
def test_a_page_at_the_door_is_ours_and_has_nothing_inline(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "mdeprep/tokens.css" in page
    assert not INLINE.search(page)


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_reset_password"])
def test_a_field_has_its_label_above_it_and_nothing_in_it(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "E-mail address" in page
    assert "placeholder" not in page


@pytest.mark.parametrize("name", ["account_change_password", "account_logout"])
def test_a_page_for_those_who_are_in_is_ours_and_has_nothing_inline(client, dana, name):
    client.force_login(dana, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse(name)).content.decode()
    assert "Dana Reyes" in page
    assert not INLINE.search(page)


@pytest.mark.django_db
def test_a_used_link_for_a_new_password_says_so(client):
    page = client.get(reverse("account_reset_password_from_key", args=["a", "b-c"])).content.decode()
    assert "This link no longer works" in page


@pytest.mark.django_db
def test_what_is_not_there_says_what_may_be_the_reason(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "You hold no role in that project." in response.content.decode()


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "409", "429", "500"])
def test_an_error_page_needs_neither_a_request_nor_a_person(code):
    page = render_to_string(f"{code}.html")
    assert "<h1" in page
    assert not INLINE.search(page)


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()
