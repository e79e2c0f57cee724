"""The matrix cannot be gamed: nobody gives themselves a signature, by whatever path, and what is barred has a way out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from projects import access
from projects.actions import archive
from projects.models import Grant, Project
from projects.rules.story import sentence
from readiness.actions import present_verdict
from stakeholders import actions
from stakeholders.models import Request, Stakeholder, StandIn
from stakeholders.placings import placed_by
from stakeholders.plan import as_plain, load
from stakeholders.rules.eligibility import Bar
from stakeholders.states import standings
from tenants import clock
from tenants.models import LedgerEntry, Mail, User
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

CISO = "role-ciso"


@pytest.fixture
@remembered
def other_lead(project, tenant):
    found = make_person(tenant, "Noah Berg")
    access.grant(project=project, user=found, role="lead", by=None)
    return found


def bars(round_, person):
    return set(actions.bars_of(request_of(round_, person), person).values())


def put(project, by, **values):
    return actions.change_stakeholder(project=project, key=CISO, values=values, by=by, why="It is so.")


def imported(project, by, tmp_path, **values):
    """The plan as it was exported, but for the row of the CISO, taken over by the command."""
    body = as_plain(load([project])[project.pk], project)
    row = next(row for row in body["stakeholders"]["rows"] if row["key"] == CISO)
    row.update(values)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(body))
    call_command("import_plan", path, tenant=project.tenant.slug, by=by.email, slug=project.slug, reason="Moved house.")


def test_who_imports_themselves_into_a_row_does_not_sign_it(project, lead, other_lead, ciso, tmp_path):
    imported(project, lead, tmp_path, email=lead.email, name=lead.name)
    assert placed_by(project, CISO) == {lead.email}
    assert bars(ask(project, other_lead, sections=("licences",)), lead) == {Bar.ADDED_OWN_ROW}


def test_who_raises_their_own_row_does_not_sign_it(project, lead, other_lead):
    actions.change_stakeholder(project=project, key=CISO, values={"part": "R"}, by=other_lead)
    actions.assign(project=project, key=CISO, email=lead.email, name=lead.name, by=other_lead)
    put(project, lead, part="SO")
    assert placed_by(project, CISO) == {lead.email, other_lead.email}
    assert bars(ask(project, other_lead, sections=("licences",)), lead) == {Bar.ADDED_OWN_ROW}


def test_who_widens_their_own_scope_does_not_sign_what_they_took(project, lead, other_lead):
    actions.change_stakeholder(project=project, key=CISO, values={"scope": ["access"]}, by=other_lead)
    actions.assign(project=project, key=CISO, email=lead.email, name=lead.name, by=other_lead)
    assert placed_by(project, CISO) == {other_lead.email}
    put(project, lead, scope=["access", "licences"])
    assert bars(ask(project, other_lead, sections=("licences",)), lead) == {Bar.ADDED_OWN_ROW}


def test_somebody_else_confirms_who_put_themselves_there_and_then_they_sign(project, lead, other_lead):
    actions.assign(project=project, key=CISO, email=lead.email, name=lead.name, by=lead)
    round_ = ask(project, other_lead, sections=("licences",))
    with pytest.raises(actions.NotTheirs):
        actions.confirm_person(project=project, key=CISO, by=lead)
    assert bars(round_, lead) == {Bar.ADDED_OWN_ROW}
    seq = Project.objects.get(pk=project.pk).ledger_seq
    for _twice in range(2):
        actions.confirm_person(project=project, key=CISO, by=other_lead)
    assert Project.objects.get(pk=project.pk).ledger_seq == seq + 1
    assert bars(round_, lead) == set()
    put(project, lead, scope=[])
    assert bars(round_, lead) == set()


def test_confirming_ends_no_signature_and_is_told(project, lead, other_lead):
    actions.assign(project=project, key=CISO, email=lead.email, name=lead.name, by=lead)
    digests = Project.objects.get(pk=project.pk).digests
    actions.confirm_person(project=project, key=CISO, by=other_lead)
    assert Project.objects.get(pk=project.pk).digests == digests
    entry = LedgerEntry.objects.of(project).latest("seq")
    assert (entry.verb, entry.is_material) == ("person confirmed", False)
    assert sentence(entry.verb, json.loads(entry.body)["what"], []) == "confirmed Lena Fischer in the matrix"


def test_who_put_themselves_there_confirms_no_substitute_of_another(project, lead, ciso):
    """Else a lead names a friend for the CISO, adds a row of their own, and confirms the friend in it."""
    today = clock.today("Europe/Dublin")
    put(project, lead, substitute="Fred", substitute_email="fred@contoso.example", substitute_from=today,
        substitute_until=today + timedelta(days=5))  # fmt: skip
    actions.assign(project=project, key="role-head-of-cdoc", email=lead.email, name=lead.name, by=lead)
    row = Stakeholder.objects.get(project=project, key=CISO)
    with pytest.raises(actions.NotTheirs):
        actions.confirm_substitute(row=row, by=lead)
    assert not StandIn.objects.exists()


def test_who_named_a_substitute_does_not_confirm_them_in_another_row(project, lead, other_lead, ciso):
    actions.assign(project=project, key="role-head-of-cdoc", email=lead.email, name=lead.name, by=other_lead)
    today = clock.today("Europe/Dublin")
    put(project, lead, substitute="Fred", substitute_email="fred@contoso.example", substitute_from=today,
        substitute_until=today + timedelta(days=5))  # fmt: skip
    row = Stakeholder.objects.get(project=project, key=CISO)
    with pytest.raises(actions.NotTheirs):
        actions.confirm_substitute(row=row, by=lead)
    actions.confirm_substitute(row=row, by=ciso)
    assert StandIn.objects.counting().get().confirmed_by_email == ciso.email


def test_who_is_imported_away_loses_access_and_their_request(project, lead, ciso, head_of_cdoc, tmp_path):
    round_ = ask(project, lead, sections=("licences",))
    imported(project, lead, tmp_path, email="new@contoso.example", name="New")
    assert not Grant.objects.filter(project=project, user=ciso).exists()
    assert not Request.objects.open().filter(round=round_, email=ciso.email).exists()
    assert Request.objects.open().filter(round=round_, email=head_of_cdoc.email).exists()


def test_an_archived_plan_is_not_replaced(project, lead, admin, tmp_path):
    archive(project=project, by=admin)
    with pytest.raises(CommandError, match="archived"):
        imported(project, lead, tmp_path, role="Another")


def test_the_page_of_the_matrix_says_it_and_offers_it_to_others_alone(project, lead, other_lead):
    actions.assign(project=project, key=CISO, email=lead.email, name=lead.name, by=lead)
    page = reverse("stakeholders:matrix", args=[project.slug])
    deed = reverse("stakeholders:row_confirm", args=[project.slug, "rows", CISO])
    told = "signs once somebody else who may change the plan confirms it"
    mine, theirs = (signed_in(person).get(page).content.decode() for person in (lead, other_lead))
    assert told in mine
    assert deed not in mine
    assert deed in theirs
    assert signed_in(lead).post(deed).status_code == 302
    assert lead.email in placed_by(project, CISO)
    signed_in(other_lead).post(deed)
    assert told not in signed_in(other_lead).get(page).content.decode()


# The last approved matrix ------------------------------------------------------------------------------------------
@pytest.fixture
@remembered
def approved(project, lead, ciso, head_of_cdoc):
    """Dana and Marcus have signed who approves."""
    round_ = ask(project, lead, sections=("stakeholders",))
    for person in (ciso, head_of_cdoc):
        answer(request_of(round_, person), person)
    assert standing_of(project).is_signed("stakeholders")
    return round_


def standing_of(project):
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    return standings([project], load([project]))[project.pk]


def friends(project, lead):
    """Both approvers are replaced, and the new ones sign at once."""
    for key in (CISO, "role-head-of-cdoc"):
        email = f"{key}@friends.example"
        actions.assign(project=project, key=key, email=email, name=key, by=lead, why="New people.")
    round_ = ask(project, lead, sections=("stakeholders", "licences"))
    for request in Request.objects.select_related("round__project").filter(round=round_):
        answer(request, User.objects.get(email=request.email))
    return round_


def blockers(project):
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    found = present_verdict(project).payload["findings"]
    return {f["id"]: f for f in found if f["state"] == "fail" and f["severity"] == "blocker"}


def test_nobody_is_approved_by_approvers_whom_they_chose_themselves(project, lead, approved):
    friends(project, lead)
    found = standing_of(project)
    assert all(signature.covers for signature in found.signatures["stakeholders"])
    assert not found.is_signed("stakeholders")
    assert found.is_signed("licences")
    told = blockers(project)["stakeholders_is_approved:before"]
    assert "Dana Reyes and Marcus Webb" in told["why"]
    assert told["deeds"][0]["label"] == "Put one of them back"


def test_one_of_the_old_approvers_is_enough(project, lead, approved, head_of_cdoc):
    actions.assign(project=project, key=CISO, email="new@contoso.example", name="New", by=lead, why="Dana left.")
    round_ = ask(project, lead, sections=("stakeholders",))
    new = User.objects.get(email="new@contoso.example")
    answer(request_of(round_, new), new)
    assert not standing_of(project).is_signed("stakeholders")
    answer(request_of(round_, head_of_cdoc), head_of_cdoc)
    assert standing_of(project).is_signed("stakeholders")
    assert set(Project.objects.get(pk=project.pk).signed_off) == {"stakeholders"}


def test_with_any_one_enough_it_must_be_one_of_the_old(project, lead, approved, head_of_cdoc):
    actions.set_quorum(project=project, quorum="any", by=lead, why="Quicker.")
    actions.assign(project=project, key=CISO, email="new@contoso.example", name="New", by=lead, why="Dana left.")
    round_ = ask(project, lead, sections=("stakeholders",))
    new = User.objects.get(email="new@contoso.example")
    answer(request_of(round_, new), new)
    assert not standing_of(project).is_signed("stakeholders")
    assert "Marcus Webb was asked again" in blockers(project)["stakeholders_is_approved"]["why"]
    answer(request_of(round_, head_of_cdoc), head_of_cdoc)
    assert standing_of(project).is_signed("stakeholders")


def test_the_remedy_works_one_is_put_back_signs_and_then_the_others_may_come(project, lead, approved, ciso):
    friends(project, lead)
    actions.assign(project=project, key=CISO, email=ciso.email, name="Dana Reyes", by=lead, why="Put back.")
    round_ = ask(project, lead, sections=("stakeholders",))
    answer(request_of(round_, ciso), ciso)
    other = Request.objects.select_related("round__project").filter(round=round_).exclude(email=ciso.email).get()
    answer(other, User.objects.get(email=other.email))
    assert standing_of(project).is_signed("stakeholders")
    assert not any(key.startswith("stakeholders_is_approved") for key in blockers(project))


def test_a_successor_whom_an_administrator_named_speaks_for_whoever_left(
    project, tenant, lead, admin, approved, ciso, head_of_cdoc
):
    hana, ines = make_person(tenant, "Hana Sato"), make_person(tenant, "Ines Costa")
    actions.assign(project=project, key="role-head-of-cdoc", email=ines.email, name="Ines", by=lead, why="Marcus left.")
    actions.succeed(person=ciso, successor=hana, tenant=tenant, by=admin, why="Dana left.")
    round_ = ask(project, lead, sections=("stakeholders",))
    answer(request_of(round_, ines), ines)
    assert not standing_of(project).is_signed("stakeholders")
    answer(request_of(round_, hana), hana)
    assert standing_of(project).is_signed("stakeholders")


def test_a_scope_that_was_narrowed_and_restored_leaves_everything_as_it_was(project, lead, approved):
    actions.change_stakeholder(project=project, key=CISO, values={"scope": ["access"]}, by=lead, why="Busy.")
    assert not standing_of(project).is_signed("stakeholders")
    actions.change_stakeholder(project=project, key=CISO, values={"scope": []}, by=lead)
    assert standing_of(project).is_signed("stakeholders")
    assert "dana@contoso.example" in Mail.objects.filter(kind="sponsor_matrix_changed").values_list(
        "recipient", flat=True
    )


@pytest.mark.parametrize("names", [1, 3])
def test_who_approved_before_costs_one_question_however_many_there_were(
    project, lead, approved, names, django_assert_num_queries
):
    for number in range(names):
        values = {"role": f"Board {number}", "part": "SO", "name": "B", "email": f"b{number}@contoso.example"}
        actions.add_stakeholder(project=project, values=values, by=lead)
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    documents = load([project])
    with django_assert_num_queries(4):
        standings([project], documents)[project.pk].is_signed("stakeholders")
