"""The matrix of permissions as people use it: ticked, saved at once, in conflict, without script, on any page of it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from projects import actions, catalog
from projects.actions.access import Wanted
from projects.models import Persona, Tier
from projects.tables import TABLES
from readiness.actions import ask_for_approval
from stakeholders.actions import decide
from stakeholders.models import Request
from tenants.models import LedgerEntry
from tests.remembered import remembered

TIERS, ASSIGNMENTS, SETTINGS = (TABLES["access", name] for name in ("tiers", "assignments", "settings"))
READ, ALERTS, RESPONSE = "security_data_basics.read", "alerts.manage", "response.manage"


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def flat(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


def sent_by(answer) -> dict[str, list[str]]:
    """What a browser without script would send of the form as it stands."""
    form = answer.content.decode().split("data-matrix", 1)[1]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") == "hidden" or " checked" in tag:
            data.setdefault(told["name"], []).append(told["value"])
    return data


def ticked(data, key, *more, less=()):
    name = f"may-{key}"
    return {**data, name: [*(one for one in data.get(name, []) if one not in less), *more]}


def row_of(answer, key) -> str:
    """The part of the page about a tier."""
    return flat(answer).split(f'id="tier-{key}"', 1)[1].split("</tbody>", 1)[0]


def stored(project, key="tier-1"):
    return Tier.objects.get(project=project, key=key)


def test_every_permission_of_the_planned_model_is_a_checkbox_for_every_tier_and_explained(signed_in, project):
    answer = signed_in.get(at(project, "permissions"))
    text = flat(answer)
    boxes = len(re.findall(r'<input type="checkbox"[^>]*name="may-', text))
    assert boxes == 3 * len(catalog.unified_permissions())
    for permission in catalog.unified_permissions().values():
        assert permission.lets.replace("'", "&#x27;") in text
    assert "Brings Basic live response (manage) with it." in text
    assert "Older name: Alerts investigation." in text
    assert "Needs the Defender Vulnerability Management add-on." in text
    assert "Save permissions of 3 tiers" in text
    described = set(re.findall(r'aria-describedby="(about-\d+)', text))
    assert described == set(re.findall(r'id="(about-\d+)"', text))


def test_what_a_row_lacks_has_twice_or_beside_its_work_is_said(signed_in, project, lead):
    tier_1 = row_of(signed_in.get(at(project, "permissions")), "tier-1")
    assert "Lacks Alerts (manage), to: Sort alerts: set their state, comment, tag devices." in tier_1
    assert "missing: its work needs it" in tier_1
    assert "As recommended." in tier_1
    actions.change_row(
        project=project,
        table=TIERS,
        key="tier-1",
        values={"permissions": [READ, RESPONSE], "groups": ["SOC-1"]},
        by=lead,
    )
    actions.add_row(
        project=project,
        table=ASSIGNMENTS,
        values={"persona": "Security Analyst", "entra_role": "security-reader", "assignee": "soc-1"},
        by=lead,
    )
    tier_1 = row_of(signed_in.get(at(project, "permissions")), "tier-1")
    assert "Beyond its work: Response (manage)." in tier_1
    assert "More than recommended: Response (manage)." in tier_1
    assert "Less than recommended: Vulnerability management (read)." in tier_1
    assert "Granted twice, as soc-1: Security Reader gives it already: Security data basics (read)." in tier_1


def test_what_comes_with_another_is_no_plain_tick(signed_in, project, lead):
    actions.change_row(
        project=project, table=TIERS, key="tier-1", values={"permissions": [READ, "authorization.manage"]}, by=lead
    )
    tier_1 = row_of(signed_in.get(at(project, "permissions")), "tier-1")
    cell = next(part for part in tier_1.split("<td") if 'value="authorization.read"' in part)
    assert "is-inherited" in cell
    assert " checked" not in cell
    assert "comes with Authorization (manage)" in cell


def test_a_persona_shows_what_its_roles_give_and_has_nothing_to_tick(signed_in, project, lead):
    actions.add_row(
        project=project,
        table=ASSIGNMENTS,
        values={"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "SEC"},
        by=lead,
    )
    text = flat(signed_in.get(at(project, "permissions")))
    persona = text.split("Nothing is ticked here.")[1]
    assert "given by Security Administrator" in persona
    assert re.search(r"\d+ permissions of Security Administrator are beyond its work\.", persona)
    assert "given by Security Administrator, beyond what its work needs" in persona
    assert "checkbox" not in persona.split("</table>")[0]
    assert "Business Owner/Stakeholder" not in persona


def test_several_tiers_are_saved_at_once_without_script(signed_in, project):
    data = sent_by(signed_in.get(at(project, "permissions")))
    assert data["tier"] == ["tier-1", "tier-2", "tier-3"]
    data = ticked(ticked(data, "tier-1", ALERTS), "tier-2", less=[RESPONSE])
    before = LedgerEntry.objects.of(project).count()
    answer = signed_in.post(at(project, "save_permissions"), {**data, "why": "Agreed."}, follow=True)
    assert answer.redirect_chain == [(at(project, "permissions"), 302)]
    assert "The permissions of 2 tiers are saved." in flat(answer)
    assert LedgerEntry.objects.of(project).count() == before + 2
    assert ALERTS in stored(project).permissions
    assert RESPONSE not in stored(project, "tier-2").permissions


def test_every_permission_of_a_tier_can_be_taken_away(signed_in, project):
    data = sent_by(signed_in.get(at(project, "permissions")))
    del data["may-tier-1"]
    signed_in.post(at(project, "save_permissions"), data)
    assert stored(project).permissions == []


def test_saving_what_is_saved_changes_nothing_and_says_so(signed_in, project):
    before = LedgerEntry.objects.of(project).count()
    data = sent_by(signed_in.get(at(project, "permissions")))
    answer = signed_in.post(at(project, "save_permissions"), data, follow=True)
    assert "Nothing was ticked or unticked" in flat(answer)
    assert LedgerEntry.objects.of(project).count() == before


@pytest.fixture
@remembered
def signed(project, lead, ciso):
    """Access, approved by Dana."""
    ask_for_approval(project=project, due_on=date(2100, 1, 15), sections=["access"], by=lead)
    request = Request.objects.get()
    read = {"access": project.digests["access"]}
    decide(request=request, by=ciso, answers={"access": "approve"}, read=read, authenticated_by="code")


def test_before_and_after_saving_it_is_said_whose_signature_ends(signed_in, project, signed):
    page = signed_in.get(at(project, "permissions"))
    data = ticked(sent_by(page), "tier-1", ALERTS)
    ends = "The signature of Dana Reyes on Access ends, because it is part of what was signed."
    part = signed_in.post(at(project, "permissions_effect"), data, headers={"HX-Request": "true"})
    assert ends in flat(part)
    assert "1 tier is ticked otherwise than it is saved." in flat(part)
    assert "Lacks Alerts" not in row_of(part, "tier-1")
    assert "<html" not in flat(part)
    assert ALERTS not in stored(project).permissions
    assert ends in flat(signed_in.post(at(project, "save_permissions"), data, follow=True))
    again = signed_in.get(at(project, "permissions"))
    back = ticked(sent_by(again), "tier-1", less=[ALERTS])
    answer = signed_in.post(at(project, "save_permissions"), back, follow=True)
    assert "The signature of Dana Reyes covers Access again." in flat(answer)


def test_the_second_of_two_loses_nothing_and_sees_what_the_first_did(signed_in, project, lead, editor):
    mine = ticked(sent_by(signed_in.get(at(project, "permissions"))), "tier-1", ALERTS)
    mine = ticked(mine, "tier-3", less=["detection_tuning.manage"])
    theirs = stored(project)
    actions.set_permissions(
        project=project,
        wanted={"tier-1": Wanted(frozenset({READ, RESPONSE}), theirs.changed_seq)},
        by=editor,
        why="Less to read.",
    )
    answer = signed_in.post(at(project, "save_permissions"), mine)
    assert answer.status_code == 409
    tier_1 = row_of(answer, "tier-1")
    assert "Priya Nair changed this row on" in tier_1
    assert "Less to read." in tier_1
    assert stored(project, "tier-3").permissions == list(catalog.standard_template().tiers[2].unified)
    again = sent_by(answer)
    assert set(again["may-tier-1"]) == {READ, RESPONSE, ALERTS}  # theirs, and what was ticked here
    assert "detection_tuning.manage" not in again["may-tier-3"]
    assert signed_in.post(at(project, "save_permissions"), again).status_code == 302
    assert set(stored(project).permissions) == {READ, RESPONSE, ALERTS}
    assert "detection_tuning.manage" not in stored(project, "tier-3").permissions


def test_a_tier_that_somebody_else_changed_and_i_did_not_is_no_conflict(signed_in, project, editor):
    mine = ticked(sent_by(signed_in.get(at(project, "permissions"))), "tier-1", ALERTS)
    actions.change_row(project=project, table=TIERS, key="tier-2", values={"permissions": [READ]}, by=editor)
    assert signed_in.post(at(project, "save_permissions"), mine).status_code == 302
    assert stored(project, "tier-2").permissions == [READ]
    assert ALERTS in stored(project).permissions


def test_a_tier_that_was_removed_meanwhile_is_said_and_the_other_ticks_are_kept(signed_in, project, editor):
    mine = ticked(sent_by(signed_in.get(at(project, "permissions"))), "tier-1", ALERTS)
    mine = ticked(mine, "tier-3", less=[ALERTS])
    actions.remove_row(project=project, table=TIERS, key="tier-3", by=editor)
    answer = signed_in.post(at(project, "save_permissions"), mine)
    assert answer.status_code == 409
    assert "was removed meanwhile" in flat(answer)
    assert signed_in.post(at(project, "save_permissions"), sent_by(answer)).status_code == 302
    assert ALERTS in stored(project).permissions


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("alerts.mange", "There is no permission “alerts.mange”. Did you mean Alerts (manage)"),
        ("view_data.secops", "There is no permission “view_data.secops”"),
        ("<b>'; DROP", "There is no permission “&lt;b&gt;&#x27;; DROP”"),
        ("\x00", "There is no permission"),
    ],
)
def test_an_unknown_permission_is_refused_at_its_tier_and_the_ticks_are_kept(signed_in, project, wrong, said):
    data = ticked(sent_by(signed_in.get(at(project, "permissions"))), "tier-1", ALERTS, wrong)
    answer = signed_in.post(at(project, "save_permissions"), data)
    assert answer.status_code == 422
    assert said in row_of(answer, "tier-1")
    assert ALERTS in sent_by(answer)["may-tier-1"]
    assert stored(project).permissions == [READ, "vulnerability_management.read"]


@pytest.mark.parametrize("more", [{"seen-tier-1": ["x"]}, {"tier": ["\x00", "none", "tier-1"]}, {"page": ["-3"]}])
def test_what_no_page_sends_is_no_error_of_ours(signed_in, project, more):
    data = {**sent_by(signed_in.get(at(project, "permissions"))), **more}
    assert signed_in.post(at(project, "save_permissions"), data).status_code in {302, 409}


def test_one_press_takes_the_recommended_permissions_of_one_tier_and_keeps_the_other_ticks(signed_in, project, lead):
    Tier.objects.filter(project=project, key="tier-1").update(permissions=[RESPONSE])
    page = signed_in.get(at(project, "permissions"))
    assert "Take the recommended permissions" in row_of(page, "tier-1")
    assert "Take the recommended permissions" not in row_of(page, "tier-2")
    data = ticked(sent_by(page), "tier-2", less=[ALERTS])
    answer = signed_in.post(at(project, "recommend_permissions"), {**data, "take": "tier-1"})
    assert answer.status_code == 200
    assert "1 tier has the recommended permissions." in flat(answer)
    assert "not saved yet" in flat(answer)
    assert ALERTS not in sent_by(answer)["may-tier-2"]
    assert stored(project).permissions == list(catalog.standard_template().tiers[0].unified)
    assert ALERTS in stored(project, "tier-2").permissions


def test_one_press_takes_all_that_is_recommended(signed_in, project):
    Tier.objects.filter(project=project).update(permissions=[])
    answer = signed_in.post(at(project, "recommend_permissions"), {"take": "all"}, follow=True)
    assert "3 tiers have the recommended permissions." in flat(answer)
    answer = signed_in.post(at(project, "recommend_permissions"), {"take": "all"}, follow=True)
    assert "Everything is as recommended already" in flat(answer)


def test_an_empty_plan_starts_from_the_recommended_tiers(signed_in, project):
    Tier.objects.filter(project=project).delete()
    Persona.objects.filter(project=project).delete()
    for name in ("permissions", "section"):
        page = signed_in.get(at(project, name, *(["access"] if name == "section" else [])))
        assert "Who may do what in the portal?" in flat(page)
        assert "Start from the recommended tiers" in flat(page)
    answer = signed_in.post(at(project, "recommend_permissions"), {"take": "missing", "back": "section"}, follow=True)
    assert "Added: Security Administrator, " in flat(answer)
    assert "Tier 3" in flat(answer)
    assert Tier.objects.filter(project=project).count() == 3


def test_in_the_classic_model_the_columns_are_its_own_and_what_is_held_beside_stays_to_be_unticked(
    signed_in, project, lead
):
    actions.change_row(project=project, table=SETTINGS, key="access-settings", values={"planned": "classic"}, by=lead)
    actions.change_row(
        project=project, table=TIERS, key="tier-3",
        values={"permissions": ["view_data.secops", "portal_system_settings", READ]}, by=lead,
    )  # fmt: skip
    answer = signed_in.get(at(project, "permissions"))
    text = flat(answer)
    assert "classic RBAC" in text
    assert "Not in the planned model" in text
    assert "a role of your own cannot carry it" in row_of(answer, "tier-3")
    data = ticked(sent_by(answer), "tier-3", less=[READ])
    assert signed_in.post(at(project, "save_permissions"), data).status_code == 302
    assert stored(project, "tier-3").permissions == ["view_data.secops", "portal_system_settings"]


def test_in_the_basic_model_there_is_nothing_to_tick_and_it_is_said_why(signed_in, project, lead):
    actions.change_row(project=project, table=SETTINGS, key="access-settings", values={"planned": "basic"}, by=lead)
    text = flat(signed_in.get(at(project, "permissions")))
    assert "Basic permissions know no roles of the portal." in text
    assert "checkbox" not in text


def test_while_no_model_is_planned_it_is_said_with_which_the_page_reckons(signed_in, project):
    assert "No model of access is planned yet." in flat(signed_in.get(at(project, "permissions")))


def test_a_plan_of_fifty_regional_tiers_is_shown_in_pages_each_of_which_can_be_saved(signed_in, project, lead):
    for number in range(50):
        values = {"number": 4, "name": "Regional", "region": f"Region {number:02}", "permissions": [READ]}
        actions.add_row(project=project, table=TIERS, values=values, by=lead)
    page = signed_in.get(at(project, "permissions"), {"page": 2})
    assert "26 to 50 of 53" in flat(page)
    data = sent_by(page)
    assert len(data["tier"]) == 25
    for key in data["tier"]:
        data = {**data, f"may-{key}": list(catalog.unified_permissions())}
    assert sum(len(values) for values in data.values()) < 1000  # Django refuses a form of more fields
    answer = signed_in.post(at(project, "save_permissions"), {**data, "page": 2}, follow=True)
    assert answer.redirect_chain == [(f"{at(project, 'permissions')}?page=2", 302)]
    assert "The permissions of 25 tiers are saved." in flat(answer)


def test_a_viewer_reads_it_and_can_change_nothing(client, project, viewer):
    client.force_login(viewer)
    text = flat(client.get(at(project, "permissions")))
    assert 'id="may-tier-1-0"' in text
    assert text.count("disabled") == 3 * len(catalog.unified_permissions())
    for offered in ("hx-post", "<button", "Save permissions"):
        assert offered not in text.split("<main", 1)[1].split("</main>")[0]
    assert client.post(at(project, "save_permissions"), {}).status_code == 403


def test_the_page_asks_the_same_at_one_tier_and_at_three(signed_in, project, lead, django_assert_num_queries):
    Tier.objects.filter(project=project).exclude(key="tier-1").delete()
    signed_in.get(at(project, "permissions"))
    with django_assert_num_queries(9):
        signed_in.get(at(project, "permissions"))
    actions.recommend(project=project, by=lead, with_missing=True)
    with django_assert_num_queries(9):
        signed_in.get(at(project, "permissions"))


# The page of the section ----------------------------------------------------------------------------------------------
def test_a_tier_shows_its_people_its_work_what_it_reaches_and_when_it_escalates(signed_in, project, lead):
    actions.add_row(
        project=project, table=TABLES["environment", "cdoc"],
        values={"tier": 1, "run_by": "provider", "provider": "Northwind Security", "place": "Lisbon", "people": 9,
                "cover": "always", "hours": "24 x 7"}, by=lead,
    )  # fmt: skip
    actions.add_row(
        project=project, table=TABLES["access", "device_groups"],
        values={"rank": 2, "name": "EMEA clients", "rule_value": "emea", "granted_to": ["soc-1"]}, by=lead,
    )  # fmt: skip
    actions.add_row(
        project=project, table=TABLES["access", "device_groups"],
        values={"rank": 3, "name": "Rest", "rule_value": "rest"}, by=lead,
    )  # fmt: skip
    actions.change_row(
        project=project, table=TIERS, key="tier-1",
        values={"groups": ["SOC-1"], "region": "EMEA", "escalates_when": "Two places are concerned."}, by=lead,
    )  # fmt: skip
    text = flat(signed_in.get(at(project, "section", "access")))
    tier_1 = text.split('id="row-tier-1"')[1].split("</tbody>")[0]
    for said in (
        "Tier 1, EMEA",
        "Northwind Security</a>, Lisbon, 9 people, around the clock, 24 x 7",
        "Sort alerts: set their state, comment, tag devices",
        "Reaches: 2. EMEA clients, what everybody sees (3. Rest)",
        "Escalates when: Two places are concerned.",
        "Lacks Alerts (manage)",
    ):
        assert said in tier_1
    tier_2 = text.split('id="row-tier-2"')[1].split("</tbody>")[0]
    assert "Nobody: the environment names no team of this tier." in tier_2


@pytest.mark.parametrize(
    ("style", "heading"),
    [
        ("current", 'Entra role<span class="sub">Azure AD role in Microsoft’s older documents</span>'),
        ("seed", 'Azure AD role<span class="sub">today: Entra role</span>'),
    ],
)
def test_today_s_names_and_the_older_ones_both_stand_there(signed_in, project, lead, style, heading):
    actions.edit_facts(project=project, values={"terminology": style}, by=lead)
    assert heading in flat(signed_in.get(at(project, "section", "access")))
