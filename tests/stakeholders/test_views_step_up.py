"""A tenant may ask who approves to show once more that it is them; what they typed is kept."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from stakeholders import actions
from stakeholders.models import Decision
from tenants.models import Mail
from tests.stakeholders.conftest import request_of, signed_in
from tests.stakeholders.test_views_decide import text


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def strict(asked, tenant):
    actions.set_approval_policy(tenant=tenant, values={"step_up_minutes": 15}, by=None)
    return asked


def approve(browser, round_, person, **more):
    address = f"/projects/{round_.project.slug}/rounds/{round_.number}/decide/?code={request_of(round_, person).code}"
    form = browser.get(address).context["form"]
    data = {f.html_name: f.value() for f in form.hidden_fields()} | {"sign": "approve", "comment": "Fine.", **more}
    return address, browser.post(address, data)


def test_who_signed_in_long_ago_confirms_by_a_mailed_code_and_nothing_typed_is_lost(strict, ciso):
    browser = signed_in(ciso)
    _address, answer = approve(browser, strict, ciso)
    assert not Decision.objects.exists()
    assert "What you typed is kept" in text(browser.get(answer.url))
    browser.post(answer.url, {"deed": "mail"})
    assert browser.post(answer.url, {"deed": "code", "typed": "0000 0000"}).status_code == 422
    code = Mail.objects.get(kind="login_code").context["code"]
    back = browser.post(answer.url, {"deed": "code", "typed": code})
    page = browser.get(back.url)
    assert page.context["form"]["comment"].value() == "Fine."
    approve(browser, strict, ciso)
    decision = Decision.objects.get()
    assert (decision.comment, decision.authenticated_by) == ("Fine.", "code")


def test_or_by_password(strict, ciso):
    ciso.set_password("a-password-of-dana")
    ciso.save()
    browser = signed_in(ciso)
    _address, answer = approve(browser, strict, ciso)
    assert browser.post(answer.url, {"deed": "password", "password": "wrong"}).status_code == 422
    assert browser.post(answer.url, {"deed": "password", "password": "a-password-of-dana"}).status_code == 302
    approve(browser, strict, ciso)
    assert Decision.objects.get().authenticated_by == "password"


def test_codes_are_tried_four_times_and_the_right_one_does_not_help_then(strict, ciso):
    browser = signed_in(ciso)
    _address, answer = approve(browser, strict, ciso)
    browser.post(answer.url, {"deed": "mail"})
    for _ in range(4):
        assert browser.post(answer.url, {"deed": "code", "typed": "1"}).status_code == 422
    code = Mail.objects.get(kind="login_code").context["code"]
    assert browser.post(answer.url, {"deed": "code", "typed": code}).status_code == 422
    assert not Decision.objects.exists()


def test_whoever_showed_who_they_are_is_told_that_nothing_is_decided_yet(strict, ciso):
    ciso.set_password("a long password")
    ciso.save()
    browser = signed_in(ciso)
    _address, answer = approve(browser, strict, ciso)
    back = browser.post(answer.url, {"deed": "password", "password": "a long password"}, follow=True)
    assert "Nothing is decided yet: press the button once more." in back.content.decode()
    assert not Decision.objects.exists()


def test_who_gives_input_is_not_asked(strict, architect):
    browser = signed_in(architect)
    approve(browser, strict, architect, sign="no_objection")
    assert Decision.objects.get().email == architect.email


def test_without_the_policy_nobody_is_asked(asked, ciso):
    approve(signed_in(ciso), asked, ciso)
    assert Decision.objects.exists()
