"""Where the link of a mail leads: opening it decides nothing and writes nothing, and it opens nothing for others."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stakeholders import actions
from stakeholders.models import Decision, Request, Stakeholder
from tenants import clock, emails, outbox
from tenants.actions import choose_digest
from tenants.models import LedgerEntry, Mail
from tests.stakeholders.conftest import answer, request_of, signed_in
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


HANA = "hana@contoso.example"


def handed(request, ciso):
    actions.hand_over_request(request=request, name="Hana Sato", email=HANA, by=ciso)


def stood_in_for(request, ciso):
    row = Stakeholder.objects.get(project=request.round.project, key=request.stakeholder_key)
    today = clock.today("Europe/Dublin")
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, first=today, last=today + timedelta(days=9), by=ciso)


@pytest.mark.parametrize("arrange", [handed, stood_in_for])
def test_whoever_answers_for_somebody_comes_in_by_the_link_of_their_mail(client, asked, ciso, code, arrange):
    arrange(request_of(asked, ciso), ciso)
    page = client.get(f"/d/{code}").content.decode()
    assert "Send a code to h•••@contoso.example" in page
    assert "Send a code to d•••@contoso.example" in page
    assert HANA not in page
    there = client.post(f"/d/{code}/code/", {"to": "0"}).url
    mail = Mail.objects.get(kind="login_code")
    assert mail.recipient == HANA
    answered = client.post(there, {"code": mail.context["code"]})
    assert "You decide for Dana Reyes" in text(client.get(answered.url))


@pytest.mark.parametrize("which", ["1", "2", "-1", "x", ""])
def test_a_code_goes_to_no_address_but_those_of_the_request(client, asked, ciso, code, which):
    handed(request_of(asked, ciso), ciso)
    client.post(f"/d/{code}/code/", {"to": which})
    assert Mail.objects.get(kind="login_code").recipient == "dana@contoso.example"


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


def link_of(asked, ciso) -> str:
    return f"/d/{request_of(asked, ciso).code}"


@pytest.mark.usefixtures("in_november")
def test_a_link_ends_some_weeks_after_the_due_day_and_says_nothing_then(client, asked, ciso, lead):
    with time_machine.travel("2027-02-14T10:00Z"):
        assert client.get(link_of(asked, ciso)).status_code == 200
    with time_machine.travel("2027-02-15T10:00Z"):
        response = client.get(link_of(asked, ciso))
        assert response.status_code == 410
        assert "dana" not in response.content.decode().lower()
        assert client.post(link_of(asked, ciso) + "/code/").status_code == 410
        assert signed_in(lead).get(link_of(asked, ciso)).status_code == 410
        assert signed_in(ciso).get(link_of(asked, ciso)).status_code == 302
        actions.remind(request=request_of(asked, ciso), by=lead)
        assert client.get(link_of(asked, ciso)).status_code == 200


@pytest.mark.usefixtures("in_november")
@pytest.mark.parametrize("deed", ["a new link", "the address works again"])
def test_what_is_mailed_after_a_link_has_ended_holds_a_link_that_opens(client, asked, ciso, lead, deed):
    with time_machine.travel("2027-02-15T10:00Z"):
        request = request_of(asked, ciso)
        assert client.get(link_of(asked, ciso)).status_code == 410
        if deed == "a new link":
            actions.renew_link(request=request, by=lead)
        else:
            outbox.refuse(ciso.email, "no such user")
            actions.address_works(request=request, by=lead)
        assert client.get(link_of(asked, ciso)).status_code == 200
    with time_machine.travel("2027-03-18T10:00Z"):
        assert client.get(link_of(asked, ciso)).status_code == 410


def test_the_lead_ends_a_link_and_the_person_gets_another(client, asked, ciso, lead, project):
    before = link_of(asked, ciso)
    address = reverse("stakeholders:new_link", args=[project.slug, request_of(asked, ciso).code])
    assert signed_in(lead).post(address).status_code == 302
    assert client.get(before).status_code == 404
    after = link_of(asked, ciso)
    assert client.get(after).status_code == 200
    assert Mail.objects.filter(recipient=ciso.email).latest("created_at").context["url"].endswith(after)
    assert LedgerEntry.objects.of(project).filter(verb="link ended").count() == 1


def test_nobody_is_said_to_get_a_new_link_at_an_address_that_refuses_mail(asked, ciso, lead, project):
    outbox.refuse(ciso.email, "550")
    address = reverse("stakeholders:new_link", args=[project.slug, request_of(asked, ciso).code])
    said = signed_in(lead).post(address, follow=True).content.decode()
    assert "No new one was mailed to Dana Reyes: the address refuses mail." in said
    assert "gets a new one" not in said


def links_in(mails) -> set[str]:
    """Every address in the text and the HTML of these mails, without the host."""
    found = set()
    for mail in mails:
        message = emails.render(mail)
        bodies = [message.body, *(str(part.content) for part in message.alternatives)]
        bodies.append(message.extra_headers.get("List-Unsubscribe", ""))
        for body in bodies:
            found |= {link.rstrip(".,)") for link in re.findall(r"http://testserver([^\s\"'<>]*)", html.unescape(body))}
    return found


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the person"])
def test_a_scanner_that_opens_every_link_of_every_mail_three_times_writes_nothing(
    client, who, asked, lead, ciso, head_of_cdoc, architect, project
):
    """Mails of a whole story: asked, reminded, asked back, handed on, decided, on condition, digest, told, withdrawn."""
    request = request_of(asked, ciso)
    question = actions.ask_question(request=request, text="Why?", by=ciso)
    actions.answer_question(question=question, text="So.", by=lead)
    actions.remind(request=request, by=lead)
    actions.hand_over_request(request=request, name="Hana Sato", email="hana@contoso.example", by=ciso)
    actions.take_request_back(request=request, by=ciso)
    answer(request_of(asked, head_of_cdoc), head_of_cdoc)
    choose_digest(by=architect, wants=True)
    with time_machine.travel("2027-01-12T10:00Z"):
        actions.chase()
        actions.set_approval_policy(tenant=project.tenant, values={"link_days": 365}, by=None)
    with time_machine.travel("2027-01-29T10:00Z"):
        actions.chase()
    kinds = set(Mail.objects.values_list("kind", flat=True))
    assert {"decision_request", "reminder", "receipt", "told", "digest"} <= kinds
    links = links_in(Mail.objects.all())
    assert any("/mails/stop/" in link for link in links)
    assert any("/d/" in link for link in links)
    reader = {"nobody": client, "somebody else": signed_in(lead), "the person": signed_in(ciso)}[who]
    reader.get(f"/d/{request.code}")
    before = (Decision.objects.count(), Mail.objects.count(), LedgerEntry.objects.count())
    with CaptureQueriesContext(connection) as queries:
        for link in sorted(links) * 3:
            reader.get(link, follow=True)
    written = [q["sql"] for q in queries if WRITES.match(q["sql"])]
    if who == "nobody":
        assert written == []
    assert [sql for sql in written if "readiness_" not in sql] == []  # a plan that is behind is judged by whoever reads
    assert (Decision.objects.count(), Mail.objects.count(), LedgerEntry.objects.count()) == before
    architect.refresh_from_db()
    assert architect.wants_digest
    assert not Request.objects.exclude(first_opened_at=None).exists()
