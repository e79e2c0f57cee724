"""What is done about findings of the access plan: their remedy, or a reason why they stay; as actions, pages, command."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from projects import actions as plan_actions
from projects.models import Assignment, KeptFinding, Tier
from projects.tables import TABLES
from readiness.actions import FindingGone, finding_of, keep_finding, mend, present_verdict, take_back_kept
from tenants import ledger
from tenants.models import LedgerEntry
from tests.remembered import remembered

TIER_1 = "tiers_can_do_their_duty:tier-1"
STANDING = "nobody_is_global_administrator_for_good:role-ravi"


@pytest.fixture
@remembered
def ravi(project, lead):
    """A Global Administrator for good, whose work takes less."""
    plan_actions.change_row(
        project=project, table=TABLES["access", "personas"], key="persona-infrastructure-administrator",
        values={"tasks": ["onboard_devices", "switch_access"]}, by=lead,
    )  # fmt: skip
    values = {
        "persona": "Infrastructure Administrator", "entra_role": "global-administrator", "assignee": "Ravi Menon",
        "held": "active", "duration": "permanent",
    }  # fmt: skip
    table = TABLES["access", "assignments"]
    return plan_actions.add_row(project=project, table=table, values=values, by=lead, key="role-ravi")


def at(name: str, project, *args: str) -> str:
    return reverse(f"readiness:{name}", args=[project.slug, *args])


# Actions --------------------------------------------------------------------------------------------------------------
def test_a_remedy_changes_the_row_says_why_and_the_finding_is_gone(project, lead):
    done = mend(project=project, finding_id=TIER_1, by=lead)
    assert done.label == "Add Alerts (manage) to Tier 1"
    assert "alerts.manage" in Tier.objects.get(project=project, key="tier-1").permissions
    newest = LedgerEntry.objects.of(project).order_by("-seq").first()
    told = json.loads(newest.body)
    assert (told["verb"], told["actor"]["name"]) == ("changed", lead.name)
    assert told["what"]["why"] == "Tier 1 is said to look into alerts, but cannot change one"
    project.refresh_from_db()
    assert ledger.verify(project) == []
    with pytest.raises(FindingGone):
        mend(project=project, finding_id=TIER_1, by=lead)


def test_what_is_told_beside_another_finding_is_found_too(project, ravi):
    assert finding_of(project, "roles_are_the_least:role-ravi").result.remedy is not None
    assert [each.check.name for each in finding_of(project, STANDING).also] == [
        "roles_are_the_least",
        "roles_have_a_reason",
    ]


def test_a_remedy_that_is_not_mechanical_cannot_be_applied(project, lead):
    before = project.ledger_seq
    with pytest.raises(FindingGone):
        mend(project=project, finding_id="management_model_is_chosen", by=lead)
    project.refresh_from_db()
    assert project.ledger_seq == before


def test_what_is_kept_is_part_of_the_plan_and_taken_back_again(project, lead):
    row = keep_finding(project=project, finding_id=TIER_1, because="Tier 2 sets the state.", by=lead)
    assert (row.finding, row.about, row.because) == ("tiers_can_do_their_duty", "tier-1", "Tier 2 sets the state.")
    with pytest.raises(FindingGone):
        finding_of(project, TIER_1)
    take_back_kept(project=project, key=row.key, by=lead)
    assert finding_of(project, TIER_1).is_failed
    assert not KeptFinding.objects.exists()


def test_a_blocker_cannot_be_kept(project, lead, ravi):
    with pytest.raises(FindingGone):
        keep_finding(project=project, finding_id=STANDING, because="For the rollout.", by=lead)


# Pages ----------------------------------------------------------------------------------------------------------------
def test_the_page_lists_findings_with_their_deeds_and_what_is_told_beside_them(client, project, lead, ravi):
    client.force_login(lead)
    text = client.get(at("access_findings", project)).content.decode()
    assert "A Global Administrator has no end date" in text
    assert text.count("Replace by Security Administrator") == 1
    assert "Also:" in text
    assert at("keep_finding", project, STANDING) not in text
    assert at("keep_finding", project, TIER_1) in text


def test_who_may_only_read_sees_no_deeds(client, project, viewer):

    client.force_login(viewer)
    text = client.get(at("access_findings", project)).content.decode()
    assert "Tier 1 is said to look into alerts" in text
    assert at("remedy", project, TIER_1) not in text


def test_the_page_of_a_remedy_shows_before_and_after_and_get_changes_nothing(client, project, lead, ravi):
    client.force_login(lead)
    text = client.get(at("remedy", project, STANDING)).content.decode()
    assert "Global Administrator" in text
    assert "Security Administrator" in text
    assert "Nobody has signed Access yet" in text
    assert Assignment.objects.get(key="role-ravi").entra_role == "global-administrator"
    assert client.post(at("remedy", project, STANDING)).url == at("access_findings", project)
    assert Assignment.objects.get(key="role-ravi").entra_role == "security-administrator"


def test_a_finding_that_is_gone_is_said_and_nothing_is_changed(client, project, lead):
    client.force_login(lead)
    mend(project=project, finding_id=TIER_1, by=lead)
    for name in ("remedy", "keep_finding"):
        for response in (
            client.get(at(name, project, TIER_1), follow=True),
            client.post(at(name, project, TIER_1), follow=True),
        ):
            assert "mended meanwhile" in response.content.decode()
    assert client.get(at("remedy", project, "no_such_check"), follow=True).status_code == 200


def test_keeping_wants_a_reason_and_keeps_what_was_typed(client, project, lead):
    client.force_login(lead)
    refused = client.post(at("keep_finding", project, TIER_1), {"because": " "})
    assert refused.status_code == 400
    assert "Say why: those who approve will ask." in refused.content.decode()
    text = client.post(at("keep_finding", project, TIER_1), {"because": "Tier 2 does."}, follow=True).content.decode()
    assert "Tier 2 does." in text
    row = KeptFinding.objects.get()
    client.post(at("take_back_kept", project, row.key))
    assert not KeptFinding.objects.exists()
    assert client.post(at("take_back_kept", project, row.key)).status_code == 404


@pytest.mark.parametrize("groups", [1, 3])
def test_the_page_asks_the_same_at_one_row_and_at_three(client, project, lead, groups, django_assert_num_queries):
    for n in range(groups):
        plan_actions.add_row(
            project=project, table=TABLES["access", "device_groups"], values={"rank": n + 1, "name": f"G{n}"}, by=lead
        )
    client.force_login(lead)
    client.get(at("access_findings", project))
    with django_assert_num_queries(6):
        client.get(at("access_findings", project))


# Command --------------------------------------------------------------------------------------------------------------
def test_the_command_prints_what_the_page_shows(capsys, project, lead, ravi):
    with pytest.raises(SystemExit) as stopped:
        call_command("analyse_access", project.slug, "--json")
    assert stopped.value.code == 1
    told = json.loads(capsys.readouterr().out)
    failed = [each for each in told["findings"] if each["state"] == "fail"]
    shown = [
        f for f in present_verdict(project).payload["findings"] if f["section"] == "access" and f["state"] == "fail"
    ]
    assert [(each["id"], each["severity"], each["what"]) for each in failed] == [
        (f["id"], f["severity"], f["title"]) for f in shown
    ]
    [one] = [each for each in failed if each["id"] == STANDING]
    assert (one["remedy"], one["about"], one["sources"]) == (
        "Replace by Security Administrator",
        "role-ravi",
        ["entra_roles", "pim"],
    )
    assert [each["id"] for each in one["also"]] == ["roles_are_the_least:role-ravi", "roles_have_a_reason:role-ravi"]


def test_the_command_names_a_project_that_is_not_there(db):
    with pytest.raises(CommandError, match="There is no project nowhere"):
        call_command("analyse_access", "nowhere")
