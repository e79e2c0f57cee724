"""What is done to tenants, teams and people: each claim is one test."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tenants import actions, ledger
from tenants.importers import Person, read_people
from tenants.models import LedgerEntry, Mail, Membership, Provider, Team, Tenant, User
from tests.conftest import make_person


def verbs(tenant: Tenant) -> list[str]:
    return list(LedgerEntry.objects.of(tenant).order_by("seq").values_list("verb", flat=True))


def last(tenant: Tenant) -> dict:
    return json.loads(LedgerEntry.objects.of(tenant).order_by("-seq")[0].body)


@pytest.fixture
def membership(lead, tenant) -> Membership:
    return lead.memberships.get()


@pytest.fixture
def team(tenant, admin) -> Team:
    return actions.create_team(tenant=tenant, name="Endpoint engineering", by=admin)


# tenants


def test_a_new_tenant_begins_its_history(tenant):
    assert verbs(tenant) == ["tenant created"]
    assert ledger.verify(tenant) == []


@pytest.mark.parametrize(("name", "letters"), [("Österreich AG", "OST"), ("3 Ünal", "UNA"), ("123", "REQ")])
def test_references_begin_with_letters_that_everybody_can_type(db, name, letters):
    assert actions.create_tenant(name=name, by=None).reference_prefix == letters


@pytest.mark.parametrize("letters", ["ÖST", "A B", "C-N"])
def test_letters_with_which_no_reference_would_be_found_are_refused(tenant, admin, letters):
    with pytest.raises(ValidationError, match="Only letters from A to Z"):
        actions.edit_tenant(tenant=tenant, values={"reference_prefix": letters}, by=admin)


def test_two_tenants_cannot_share_a_short_name(tenant):
    with pytest.raises(ValidationError):
        actions.create_tenant(name="Contoso", by=None)
    assert Tenant.objects.count() == 1


def test_an_edit_of_a_tenant_says_what_was_before(tenant, admin):
    actions.edit_tenant(tenant=tenant, values={"name": "Contoso Ltd", "time_zone": "Europe/Dublin"}, by=admin)
    tenant.refresh_from_db()
    assert tenant.name == "Contoso Ltd"
    assert last(tenant)["what"] == {"before": {"name": "Contoso"}, "after": {"name": "Contoso Ltd"}}


def test_an_edit_that_changes_nothing_is_not_on_the_history(tenant, admin):
    before = verbs(tenant)
    actions.edit_tenant(tenant=tenant, values={"name": "Contoso"}, by=admin)
    assert verbs(tenant) == before


def test_the_short_name_of_a_tenant_stays(tenant, admin):
    with pytest.raises(ValueError):
        actions.edit_tenant(tenant=tenant, values={"slug": "other"}, by=admin)


# people


def test_inviting_makes_an_account_that_no_password_opens(tenant, admin):
    membership = actions.invite(tenant=tenant, email=" Priya@Contoso.example ", name="Priya Nair", by=admin)
    assert membership.user.email == "priya@contoso.example"
    assert not membership.user.has_usable_password()
    assert last(tenant)["verb"] == "invited"
    assert last(tenant)["actor"]["id"] == admin.pk


def test_inviting_twice_sends_one_mail(tenant, admin):
    for _ in range(2):
        actions.invite(tenant=tenant, email="priya@contoso.example", by=admin)
    assert Mail.objects.filter(kind="invitation").count() == 1
    assert Membership.objects.filter(user__email="priya@contoso.example").count() == 1


def test_a_person_of_another_tenant_keeps_one_account(tenant, other_tenant, lead):
    actions.invite(tenant=other_tenant, email=lead.email, by=None)
    assert User.objects.filter(email=lead.email).count() == 1
    assert {m.tenant for m in lead.memberships.all()} == {tenant, other_tenant}


def test_a_person_who_came_back_gets_a_new_membership(tenant, membership, admin):
    actions.end_membership(membership=membership, by=admin)
    again = actions.invite(tenant=tenant, email=membership.user.email, by=admin)
    assert again.pk != membership.pk
    assert again.ended_at is None


def test_a_person_whose_account_is_switched_off_is_not_invited(tenant, lead, admin):
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    before = verbs(tenant)
    with pytest.raises(actions.SwitchedOff):
        actions.invite(tenant=tenant, email=lead.email, by=admin)
    assert verbs(tenant) == before


def test_a_list_is_invited_whole_or_not_at_all(tenant, lead, admin):
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    people = [Person(1, "new@contoso.example"), Person(2, lead.email)]
    with pytest.raises(actions.SwitchedOff):
        actions.invite_all(tenant=tenant, people=people, by=admin)
    assert not User.objects.filter(email="new@contoso.example").exists()
    assert not Mail.objects.filter(kind="invitation").exists()


def test_a_list_takes_no_role_away_from_those_who_belong_already(tenant, admin):
    actions.invite_all(tenant=tenant, people=[Person(1, admin.email)], by=None)
    assert admin.memberships.get().role == Membership.Role.ADMIN


def test_who_becomes_administrator_is_mailed(tenant, membership, admin):
    actions.change_role(membership=membership, role=Membership.Role.ADMIN, by=admin)
    mail = Mail.objects.get(kind="role_given")
    assert (mail.recipient, mail.context["place"]) == (membership.user.email, "Contoso")
    assert last(tenant)["what"]["after"] == "admin"


def test_a_tenant_keeps_an_administrator(tenant, admin):
    only = admin.memberships.get()
    with pytest.raises(actions.LastAdministrator):
        actions.change_role(membership=only, role=Membership.Role.MEMBER, by=admin)
    with pytest.raises(actions.LastAdministrator):
        actions.end_membership(membership=only, by=admin)
    with pytest.raises(actions.LastAdministrator):
        actions.set_may_sign_in(user=admin, may=False, by=admin)
    admin.refresh_from_db()
    assert admin.is_active
    assert verbs(tenant)[-1] == "invited"


def test_ending_a_membership_ends_its_teams_and_keeps_the_row(tenant, membership, team, admin):
    actions.add_to_team(team=team, user=membership.user, by=admin)
    ended = actions.end_membership(membership=membership, by=admin)
    assert ended.ended_at is not None
    assert not team.group.user_set.exists()
    assert not Tenant.objects.of_member(membership.user).exists()
    assert last(tenant)["verb"] == "membership ended"


def test_ending_a_membership_twice_is_one_entry(tenant, membership, admin):
    for _ in range(2):
        actions.end_membership(membership=membership, by=admin)
    assert verbs(tenant).count("membership ended") == 1


def test_a_corrected_name_is_on_the_history_of_every_tenant_of_the_person(tenant, other_tenant, lead, superuser):
    actions.invite(tenant=other_tenant, email=lead.email, by=None)
    actions.rename_person(user=lead, name="Lena Fischer-Wolf", by=superuser)
    assert verbs(tenant)[-1] == verbs(other_tenant)[-1] == "person renamed"
    assert last(tenant)["what"]["before"] == "Lena Fischer"


def test_switching_an_account_off_ends_its_sessions_for_good(tenant, lead, admin):
    before = lead.get_session_auth_hash()
    actions.set_may_sign_in(user=lead, may=False, by=admin)
    actions.set_may_sign_in(user=lead, may=True, by=admin)
    lead.refresh_from_db()
    assert lead.is_active
    assert lead.get_session_auth_hash() != before
    assert verbs(tenant)[-2:] == ["may not sign in", "may sign in"]


def test_addresses_differ_by_more_than_case(tenant):
    first = make_person(tenant, "Dana Reyes")
    again = actions.invite(tenant=tenant, email=first.email.upper(), by=None)
    assert again.user == first


# teams


def test_a_team_has_a_group_of_its_own_that_goes_with_it(tenant, team, admin):
    group = team.group
    assert group.name.startswith("team-")
    actions.remove_team(team=team, by=admin)
    assert not type(group).objects.filter(pk=group.pk).exists()
    assert last(tenant)["verb"] == "team removed"


def test_two_tenants_may_each_have_a_team_of_one_name(team, other_tenant):
    assert actions.create_team(tenant=other_tenant, name=team.name, by=None).group != team.group


def test_one_tenant_has_one_team_of_a_name(tenant, team, admin):
    with pytest.raises(ValidationError):
        actions.create_team(tenant=tenant, name=team.name, by=admin)


def test_only_people_of_the_tenant_are_put_into_its_teams(team, other_tenant, admin):
    stranger = make_person(other_tenant, "Jon Park")
    with pytest.raises(ValueError):
        actions.add_to_team(team=team, user=stranger, by=admin)
    assert not team.group.user_set.exists()


def test_joining_and_leaving_a_team_is_on_the_history_once(tenant, team, lead, admin):
    for _ in range(2):
        actions.add_to_team(team=team, user=lead, by=admin)
    for _ in range(2):
        actions.remove_from_team(team=team, user=lead, by=admin)
    assert verbs(tenant)[-2:] == ["added to team", "removed from team"]


def test_renaming_a_team_says_both_names(tenant, team, admin):
    actions.rename_team(team=team, name="Endpoints", by=admin)
    assert last(tenant)["what"] == {"before": "Endpoint engineering", "after": "Endpoints"}


# providers


def test_a_provider_is_named_dated_and_ended(tenant, other_tenant, admin):
    row = actions.name_provider(tenant=tenant, provider=other_tenant, by=admin)
    actions.name_provider(tenant=tenant, provider=other_tenant, until=date(2027, 1, 31), by=admin)
    actions.end_provider(row=row, by=admin)
    assert not Provider.objects.exists()
    assert verbs(tenant)[-3:] == ["provider named", "provider named", "provider ended"]


# reading a pasted list


@pytest.mark.parametrize(
    ("line", "address", "name"),
    [
        ("Dana Reyes <ciso@contoso.example>", "ciso@contoso.example", "Dana Reyes"),
        ('"Silva, Tomás" <workplace@contoso.example>', "workplace@contoso.example", "Silva, Tomás"),
        ("Silva, Tomás <workplace@contoso.example>", "workplace@contoso.example", "Silva, Tomás"),
        ("<a@b.example>", "a@b.example", ""),
        ("ciso@contoso.example; Dana Reyes", "ciso@contoso.example", "Dana Reyes"),
        ("Dana Reyes;ciso@contoso.example", "ciso@contoso.example", "Dana Reyes"),
        ("ciso@contoso.example\tDana  Reyes", "ciso@contoso.example", "Dana Reyes"),
        ("ciso@contoso.example, Dana Reyes", "ciso@contoso.example", "Dana Reyes"),
        ("  CISO@Contoso.example  ", "ciso@contoso.example", ""),
    ],
)
def test_a_person_is_read_from_a_line(line, address, name):
    people, problems = read_people(line)
    assert problems == []
    assert [(p.address, p.name) for p in people] == [(address, name)]


@pytest.mark.parametrize(
    "line",
    ["Dana Reyes", "dana@", "@contoso.example", "a b@c.example", "Dana <dana>", "<>", f"{'x' * 121} <a@b.example>",
     f"{'x' * 300}@b.example"],
)  # fmt: skip
def test_a_line_that_is_no_person_is_a_problem(line):
    people, problems = read_people(line)
    assert people == []
    assert [p.line for p in problems] == [1]


def test_every_problem_of_a_list_is_named_by_its_line():
    people, problems = read_people("a@x.example\n\nnobody\nb@x.example\nA@x.example; Anna\n")
    assert [p.address for p in people] == ["a@x.example", "b@x.example"]
    assert [p.line for p in problems] == [3, 5]
    assert "line 1" in str(problems[1])
