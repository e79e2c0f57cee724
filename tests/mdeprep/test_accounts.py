"""Signing in and out: every way in, who gets in by it, and how often one may try."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from tenants import actions, emails
from tenants.models import Mail, User
from tenants.models.people import DEMO_PASSWORD

LOGIN = "/accounts/login/"
ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
RESET = "/accounts/password/reset/"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    cache.clear()


@pytest.fixture
def person(lead, admin) -> User:
    lead.set_password(PASSWORD)
    lead.save()
    return lead


def is_signed_in(client) -> bool:
    """The page that asks whether to sign out is only shown to those who are in."""
    return client.get("/accounts/logout/").status_code == 200


def sign_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def code_for(user) -> str:
    return Mail.objects.filter(recipient=user.email, kind="login_code").latest("created_at").context["code"]


# password


def test_the_right_password_opens_and_home_is_next(client, person):
    response = sign_in(client, person)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals(client, person):
    client.post(LOGIN, {"login": person.email.upper(), "password": PASSWORD})
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, person):
    wrong = sign_in(client, person, "not the right one")
    unknown = client.post(LOGIN, {"login": "nobody@contoso.example", "password": "not the right one"})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not is_signed_in(client)


def test_a_person_without_a_password_gets_in_by_none(client, lead):
    for password in ("", "!", "None", lead.password):
        sign_in(client, lead, password)
        assert not is_signed_in(client)


def test_too_many_wrong_passwords_stop_the_right_one_for_a_while(client, person):
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        for _ in range(5):
            sign_in(client, person, "not the right one")
        refused = sign_in(client, person)
        assert "too many tries" in str(refused.context["form"].errors)
        assert not is_signed_in(client)
        clock.shift(timedelta(minutes=6))
        sign_in(client, person)
        assert is_signed_in(client)


def test_too_many_tries_from_one_place_get_429(client, person):
    answers = [client.post(LOGIN, {"login": f"p{n}@x.example", "password": "x"}).status_code for n in range(31)]
    assert answers[-1] == 429
    assert answers[0] == 200


def test_the_page_after_signing_in_is_on_this_site(client, person):
    response = client.post(f"{LOGIN}?next=https://evil.example/", {"login": person.email, "password": PASSWORD})
    assert response["Location"] == "/"


# the password of the demonstration


def test_the_demo_password_opens_in_demo_mode(client, lead):
    lead.set_password(DEMO_PASSWORD)
    lead.save()
    sign_in(client, lead, DEMO_PASSWORD)
    assert is_signed_in(client)


def test_outside_demo_mode_the_demo_password_opens_nothing(client, lead, settings):
    lead.set_password(DEMO_PASSWORD)
    lead.save()
    settings.DEMO = False
    sign_in(client, lead, DEMO_PASSWORD)
    assert not is_signed_in(client)


def test_outside_demo_mode_nobody_can_choose_the_demo_password(client, lead, settings):
    settings.DEMO = False
    client.force_login(lead)
    response = client.post("/accounts/password/set/", {"password1": DEMO_PASSWORD, "password2": DEMO_PASSWORD})
    assert response.status_code == 200
    assert "Everybody knows this password" in str(response.context["form"].errors)
    lead.refresh_from_db()
    assert not lead.has_usable_password()


# one-time code


def test_a_code_from_the_mail_opens(client, lead):
    asked = client.post(ASK, {"email": lead.email})
    assert (asked.status_code, asked["Location"]) == (302, CONFIRM)
    client.post(CONFIRM, {"code": code_for(lead)})
    assert is_signed_in(client)


def test_a_code_may_be_typed_without_its_space(client, lead):
    client.post(ASK, {"email": lead.email})
    assert re.fullmatch(r"\d{4} \d{4}", code_for(lead))
    client.post(CONFIRM, {"code": code_for(lead).replace(" ", "")})
    assert is_signed_in(client)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, lead):
    known = client.post(ASK, {"email": lead.email})
    known_page = client.get(CONFIRM).content
    client.logout()
    client.cookies.clear()
    unknown = client.post(ASK, {"email": "nobody@contoso.example"})
    unknown_page = client.get(CONFIRM).content
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])

    def plain(page: bytes) -> str:
        text = re.sub(
            r'(csrf-token": "|csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", page.decode(), flags=re.I
        )
        return text.replace(lead.email, "ADDRESS").replace("nobody@contoso.example", "ADDRESS")

    assert plain(known_page) == plain(unknown_page)
    assert Mail.objects.filter(kind="login_code").count() == 1


def test_a_code_works_in_the_browser_that_asked_for_it_alone(client, lead, django_user_model):
    client.post(ASK, {"email": lead.email})
    other = type(client)()
    other.post(CONFIRM, {"code": code_for(lead)})
    assert not is_signed_in(other)


def test_a_code_works_once(client, lead):
    client.post(ASK, {"email": lead.email})
    code = code_for(lead)
    client.post(CONFIRM, {"code": code})
    client.post("/accounts/logout/")
    client.post(ASK, {"email": lead.email})
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_a_code_works_for_fifteen_minutes(client, lead):
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        client.post(ASK, {"email": lead.email})
        clock.shift(timedelta(minutes=15, seconds=1))
        client.post(CONFIRM, {"code": code_for(lead)})
        assert not is_signed_in(client)


def test_after_four_wrong_codes_the_right_one_opens_nothing(client, lead):
    client.post(ASK, {"email": lead.email})
    for _ in range(4):
        client.post(CONFIRM, {"code": "0000 0000"})
    client.post(CONFIRM, {"code": code_for(lead)})
    assert not is_signed_in(client)


def test_too_many_codes_for_one_address_are_refused_and_not_mailed(client, lead):
    for _ in range(4):
        client.post(ASK, {"email": lead.email})
        client.cookies.clear()
    refused = client.post(ASK, {"email": lead.email})
    assert refused.status_code in {200, 429}
    assert Mail.objects.filter(kind="login_code").count() == 4


def test_a_code_is_forgotten_once_it_was_sent(client, lead, settings, mailoutbox):
    settings.MAIL_IS_SHOWN_ON_A_PAGE = False
    client.post(ASK, {"email": lead.email})
    mail = Mail.objects.get(kind="login_code")
    code = mail.context["code"]
    assert emails.send(mail.pk)
    assert code in mailoutbox[0].body
    mail.refresh_from_db()
    assert mail.context == {}


def test_a_code_that_comes_too_late_is_not_sent(client, lead, settings, mailoutbox):
    client.post(ASK, {"email": lead.email})
    mail = Mail.objects.get(kind="login_code")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert not emails.send(mail.pk)
    mail.refresh_from_db()
    assert mailoutbox == []
    assert (mail.given_up_at is not None, mail.context) == (True, {})


# set and reset a password


def test_a_first_password_is_set_by_whoever_came_in_by_code(client, lead):
    client.post(ASK, {"email": lead.email})
    client.post(CONFIRM, {"code": code_for(lead)})
    response = client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    lead.refresh_from_db()
    assert lead.check_password(PASSWORD)
    assert is_signed_in(client)


def test_a_changed_password_ends_the_other_sessions(client, person):
    elsewhere = type(client)()
    sign_in(client, person)
    sign_in(elsewhere, person)
    new = "another horse battery"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_a_short_password_is_refused(client, lead):
    client.force_login(lead)
    response = client.post("/accounts/password/set/", {"password1": "short-one", "password2": "short-one"})
    assert "12 characters" in str(response.context["form"].errors)


def link_in_mail(user) -> str:
    return Mail.objects.filter(recipient=user.email, kind="password_reset").latest("created_at").context["url"]


def test_the_link_in_the_mail_sets_a_new_password_once(client, person, settings):
    client.post(RESET, {"email": person.email})
    link = link_in_mail(person)
    assert link.startswith(settings.PUBLIC_URL + RESET + "key/")
    path = link.removeprefix(settings.PUBLIC_URL)
    page = client.get(path, follow=True)
    form_path = page.redirect_chain[-1][0]
    client.post(form_path, {"password1": "a whole new password", "password2": "a whole new password"})
    person.refresh_from_db()
    assert person.check_password("a whole new password")
    again = type(client)().get(path, follow=True)
    assert again.context["token_fail"]


def test_the_link_goes_to_the_public_address_whatever_host_was_asked(client, person, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(RESET, {"email": person.email}, headers={"host": "evil.example"})
    assert link_in_mail(person).startswith(settings.PUBLIC_URL)


def test_a_reset_for_an_unknown_address_gets_the_same_answer_and_no_mail(client, person):
    known = client.post(RESET, {"email": person.email})
    unknown = client.post(RESET, {"email": "nobody@contoso.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Mail.objects.filter(kind="password_reset").count() == 1


def test_too_many_resets_of_one_address_are_not_mailed(client, person):
    for _ in range(7):
        client.post(RESET, {"email": person.email})
    assert Mail.objects.filter(kind="password_reset").count() == 5


def test_a_reset_link_is_forgotten_once_it_was_sent(client, person, settings):
    settings.MAIL_IS_SHOWN_ON_A_PAGE = False
    client.post(RESET, {"email": person.email})
    mail = Mail.objects.get(kind="password_reset")
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.context == {}


# people who may not sign in


def test_whoever_is_switched_off_gets_in_by_no_way(client, person, admin):
    client.post(RESET, {"email": person.email})
    link = link_in_mail(person)
    actions.set_may_sign_in(user=person, may=False, by=admin)
    Mail.objects.all().delete()
    sign_in(client, person)
    assert not is_signed_in(client)
    client.post(ASK, {"email": person.email})
    client.post(RESET, {"email": person.email})
    assert Mail.objects.count() == 0
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    if not page.context.get("token_fail"):
        client.post(page.redirect_chain[-1][0], {"password1": "another password", "password2": "another password"})
    sign_in(client, person, "another password")
    assert not is_signed_in(client)
    client.post("/demo/sign-in/", {"email": person.email})
    assert not is_signed_in(client)


def test_a_code_asked_for_before_being_switched_off_opens_nothing(client, lead, admin):
    client.post(ASK, {"email": lead.email})
    code = code_for(lead)
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_the_session_ends_when_the_person_is_switched_off(client, person, admin):
    sign_in(client, person)
    actions.set_may_sign_in(user=person, may=False, by=admin)
    assert not is_signed_in(client)


def test_an_ended_session_stays_ended_when_the_person_is_switched_on_again(client, person, admin):
    sign_in(client, person)
    actions.set_may_sign_in(user=person, may=False, by=admin)
    actions.set_may_sign_in(user=person, may=True, by=admin)
    assert not is_signed_in(client)
    sign_in(client, person)
    assert is_signed_in(client)


# out, and what is closed


def test_signing_out_asks_first_and_then_ends_the_session(client, person):
    sign_in(client, person)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_nobody_signs_up_by_themselves(client, db):
    client.post("/accounts/signup/", {"email": "me@x.example", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_email_verification_sent",
    ],
)
def test_every_page_of_signing_in_answers(client, person, name):
    assert client.get(reverse(name)).status_code in {200, 302}
    client.force_login(person)
    assert client.get(reverse(name)).status_code in {200, 302}


def test_the_list_of_ways_in_is_complete():
    """A new version of the library may not open a page that nobody has looked at."""
    from mdeprep.urls import accounts

    assert {pattern.name for pattern in accounts} == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_email_verification_sent",
    }
