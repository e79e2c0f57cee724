"""The page on which a person decides: what it says, what it refuses, and that nothing is lost or doubled."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from projects import actions as plan_actions
from stakeholders import actions
from stakeholders.models import Decision
from tenants import clock
from tenants.models import User
from tests.stakeholders.conftest import DEVICES, answer, ask, change, request_of, signed_in


def url(round_, name="decide"):
    return reverse(f"stakeholders:{name}", args=[round_.project.slug, round_.number])


def text(response):
    """What a reader sees: no marks, single spaces."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\xa0", " ").split())


# session, person, project, permissions and tenants they administer, the request; under the lock: project, request, votes,
# settings and rows of the matrix, who placed whom, revision; decision, request, head, entry, mail; savepoints
DECISION = 21
# session, person, project, permissions and tenants they administer, requests, votes, revisions, who placed whom, verdict
PAGE = 9


def typed(response, **more):
    """The form of a page as it would be posted: its hidden fields, and what a person chose."""
    form = response.context["form"]
    return {field.html_name: field.value() for field in form.hidden_fields()} | more


@pytest.fixture
def dana(asked, ciso):
    return signed_in(ciso)


def test_the_page_says_the_question_the_numbers_and_what_was_open(asked, dana):
    page = dana.get(url(asked))
    words = text(page)
    assert "Approve Environment and Licences" in words
    assert "Do you, as sponsor, agree that the deployment goes ahead on this plan?" in words
    assert "100 devices" in words
    assert "1 blocker" in words
    assert "101 servers have no licence" in words
    assert "Nobody objected to these sections." in words
    assert "Approve 2 sections as Dana Reyes" in words


def test_nothing_is_chosen_when_the_page_is_served(asked, dana):
    page = dana.get(url(asked)).content.decode()
    assert not re.search(r'name="decision"[^>]*checked', page)


def test_approving_writes_one_row_and_shows_the_receipt(asked, dana, ciso):
    page = dana.get(url(asked))
    response = dana.post(url(asked), typed(page, decision="approve", sign="approve", tolerance="5"), follow=True)
    words = text(response)
    assert "Approved Environment and Licences" in words
    decision = Decision.objects.get()
    assert decision.answers == {"environment": "approve", "licences": "approve"}
    assert (decision.email, decision.tolerance) == (ciso.email, 5)


def test_pressing_twice_makes_one_row_and_shows_the_receipt_twice(asked, dana):
    data = typed(dana.get(url(asked)), decision="approve", sign="approve")
    first, second = dana.post(url(asked), data), dana.post(url(asked), data)
    assert first.url == second.url
    assert "was not recorded" not in text(dana.get(second.url))
    assert Decision.objects.count() == 1


def test_another_answer_after_the_first_is_not_recorded_and_it_is_said(asked, dana):
    page = dana.get(url(asked))
    dana.post(url(asked), typed(page, sign="approve"))
    response = dana.post(url(asked), typed(page, sign="changes", comment="No."), follow=True)
    assert "What you sent now was not recorded." in text(response)
    assert Decision.objects.get().answers["environment"] == "approve"


def test_only_an_approval_says_how_far_counts_may_drift(asked, dana, ciso):
    response = dana.post(url(asked), typed(dana.get(url(asked)), sign="changes", comment="No."), follow=True)
    assert "may drift" not in text(response)
    dana.post(url(asked, "take_back"), {"code": request_of(asked, ciso).code, "because": "Read again."})
    assert "may drift" in text(dana.post(url(asked), typed(dana.get(url(asked)), sign="approve"), follow=True))


def test_whoever_takes_an_answer_back_still_reads_what_changed_since_the_answer_before(
    asked, project, lead, ciso, editor, servers, dana
):
    answer(request_of(asked, ciso), ciso)
    change(project, servers, editor, count=141)
    second = ask(project, lead, sections=("environment",))
    dana.post(url(second), typed(dana.get(url(second)), sign="approve"))
    again = text(dana.post(url(second, "take_back"), {"code": request_of(second, ciso).code}, follow=True))
    assert "Approve Environment, again" in again
    assert "What changed since you signed on" in again


def test_who_asked_for_changes_is_not_said_to_have_signed(asked, project, lead, ciso, editor, servers, dana):
    answer(request_of(asked, ciso), ciso, "changes", comment="Count the Linux servers")
    change(project, servers, editor, count=141)
    page = text(dana.get(url(ask(project, lead, sections=("environment",)))))
    assert "What changed since you asked for changes on" in page
    assert "You signed" not in page


def test_a_substitute_reads_whose_answer_it_was_and_the_person_who_answered(
    asked, project, lead, ciso, editor, servers
):
    answer(request_of(asked, ciso), ciso)
    change(project, servers, editor, count=141)
    second = ask(project, lead, sections=("environment",))
    request = request_of(second, ciso)
    actions.hand_over_request(request=request, name="Hana Sato", email="hana@contoso.example", by=ciso)
    hana = signed_in(User.objects.get(email="hana@contoso.example"))
    page = hana.get(url(second))
    assert "What changed since Dana Reyes answered on" in text(page)
    assert "You signed" not in text(page)
    assert "Your answer is recorded" in text(hana.post(url(second), typed(page, sign="approve"), follow=True))
    receipt = text(signed_in(ciso).get(url(second, "decided")))
    assert "Hana Sato answered for you" in receipt
    assert "Your answer is recorded" not in receipt
    approvals = text(signed_in(lead).get(f"/projects/{project.slug}/approvals/"))
    assert "Approved Environment Hana Sato for Dana Reyes" in approvals


def test_whoever_gives_input_is_told_where_a_value_is_suggested(asked, architect, ciso):
    assert "Do you know a better value?" in text(signed_in(architect).get(url(asked)))
    assert "Do you know a better value?" not in text(signed_in(ciso).get(url(asked)))


def test_a_report_of_a_plan_that_moved_offers_no_confirmation(asked, project, lead, ciso, editor, servers, dana):
    request = request_of(asked, ciso)
    today = clock.today("Europe/Dublin")
    actions.report_decision(request=request, answer="approve", decided_on=today, place="Board", by=lead)
    assert "Yes, I decided this" in text(dana.get(url(asked)))
    change(project, servers, editor, count=141)
    page = text(dana.get(url(asked)))
    assert "Yes, I decided this" not in page
    assert "it cannot be confirmed as it was" in page
    assert "No, I did not" in page


@pytest.mark.usefixtures("in_november")
def test_a_plan_that_moved_while_reading_is_409_with_the_change_and_keeps_what_was_typed(
    asked, project, dana, editor, servers
):
    page = dana.get(url(asked))
    change(project, servers, editor, count=200, why="A second data centre.")
    data = typed(page, decision="conditions", sign="conditions", what="Count again", who="Tomás", until="2027-02-01",
                 comment="Please check.", tolerance="10")  # fmt: skip
    response = dana.post(url(asked), data)
    words = text(response)
    assert response.status_code == 409
    assert "Environment changed while you were reading." in words
    assert "Windows Server 2019: Count 100 → 200." in words
    assert "Nothing was decided." in words
    assert not Decision.objects.exists()
    again = response.content.decode()
    assert "Please check." in again
    assert 'value="Count again"' in again
    assert re.search(r'value="conditions" checked', again)
    assert re.search(r'value="10" checked', again)
    response = dana.post(url(asked), typed(response, **{k: v for k, v in data.items() if not k.startswith("read_")}))
    assert response.status_code == 302
    assert Decision.objects.get().comment == "Please check."


def test_a_count_within_the_tolerance_does_not_refuse(asked, project, dana, editor, servers):
    page = dana.get(url(asked))
    change(project, servers, editor, count=103)
    assert dana.post(url(asked), typed(page, sign="approve", tolerance="5")).status_code == 302


def test_anothers_decision_does_not_refuse_mine(asked, dana, head_of_cdoc):
    page = dana.get(url(asked))
    answer(request_of(asked, head_of_cdoc), head_of_cdoc)
    assert dana.post(url(asked), typed(page, sign="approve")).status_code == 302


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose an answer."),
        ({"decision": "changes", "sign": "changes"}, "Say what must change."),
        ({"decision": "conditions", "sign": "conditions"}, "Say what must be done."),
        (
            {"decision": "conditions", "sign": "conditions", "what": "x", "who": "y", "until": "2001-01-01"},
            "over already",
        ),
        ({"decision": "approve", "sign": "changes", "comment": "x"}, "You marked one answer and pressed the button"),
        ({"decision": "noted", "sign": "noted"}, "Choose an answer."),
        (
            {"decision": "each", "sign": "each", "each_environment": "each-approve"},
            "Choose an answer for this section, or leave it for later.",
        ),
    ],
)
def test_an_answer_that_lacks_words_is_refused_at_its_field(asked, dana, data, says):
    response = dana.post(url(asked), typed(dana.get(url(asked)), **data))
    assert response.status_code == 422
    assert says in text(response)
    assert not Decision.objects.exists()


def test_each_section_can_have_its_own_answer(asked, dana):
    each = {"each_environment": "each-approve", "each_licences": "each-changes", "comment": "Too few."}
    dana.post(url(asked), typed(dana.get(url(asked)), decision="each", sign="each", **each))
    assert Decision.objects.get().answers == {"environment": "approve", "licences": "changes"}


def test_what_changed_since_the_signature_is_told_by_who_when_and_why(asked, project, lead, ciso, editor, servers):
    for person in (ciso,):
        answer(request_of(asked, person), person)
    change(project, servers, editor, count=141)
    plan_actions.add_row(project=project, table=DEVICES, values={"system": "centos-6", "kind": "server", "count": 3},
                         by=editor, why="The first count forgot Linux.")  # fmt: skip
    second = ask(project, lead, sections=("environment",))
    response = signed_in(ciso).get(url(second))
    words = text(response)
    assert "Approve Environment, again" in words
    assert "What changed since you signed on" in words
    assert "Windows Server 2019 100 141" in words
    assert "CentOS 6 (cannot be onboarded) – 3" in words
    assert "“The first count forgot Linux.”" in words
    assert "Servers in all 100 144" in words
    assert "Priya Nair" in words


def test_a_section_that_one_wrote_oneself_is_said_before_and_left_out(project, lead, ciso, servers):
    from projects import access
    from tenants.actions import invite

    invite(tenant=project.tenant, email=ciso.email, by=None, is_mailed=False)
    access.grant(project=project, user=ciso, role="editor", by=lead)
    round_ = ask(project, lead)
    change(project, servers, ciso, count=120)
    client = signed_in(ciso)
    page = client.get(url(round_))
    assert "You cannot sign Environment." in text(page)
    assert "Approve 1 section as Dana Reyes" in text(page)
    client.post(url(round_), typed(page, sign="approve"))
    assert Decision.objects.get().answers == {"licences": "approve"}


def test_a_section_that_one_writes_while_reading_is_refused_with_the_reason(project, lead, ciso, servers):
    from projects import access
    from tenants.actions import invite

    invite(tenant=project.tenant, email=ciso.email, by=None, is_mailed=False)
    access.grant(project=project, user=ciso, role="editor", by=lead)
    round_ = ask(project, lead)
    client = signed_in(ciso)
    page = client.get(url(round_))
    change(project, servers, ciso, count=120)
    response = client.post(url(round_), typed(page, sign="approve", comment="Kept."))
    assert response.status_code == 403
    assert "You cannot sign Environment" in text(response)
    assert "Kept." in response.content.decode()
    assert not Decision.objects.exists()


def test_a_withdrawn_request_says_so(asked, dana, lead):
    page = dana.get(url(asked))
    actions.withdraw_round(round_=asked, because="The counts are wrong.", by=lead)
    assert "The counts are wrong." in text(dana.get(url(asked)))
    response = dana.post(url(asked), typed(page, sign="approve"))
    assert response.status_code == 409
    assert "Nothing is asked of you any more" in text(response)
    assert not Decision.objects.exists()


def test_those_who_give_input_are_asked_in_their_words(asked, architect):
    client = signed_in(architect)
    page = client.get(url(asked))
    words = text(page)
    assert "Give input on Environment" in words
    assert "No objection" in words
    assert "Approve on conditions" not in words
    client.post(url(asked), typed(page, sign="input", comment="Counts agree with my list."))
    assert Decision.objects.get().answers == {"environment": "input"}


def test_input_is_read_by_those_who_approve(asked, dana, architect):
    answer(request_of(asked, architect), architect, "object", comment="Splunk is missing.")
    words = text(dana.get(url(asked)))
    assert "Priya Nair (gives input, objects" in words
    assert "“Splunk is missing.”" in words
    assert "Nobody objected" not in words


def test_only_my_requests_are_found(asked, lead, viewer, ciso):
    code = request_of(asked, ciso).code
    for person in (lead, viewer):
        assert signed_in(person).get(url(asked)).status_code == 404
        assert signed_in(person).get(url(asked, "decided")).status_code == 404
        assert signed_in(person).post(url(asked, "opened"), {"code": code}).status_code == 404


def test_who_holds_nothing_here_finds_nothing(asked, other_tenant, client):
    from tests.conftest import make_person

    assert signed_in(make_person(other_tenant, "Jon Park")).get(url(asked)).status_code == 404
    assert "/accounts/login/" in client.get(url(asked)).url


def test_opened_is_recorded_by_a_post_of_the_person_alone(asked, dana, ciso):
    dana.get(url(asked))
    assert request_of(asked, ciso).first_opened_at is None
    assert dana.get(url(asked, "opened")).status_code == 405
    assert dana.post(url(asked, "opened"), {"code": request_of(asked, ciso).code}).status_code == 204
    assert request_of(asked, ciso).first_opened_at is not None


def test_after_deciding_the_next_open_request_is_offered(asked, project, lead, dana, ciso):
    second = ask(project, lead, sections=("access",))
    dana.post(url(asked), typed(dana.get(url(asked)), sign="approve"))
    response = dana.get(url(asked, "decided"))
    assert response.context["next_url"].startswith(url(second))


def test_the_decision_says_how_the_person_signed_in(asked, dana, ciso):
    session = dana.session
    session["account_authentication_methods"] = [{"method": "code", "at": 1, "email": ciso.email}]
    session["account_authentication_methods_user"] = str(ciso.pk)
    session.save()
    dana.post(url(asked), typed(dana.get(url(asked)), sign="approve"))
    assert Decision.objects.get().authenticated_by == "code"


def test_a_section_can_be_left_for_later_and_is_asked_for_again_on_the_same_page(asked, dana, lead):
    each = {"each_environment": "each-approve", "each_licences": "each-later"}
    dana.post(url(asked), typed(dana.get(url(asked)), decision="each", sign="each", **each))
    page = dana.get(url(asked))
    words = text(page)
    assert "Approve Licences" in words
    assert "Approve 1 section as Dana Reyes" in words
    told = text(signed_in(lead).get(reverse("stakeholders:approvals", args=[asked.project.slug])))
    assert re.search(r"Dana Reyes .* approves Approved Environment Waiting since \d+ \w+ Licences", told)
    dana.post(url(asked), typed(page, sign="changes", comment="Buy more."))
    assert [d.answers for d in Decision.objects.order_by("number")] == [
        {"environment": "approve"}, {"licences": "changes"},
    ]  # fmt: skip


@pytest.mark.parametrize("sections", [("environment",), ("environment", "licences", "access")], ids=["one", "three"])
def test_the_page_asks_the_database_as_often_for_one_section_as_for_three(
    project, lead, ciso, servers, sections, django_assert_num_queries
):
    """All of them are in the revision that was put to people; it is read once, for everybody."""
    round_ = ask(project, lead, sections=sections)
    client = signed_in(ciso)
    with django_assert_num_queries(PAGE + 1):
        client.get(url(round_))
    with django_assert_num_queries(PAGE):
        client.get(url(round_))


def test_what_was_written_since_the_request_is_read_as_it_is_now(
    project, lead, ciso, editor, servers, django_assert_num_queries
):
    """Wording moves no fingerprint, and is read all the same."""
    round_ = ask(project, lead, sections=("environment",))
    client = signed_in(ciso)
    assert "Counted by hand" not in text(client.get(url(round_)))
    plan_actions.change_row(
        project=project, table=DEVICES, key=servers.key, values={"note": "Counted by hand in Lisbon."}, by=editor
    )
    with django_assert_num_queries(PAGE + 12):
        page = client.get(url(round_))
    assert "Counted by hand in Lisbon." in text(page)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_decision_asks_the_database_as_often_for_a_small_plan_as_for_a_larger_one(
    project, lead, ciso, head_of_cdoc, servers, rows, django_assert_num_queries
):
    for system in ("rhel-8", "rhel-9", "sles-15")[:rows]:
        values = {"system": system, "kind": "server", "count": 5}
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    round_ = ask(project, lead, sections=("licences",))
    client = signed_in(ciso)
    page = client.get(url(round_))
    with django_assert_num_queries(DECISION):
        answered = client.post(url(round_), typed(page, sign="approve"))
    assert answered.status_code == 302
    assert Decision.objects.get().answers == {"licences": "approve"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_change_as_for_three(
    asked, project, lead, ciso, editor, servers, rows, django_assert_num_queries
):
    answer(request_of(asked, ciso), ciso)
    for system in ("rhel-8", "rhel-9", "sles-15")[:rows]:
        values = {"system": system, "kind": "server", "count": 5}
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=editor)
    round_ = ask(project, lead, sections=("environment",))
    client = signed_in(ciso)
    client.get(url(round_))
    with django_assert_num_queries(PAGE + 1):
        client.get(url(round_))


def test_what_was_signed_before_is_read_whole_when_it_is_unfolded(asked, project, lead, ciso, editor, servers):
    """Who has signed reads what changed; the text of 300 rows is fetched when they ask for it, with script and without."""
    answer(request_of(asked, ciso), ciso)
    values = {"system": "rhel-8", "kind": "server", "count": 5}
    plan_actions.add_row(project=project, table=DEVICES, values=values, by=editor)
    round_ = ask(project, lead, sections=("environment",))
    client, unchanged = signed_in(ciso), 'data-label="Count"'
    page = client.get(url(round_))
    assert "Red Hat" in text(page)
    assert unchanged not in page.content.decode()
    address = f"{url(round_)}?code={request_of(round_, ciso).code}&whole=environment"
    assert address.replace("&", "&amp;") in page.content.decode()
    part = client.get(address, headers={"HX-Request": "true"})
    assert unchanged in part.content.decode()
    assert "<h1" not in part.content.decode()
    whole = client.get(address)
    assert unchanged in whole.content.decode()
    assert re.search(r'id="whole-environment"\s+open', whole.content.decode())
    assert client.get(address.replace("environment", "access"), headers={"HX-Request": "true"}).status_code == 404


def test_who_reads_a_section_for_the_first_time_has_it_whole_before_them(asked, ciso):
    page = signed_in(ciso).get(url(asked)).content.decode()
    assert 'data-label="Count"' in page
    assert "whole=environment" not in page
