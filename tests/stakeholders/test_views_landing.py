"""Where the link of a mail leads: opening it decides nothing and writes nothing, and it opens nothing for others."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stakeholders import actions
from stakeholders.models import Decision, Request
from tenants.models import Mail
from tests.stakeholders.conftest import request_of, signed_in
from tests.stakeholders.test_views_decide import text

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def code(asked, ciso):
    return request_of(asked, ciso).code


def test_a_stranger_sees_where_it_was_sent_and_nothing_else(client, code, project):
    response = client.get(f"/d/{code}")
    page = response.content.decode()
    assert response.status_code == 200
    assert "d•••@contoso.example" in page
    assert "dana@contoso.example" not in page
    assert project.name not in page
    assert "Opening this page decides nothing" in page


def test_the_code_may_be_typed_in_small_letters(client, code):
    assert client.get(f"/d/{code.lower()}").status_code == 200
    assert client.get(reverse("stakeholders:reference"), {"code": f" {code.lower()} "}).url == f"/d/{code}"


def test_an_unknown_code_says_what_may_be_the_reason(client, code):
    response = client.get("/d/CON-0000")
    assert response.status_code == 404
    assert "It was typed wrongly." in text(response)


@pytest.mark.parametrize("code", ["CON", "%00", "CON-%00", "C%C3%96N-7F3K", "x" * 300, "..%2F.."])
def test_a_code_that_cannot_be_one_is_not_found_either(client, db, code):
    assert client.get(f"/d/{code}").status_code == 404


def test_whoever_guesses_codes_is_slowed_down(client, code):
    for n in range(20):
        assert client.get(f"/d/CON-{n:04}").status_code == 404
    assert client.get("/d/CON-9999").status_code == 429
    assert client.get(f"/d/{code}").status_code == 429


def test_a_one_time_code_signs_in_and_leads_to_the_decision(client, asked, code):
    response = client.post(f"/d/{code}/code/")
    page = client.get(response.url)
    assert "d•••@contoso.example" in page.content.decode()
    assert "dana@contoso.example" not in page.content.decode()
    mail = Mail.objects.get(kind="login_code")
    assert mail.recipient == "dana@contoso.example"
    response = client.post(response.url, {"code": mail.context["code"]})
    assert response.url == reverse("stakeholders:decide", args=[asked.project.slug, 1]) + f"?code={code}"
    assert "Do you, as sponsor" in text(client.get(response.url))
    form = client.get(response.url).context["form"]
    client.post(response.url, {f.html_name: f.value() for f in form.hidden_fields()} | {"sign": "approve"})
    assert Decision.objects.get().authenticated_by == "code"


def test_codes_are_mailed_so_often_and_no_more(client, code):
    answers = [client.post(f"/d/{code}/code/").status_code for _ in range(5)]
    assert answers == [302, 302, 302, 302, 429]


def test_the_password_leads_to_the_decision_too(client, code):
    page = client.get(f"/d/{code}").content.decode()
    assert "/accounts/login/?next=%2Fprojects%2Fcontoso-endpoint-2027%2Frounds%2F1%2Fdecide%2F" in page


def test_the_right_person_is_led_to_the_request(asked, ciso, code):
    assert signed_in(ciso).get(f"/d/{code}").url.startswith(f"/projects/{asked.project.slug}/rounds/1/decide/")


def test_somebody_else_learns_the_masked_address_alone(code, lead, project):
    response = signed_in(lead).get(f"/d/{code}")
    words = text(response)
    assert response.status_code == 403
    assert "d•••@contoso.example" in words
    assert "You are signed in as lena@contoso.example" in words
    assert "Dana" not in response.content.decode().split("<main")[1]
    assert project.name not in words


def test_who_is_no_longer_in_the_matrix_is_told_that_nothing_is_asked(code, ciso, project, lead):
    actions.assign(project=project, key="role-ciso", email="new@contoso.example", name="New", by=lead, why="Dana left.")
    assert "Nothing is asked of you any more" in text(signed_in(ciso).get(f"/d/{code}"))


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the person"])
def test_a_scanner_that_opens_every_link_three_times_writes_nothing(client, who, asked, lead, ciso, architect):
    reader = {"nobody": client, "somebody else": signed_in(lead), "the person": signed_in(ciso)}[who]
    links = [f"/d/{code}" for code in Request.objects.values_list("code", flat=True)]
    links += [reverse(f"stakeholders:{name}", args=[asked.project.slug, 1]) for name in ("decide", "decided", "opened")]
    reader.get(links[0])
    with CaptureQueriesContext(connection) as queries:
        for link in links * 3:
            reader.get(link, follow=True)
    assert [q["sql"] for q in queries if WRITES.match(q["sql"])] == []
    assert not Request.objects.exclude(first_opened_at=None, answered_at=None).exists()


def test_a_person_whose_account_is_shut_gets_no_code_and_nobody_learns_it(client, code, ciso):
    ciso.is_active = False
    ciso.save()
    response = client.post(f"/d/{code}/code/")
    assert response.status_code == 302
    assert client.get(response.url).status_code == 200
    assert not Mail.objects.filter(kind="login_code").exists()
