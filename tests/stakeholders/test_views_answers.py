"""What people do besides deciding, as they do it: on a page, without script, and with the words that they read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects import actions as plan_actions
from projects.models import Project, Proposal
from projects.tables import TABLES
from stakeholders import actions
from stakeholders.models import Condition, Decision, Question, Reply, Report, Stakeholder, StandIn
from tenants import clock
from tenants.models import LedgerEntry, Mail, User
from tests.stakeholders.conftest import answer, ask, request_of, signed_in
from tests.stakeholders.test_views_decide import text, typed, url

HANA = "hana@contoso.example"
HAND = {"name": "Hana Sato", "email": HANA}
TODAY = clock.today("Europe/Dublin")


@pytest.fixture
def dana(asked, ciso):
    return signed_in(ciso)


@pytest.fixture
def lena(asked, lead):
    return signed_in(lead)


def post(client, asked, what, person, **data):
    return client.post(url(asked, what), {"code": request_of(asked, person).code, **data}, follow=True)


def page(asked, name, *arguments):
    return reverse(f"stakeholders:{name}", args=[asked.project.slug, *arguments])


def test_a_question_goes_out_and_its_answer_stands_on_the_page(asked, dana, lena, ciso):
    words = text(post(dana, asked, "ask_lead", ciso, question="Which tills?"))
    assert "Dana Reyes asked: “Which tills?” Not answered yet. No reminders until Lena does." in words
    told = text(lena.get(page(asked, "approvals")))
    assert "1 thing waits for an answer" in told
    assert "Asked before deciding: “Which tills?”" in told
    question = Question.objects.get()
    lena.post(page(asked, "answer", question.pk), {"text": "Those in Cork."})
    assert "Lena Fischer: “Those in Cork.”" in text(dana.get(url(asked)))


def test_a_question_without_words_says_so(asked, dana, ciso):
    refused = post(dana, asked, "ask_lead", ciso, question=" ")
    assert (refused.status_code, refused.redirect_chain) == (422, [])
    assert 'id="question-wrong"' in refused.content.decode()
    assert not Question.objects.exists()


def test_a_hand_over_that_is_refused_keeps_what_was_typed_at_its_field(asked, dana, ciso):
    refused = post(dana, asked, "hand_over", ciso, name="Hana Sato", email=ciso.email, note="Ask Priya.")
    page = refused.content.decode()
    assert refused.status_code == 422
    for words in ('value="Hana Sato"', f'value="{ciso.email}"', 'value="Ask Priya."', 'id="email-wrong"'):
        assert words in page, words
    assert page.count(" open>") == 1
    assert "Your decision" in page
    assert not request_of(asked, ciso).handed_to


def test_another_day_is_chosen_and_a_day_that_is_over_is_not(asked, dana, ciso):
    post(dana, asked, "remind_me", ciso, day="2001-01-01")
    assert request_of(asked, ciso).remind_on is None
    refused = post(dana, asked, "remind_me", ciso, day="soon")
    assert (refused.status_code, "Choose a day." in text(refused)) == (422, True)
    day = TODAY + timedelta(days=3)
    words = text(post(dana, asked, "remind_me", ciso, day=day.isoformat()))
    assert f"No reminder before {day:%a} {day.day} {day:%b}" in words
    assert request_of(asked, ciso).remind_on == day


def test_handed_over_it_is_decided_by_the_other_for_the_person(asked, dana, ciso):
    words = text(post(dana, asked, "hand_over", ciso, **HAND))
    assert "Handed to Hana Sato, who answers it for you." in words
    assert "You handed this request to somebody else." in words
    hana = signed_in(User.objects.get(email=HANA))
    assert hana.get(reverse("stakeholders:landing", args=[request_of(asked, ciso).code])).url.startswith(url(asked))
    opened = hana.get(url(asked))
    assert "You decide for Dana Reyes." in text(opened)
    assert "Approve 2 sections as Hana Sato for Dana Reyes" in text(opened)
    words = text(hana.post(url(asked), typed(opened, sign="approve"), follow=True))
    assert "Hana Sato for Dana Reyes" in words
    assert Decision.objects.get().for_email == ciso.email
    assert "Hana Sato for Dana Reyes" in text(dana.get(url(asked, "decided")))


def test_what_was_typed_stays_where_a_request_cannot_be_handed_over(asked, dana, lead, ciso):
    wrong = {"name": "Lena Fischer", "email": lead.email, "note": "You know it best."}
    answer = post(dana, asked, "hand_over", ciso, **wrong)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "They cannot sign any of it" in shown
    assert all(f'value="{each}"' in shown for each in wrong.values())
    assert re.search(r'<form class="panel decision[^>]+action="([^"]+)"', shown)[1] == url(asked)
    assert post(dana, asked, "remind_me", ciso, day="2001-01-01").content.decode().count('value="2001-01-01"') == 1


def test_a_request_that_was_handed_over_is_taken_back_on_the_page(asked, dana, ciso):
    post(dana, asked, "hand_over", ciso, **HAND)
    words = text(post(dana, asked, "keep", ciso))
    assert "Approve 2 sections as Dana Reyes" in words
    assert signed_in(User.objects.get(email=HANA)).get(url(asked)).status_code == 404


def test_the_wrong_person_says_who_is_right(asked, dana, lena, ciso):
    words = text(post(dana, asked, "wrong_person", ciso, says="Ask Hana Sato."))
    assert "You said that somebody else should be asked. Lena knows." in words
    assert "Is not the right person to ask. Ask Hana Sato." in text(lena.get(page(asked, "approvals")))


def test_another_person_does_none_of_it(asked, ciso, head_of_cdoc, lead):
    code = request_of(asked, ciso).code
    for person in (head_of_cdoc, lead):
        for deed in ("ask_lead", "remind_me", "hand_over", "keep", "wrong_person", "reported", "take_back", "not_me"):
            response = signed_in(person).post(url(asked, deed), {"code": code, "question": "?", "email": HANA})
            assert response.status_code == 404, deed


def test_a_reported_decision_is_shown_as_not_confirmed_and_confirmed_with_one_press(asked, dana, lena, ciso):
    report = page(asked, "report", request_of(asked, ciso).code)
    assert "does not count until Dana Reyes confirms it with one click" in text(lena.get(report))
    assert lena.post(report, {"answer": "approve"}).status_code == 422
    file = SimpleUploadedFile("minutes.pdf", b"Approved.")
    data = {"answer": "approve", "decided_on": TODAY.isoformat(), "place": "Steering committee", "file": file}
    words = text(lena.post(report, data, follow=True))
    assert "Reported by Lena Fischer, not confirmed: Steering committee" in words
    assert len(Report.objects.get().file_digest) == 64
    assert "Lena Fischer says that you decided this already" in text(dana.get(url(asked)))
    words = text(post(dana, asked, "reported", ciso, deed="confirm"))
    assert "Reported by Lena Fischer (Steering committee), and confirmed here." in words
    assert Decision.objects.get().answers == {"environment": "approve", "licences": "approve"}


def test_who_wrote_what_they_are_said_to_have_decided_is_not_offered_to_confirm_it(asked, dana, lead, ciso, project):
    actions.report_decision(
        request=request_of(asked, ciso), answer="approve", decided_on=TODAY, place="A call", by=lead
    )
    Project.objects.filter(pk=project.pk).update(authors={"environment": {ciso.email: "Dana"}})
    words = text(dana.get(url(asked)))
    assert "It cannot be confirmed, because you cannot sign all of it" in words
    assert "Yes, I decided this" not in words
    assert "No, I did not" in words
    words = text(post(dana, asked, "reported", ciso, deed="confirm"))
    assert "You cannot sign Environment, so it cannot be confirmed." in words
    assert not Decision.objects.exists()
    assert Report.objects.get().confirmed_at is None


def test_what_was_not_decided_is_denied_and_can_be_decided(asked, dana, lead, ciso):
    actions.report_decision(
        request=request_of(asked, ciso), answer="approve", decided_on=TODAY, place="A call", by=lead
    )
    words = text(post(dana, asked, "reported", ciso, deed="deny"))
    assert "says that you decided" not in words
    assert "Approve 2 sections as Dana Reyes" in words


def test_an_answer_is_taken_back_on_the_receipt(asked, dana, ciso):
    answer(request_of(asked, ciso), ciso)
    assert "Take my answer back" in text(dana.get(url(asked, "decided")))
    words = text(post(dana, asked, "take_back", ciso, because="I misread it."))
    assert "Approve Environment and Licences" in words
    assert Decision.objects.count() == 2


def test_requested_changes_are_answered_and_read_at_the_next_round(
    asked, dana, lena, ciso, head_of_cdoc, lead, project
):
    from tests.stakeholders.conftest import ask

    decision = answer(request_of(asked, ciso), ciso, "changes", comment="Count the tills.")
    assert "“Count the tills.” Answer Dana Reyes" in text(lena.get(page(asked, "threads")))
    lena.post(page(asked, "reply", decision.pk), {"text": "Done: 310 tills.", "resolves": "yes"})
    assert Reply.objects.get().resolves
    assert "Settled" in text(lena.get(page(asked, "threads")))
    again = ask(project, lead)
    words = text(dana.get(url(again)))
    assert "“Count the tills.” Lena Fischer answered" in words
    assert "“Done: 310 tills.”" in words
    assert "“Done: 310 tills.”" in text(signed_in(head_of_cdoc).get(url(again)))


def test_a_condition_is_met_on_its_page(asked, dana, lena, lead, ciso, head_of_cdoc):
    terms = actions.OnCondition("Buy 101 licences", "Lena Fischer", TODAY + timedelta(days=5))
    answer(request_of(asked, ciso), ciso, "conditions", condition=terms)
    condition = Condition.objects.get()
    there = page(asked, "condition", condition.pk)
    assert "Buy 101 licences To do" in text(lena.get(page(asked, "conditions")))
    assert lena.post(there, {"deed": "evidence", "words": ""}).status_code == 422
    lena.post(there, {"deed": "evidence", "words": "Order 4711."})
    lena.post(there, {"deed": "accept"})
    assert Condition.objects.get().accepted_at is None
    assert signed_in(head_of_cdoc).get(there).status_code == 404
    assert "“Order 4711.”" in text(dana.get(there))
    dana.post(there, {"deed": "return", "words": "Which order?"})
    assert "“Which order?”" in text(lena.get(there))
    lena.post(there, {"deed": "evidence", "words": "Order 4711 of today."})
    words = text(dana.post(there, {"deed": "accept"}, follow=True))
    assert "Met" in words
    assert Condition.objects.get().accepted_at is not None


def test_somebody_names_who_stands_in_for_them(asked, dana, ciso):
    there = page(asked, "substitute", "role-ciso")
    data = {"deed": "name", "name": "Hana Sato", "email": HANA, "first": TODAY.isoformat()}
    wrong = dana.post(there, {**data, "last": "2001-01-01"})
    assert wrong.status_code == 422
    assert "It ends before it starts." in text(wrong)
    assert dana.post(there, data).status_code == 422
    words = text(dana.post(there, {**data, "last": (TODAY + timedelta(days=9)).isoformat()}, follow=True))
    assert "Hana Sato (hana@contoso.example)" in words
    assert "Counts" in words
    assert "You decide for Dana Reyes." in text(signed_in(User.objects.get(email=HANA)).get(url(asked)))


def test_another_approver_confirms_whom_the_lead_named(asked, lena, ciso, head_of_cdoc, architect, lead, project):
    values = {"substitute": "Hana Sato", "substitute_email": HANA, "substitute_from": TODAY, "substitute_until": TODAY}
    actions.change_stakeholder(project=project, key="role-ciso", values=values, by=lead)
    there = page(asked, "substitute", "role-ciso")
    assert "Not confirmed yet" in text(lena.get(there))
    assert "does not count before it is confirmed" in text(lena.get(page(asked, "matrix")))
    lena.post(there, {"deed": "confirm"})
    lena.post(there, {"deed": "name", "name": "X", "email": "x@x.example", "first": TODAY, "last": TODAY})
    assert not StandIn.objects.exists()
    assert signed_in(architect).get(there).status_code == 404
    marcus = signed_in(head_of_cdoc)
    assert "Confirm Hana Sato" in text(marcus.get(there))
    marcus.post(there, {"deed": "confirm"})
    assert StandIn.objects.counting().get().confirmed_by_email == head_of_cdoc.email
    assert Stakeholder.objects.get(key="role-ciso").substitute_email == HANA


@pytest.mark.parametrize("comments", [1, 3])
def test_the_threads_ask_the_database_as_often_for_one_as_for_three(
    asked, lena, ciso, head_of_cdoc, architect, comments, django_assert_num_queries
):
    for person, word in ((ciso, "changes"), (head_of_cdoc, "changes"), (architect, "object"))[:comments]:
        answer(request_of(asked, person), person, word, comment="Count again.")
    lena.get(page(asked, "threads"))
    with django_assert_num_queries(8):
        lena.get(page(asked, "threads"))


@pytest.mark.parametrize("conditions", [1, 3])
def test_the_conditions_ask_the_database_as_often_for_one_as_for_three(
    asked, project, lena, conditions, django_assert_num_queries
):
    for number in range(conditions):
        Condition.objects.create(
            project=project, decision_id=number, stakeholder_key="role-ciso", set_by_name="Dana",
            set_by_email="dana@x.example", sections=["licences"], what="Buy", who="Lena", due_on=TODAY,
        )  # fmt: skip
    lena.get(page(asked, "conditions"))
    with django_assert_num_queries(6):
        lena.get(page(asked, "conditions"))


def test_who_gives_input_suggests_a_value_which_the_lead_takes_over_with_one_press(
    asked, lena, architect, servers, lead
):
    priya = signed_in(architect)
    code = request_of(asked, architect).code
    there = reverse(
        "stakeholders:suggest", args=[asked.project.slug, asked.number, "environment", "devices", servers.key]
    )
    assert there in priya.get(url(asked)).content.decode()
    opened = priya.get(there)
    form = opened.context["form"]
    same = {field.html_name: "" if field.value() is None else field.value() for field in form} | {"code": code}
    assert "Nothing is different" in text(priya.post(there, {**same, "why": "?"}))
    assert priya.post(there, {**same, "count": "104", "why": ""}).status_code == 422
    for _ in range(2):
        priya.post(there, {**same, "count": "104", "why": "Four stand in Cork."})
    again = text(priya.get(there))
    assert again.count("“Four stand in Cork.” It waits for Lena Fischer.") == 1
    words = text(lena.get(page(asked, "threads")))
    assert words.count("Count: 100 → 104") == 1
    assert "“Four stand in Cork.”" in words
    servers.refresh_from_db()
    assert servers.count == 100
    proposal = Proposal.objects.get()
    lena.post(page(asked, "accept", proposal.pk), {"seen": servers.changed_seq})
    lena.post(page(asked, "accept", proposal.pk), {"seen": servers.changed_seq})
    servers.refresh_from_db()
    assert servers.count == 104
    assert "It waits for" not in text(priya.get(there))
    entry = LedgerEntry.objects.of(asked.project).filter(is_material=True).latest("seq")
    assert "suggested by Priya Nair (priya@contoso.example): Four stand in Cork." in entry.body
    assert list(asked.project.__class__.objects.get(pk=asked.project_id).authors["environment"]) == [lead.email]


def test_a_value_is_suggested_on_settings_but_never_on_the_list_of_who_signs(project, lead, architect, ciso):
    """Taking over a row of the matrix would bypass the rule on who put whom there: the page says so."""
    values = {"scope": ["stakeholders", "access"]}
    actions.change_stakeholder(project=project, key="role-security-architect", values=values, by=lead)
    plan_actions.change_row(
        project=project,
        table=TABLES["access", "settings"],
        key="access-settings",
        values={"planned": "unified"},
        by=lead,
    )
    round_ = ask(project, lead, ("stakeholders", "access"))
    page = signed_in(architect).get(url(round_))
    there = {"section": "access", "table": "settings", "key": "access-settings"}
    suggest = reverse("stakeholders:suggest", kwargs={"slug": project.slug, "number": round_.number, **there})
    assert suggest in page.content.decode()
    assert "/suggest/stakeholders/" not in page.content.decode()
    assert "No value is suggested here: this list decides whose signature counts" in text(page)


def test_who_has_no_name_is_told_by_their_address(asked, lena, architect, servers):
    User.objects.filter(pk=architect.pk).update(name="")
    architect.refresh_from_db()
    values = {"table": TABLES["environment", "devices"], "key": servers.key, "values": {"count": 104}}
    proposal = actions.suggest(request=request_of(asked, architect), why="Cork.", by=architect, **values)
    told = Mail.objects.get(kind="told")
    assert told.context["subject"].startswith(f"{architect.email} suggests a value")
    assert told.from_name.startswith(architect.email)
    lena.post(page(asked, "accept", proposal.pk), {"seen": servers.changed_seq})
    entry = LedgerEntry.objects.of(asked.project).filter(is_material=True).latest("seq")
    assert f"suggested by {architect.email}: Cork." in entry.body


def test_whoever_decides_reads_what_is_suggested_until_it_is_settled(asked, lena, dana, architect, servers):
    values = {"table": TABLES["environment", "devices"], "key": servers.key, "values": {"count": 104}}
    proposal = actions.suggest(request=request_of(asked, architect), why="Four in Cork.", by=architect, **values)
    words = text(dana.get(url(asked)))
    assert "Priya Nair suggests another value in Environment, Windows Server 2019," in words
    assert "Count: 100 → 104" in words
    assert "“Four in Cork.”. It is not taken over: what you read here is the plan without it." in words
    lena.post(page(asked, "accept", proposal.pk), {"seen": servers.changed_seq})
    assert "suggests another value" not in text(dana.get(url(asked)))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (104, "100 → 104 is +4.0 %: within what was approved."),
        (140, "The signature of Dana Reyes on Environment ends"),
    ],
)
def test_whoever_takes_a_suggestion_over_reads_what_it_does_to_signatures(
    asked, lena, ciso, architect, servers, count, said
):
    answer(request_of(asked, ciso), ciso)
    values = {"table": TABLES["environment", "devices"], "key": servers.key, "values": {"count": count}}
    proposal = actions.suggest(request=request_of(asked, architect), why="Cork.", by=architect, **values)
    words = text(lena.post(page(asked, "accept", proposal.pk), {"seen": servers.changed_seq}, follow=True))
    assert "Taken over, with Priya Nair as its source." in words
    assert said in words


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_are_read_in_one_question(asked, project, lead, dana, architect, count, django_assert_num_queries):
    for number, system in enumerate(("rhel-8", "rhel-9", "sles-15")[:count]):
        row = plan_actions.add_row(
            project=project, table=TABLES["environment", "devices"], by=lead,
            values={"system": system, "kind": "server", "count": number},
        )  # fmt: skip
        actions.suggest(
            request=request_of(asked, architect), table=TABLES["environment", "devices"], key=row.key,
            values={"count": 99}, why="Counted.", by=architect,
        )  # fmt: skip
    dana.get(url(asked))
    with django_assert_num_queries(22):
        assert text(dana.get(url(asked))).count("suggests another value") == count


def test_a_suggestion_that_is_not_taken_over_changes_nothing(asked, lena, architect, servers):
    values = {"table": TABLES["environment", "devices"], "key": servers.key, "values": {"count": 104}}
    proposal = actions.suggest(request=request_of(asked, architect), why="Cork.", by=architect, **values)
    lena.post(page(asked, "decline", proposal.pk))
    servers.refresh_from_db()
    assert servers.count == 100
    assert "Suggested values" not in text(lena.get(page(asked, "threads")))


def test_only_who_gives_input_on_the_section_suggests(asked, ciso, architect, lead, servers):
    values = {"table": TABLES["environment", "devices"], "key": servers.key, "values": {"count": 104}, "why": "Cork."}
    for person, request in ((ciso, request_of(asked, ciso)), (lead, request_of(asked, architect))):
        with pytest.raises(actions.NotTheirs):
            actions.suggest(request=request, by=person, **values)
    with pytest.raises(actions.NotTheirs):
        actions.suggest(
            request=request_of(asked, architect), by=architect, table=TABLES["licences", "entitlements"], key="x",
            values={}, why="?",
        )  # fmt: skip


def test_who_did_not_give_an_answer_says_so_on_its_receipt(asked, dana, lena, ciso):
    answer(request_of(asked, ciso), ciso)
    assert "Not you? Say so" in text(dana.get(url(asked, "decided")))
    words = text(post(dana, asked, "not_me", ciso, says="I was on a plane."))
    assert "The answer is set aside. Lena and your administrator were told." in words
    assert "This answer was not mine. I was on a plane." in text(lena.get(page(asked, "approvals")))
    post(dana, asked, "not_me", ciso)
    assert Decision.objects.count() == 2


def test_an_answer_never_goes_to_another_request_than_the_one_that_was_read(asked, dana, ciso, head_of_cdoc):
    """Dana has Marcus's request open, which he takes back; what she sends then is not her own answer."""
    theirs = actions.hand_over_request(
        request=request_of(asked, head_of_cdoc), name="", email=ciso.email, by=head_of_cdoc
    )
    data = typed(dana.get(url(asked) + f"?code={theirs.code}"), decision="approve")
    assert data["code"] == theirs.code
    actions.take_request_back(request=theirs, by=head_of_cdoc)
    words = text(dana.post(url(asked), data, follow=True))
    assert "That request is not yours any more. Nothing was recorded" in words
    assert not Decision.objects.exists()


def test_confirming_a_report_twice_is_once_and_says_so(asked, dana, lead, ciso):
    actions.report_decision(
        request=request_of(asked, ciso), answer="approve", decided_on=TODAY, place="A call", by=lead
    )
    for words in ("Confirmed: it counts as your decision.", "This request is not open any more. Nothing was changed."):
        assert words in text(post(dana, asked, "reported", ciso, deed="confirm"))
    assert Decision.objects.count() == 1


def test_a_condition_of_an_answer_that_was_taken_back_says_so_on_its_pages(asked, dana, lena, ciso):
    terms = actions.OnCondition("Buy 101 licences", "Lena Fischer", TODAY + timedelta(days=5))
    answer(request_of(asked, ciso), ciso, "conditions", condition=terms)
    post(dana, asked, "take_back", ciso)
    assert "No longer asked for" in text(lena.get(page(asked, "conditions")))
    words = text(lena.get(page(asked, "condition", Condition.objects.get().pk)))
    assert "was taken back, or Dana Reyes has answered anew" in words
    assert "How it was done" not in words
