"""What somebody needs to do, tried out and saved; the least for it; taken by a tier."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects import actions, catalog
from projects.models import Persona, Tier
from projects.tables import TABLES

TIERS, PERSONAS, SETTINGS = (TABLES["access", name] for name in ("tiers", "personas", "settings"))
TIER_1 = ("tiers", "tier-1")


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def flat(answer) -> str:
    return " ".join(answer.content.decode().split())


def result(answer) -> str:
    return flat(answer).split('id="least-result"', 1)[1].split("</main>")[0]


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


def plan_model(project, lead, model):
    actions.change_row(project=project, table=SETTINGS, key="access-settings", values={"planned": model}, by=lead)


def test_every_task_can_be_chosen_by_group(signed_in, project):
    text = flat(signed_in.get(at(project, "least")))
    for task in catalog.tasks().values():
        assert f'name="tasks" value="{task.key}"' in text
        assert f"<b>{task.group}</b>" in text
    assert "Nothing is chosen, so nothing is needed." in text


def test_trying_out_shows_the_least_the_reason_and_what_others_give_too_much(signed_in, project):
    answer = signed_in.get(at(project, "least"), {"tasks": ["triage_alerts", "endpoint_policies"]})
    text = result(answer)
    assert "Alerts (manage)" in text
    assert "For: Sort alerts: set their state, comment, tag devices" in text
    assert "Intune Administrator" in text
    assert "For:</span>" not in text
    assert "Change endpoint policies and enrolment in Intune" in text
    assert "Too much, but no role gives less: Create security groups and change their members; Enable, disable" in text
    assert "Global Administrator, without a role of the portal" in text
    assert "This is exact, not an estimate: all 6 ways" in text
    assert "No model of access is planned yet." in flat(answer)
    assert "Save" not in text


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("basic", "Security Administrator"),
        ("classic", "Too much, but it cannot be had for less: Core security settings (manage)"),
        ("unified", "Detection tuning (manage)"),
    ],
)
def test_the_least_is_that_of_the_planned_model(signed_in, project, lead, model, said):
    plan_model(project, lead, model)
    assert said in result(signed_in.get(at(project, "least"), {"tasks": "tune_detections"}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("triage_alert", "There is no task “triage_alert”. Did you mean “Sort alerts: set their state, comment, tag"),
        ("Buy licence", "Did you mean “Buy licences” (buy_licences)"),
        ("qqq", "There is no task “qqq”: choose from the list."),
        ("<i>", "There is no task “&lt;i&gt;”"),
        ("\x00", "There is no task"),
    ],
)
def test_an_unknown_task_is_refused_with_the_nearest_and_the_others_stay_ticked(signed_in, project, typed, said):
    answer = signed_in.get(at(project, "least"), {"tasks": ["respond", typed]})
    assert answer.status_code == 422
    assert said in flat(answer)
    assert 'value="respond" checked' in flat(answer)


def test_what_the_needed_entra_role_gives_anyway_is_not_proposed_twice(signed_in, project):
    answer = signed_in.get(at(project, "least"), {"tasks": ["maintain_roles", "switch_access"]})
    assert "None is needed: Security Administrator, which it takes below in any case, gives all of it." in result(
        answer
    )


def test_with_script_the_result_alone_is_answered(signed_in, project):
    answer = signed_in.get(
        at(project, "least"), {"tasks": "respond"}, headers={"HX-Request": "true", "HX-Target": "least-result"}
    )
    assert flat(answer).startswith('<div class="stack" id="least-result"')


def test_a_tier_starts_with_its_saved_tasks_and_says_what_it_lacks(signed_in, project):
    text = flat(signed_in.get(at(project, "least_of", *TIER_1)))
    assert 'value="triage_alerts" checked' in text
    assert "the tier does not have it yet" in text
    assert "Lacks Alerts (manage)" in text
    assert "These tasks are saved." in text
    assert "Take these permissions" in text


def test_trying_out_on_a_tier_saves_nothing(signed_in, project):
    answer = signed_in.get(at(project, "least_of", *TIER_1), {"try": "1", "tasks": "respond"})
    assert "Save this 1 task" in flat(answer)
    nothing = signed_in.get(at(project, "least_of", *TIER_1), {"try": "1"})
    assert "Nothing is chosen" in flat(nothing)
    assert "triage_alerts" in Tier.objects.get(project=project, key="tier-1").tasks


def test_tasks_are_saved_with_the_row(signed_in, project):
    row = Persona.objects.get(project=project, key="persona-security-analyst")
    answer = signed_in.post(
        at(project, "save_tasks", "personas", row.key),
        {"tasks": ["respond", "read_alerts"], "seen": row.changed_seq},
        follow=True,
    )
    assert "What Security Analyst needs to do is saved." in flat(answer)
    row.refresh_from_db()
    assert row.tasks == ["read_alerts", "respond"]
    again = signed_in.post(
        at(project, "save_tasks", "personas", row.key), {"tasks": row.tasks, "seen": row.changed_seq}, follow=True
    )
    assert "nothing is changed" in flat(again)


def test_a_task_that_is_ticked_and_unticked_again_leaves_what_was_signed(signed_in, project):
    digest, saved = (
        project.digests["access"],
        Persona.objects.get(project=project, key="persona-security-analyst").tasks,
    )
    for tasks in ([*saved, "respond"], [key for key in catalog.tasks() if key in saved]):
        row = Persona.objects.get(project=project, key="persona-security-analyst")
        address = at(project, "save_tasks", "personas", row.key)
        signed_in.post(address, {"tasks": tasks, "seen": row.changed_seq})
        project.refresh_from_db()
        assert (project.digests["access"] == digest) is ("respond" not in tasks)


def test_a_tier_takes_the_permissions_of_the_tasks_shown_and_no_more(signed_in, project):
    row = Tier.objects.get(project=project, key="tier-3")
    answer = signed_in.post(
        at(project, "take_least", "tiers", "tier-3"),
        {"tasks": ["triage_alerts", "portal_settings"], "seen": row.changed_seq},
        follow=True,
    )
    assert "has the permissions that its work takes, and no more." in flat(answer)
    row.refresh_from_db()
    assert row.tasks == ["triage_alerts", "portal_settings"]
    assert row.permissions == ["security_data_basics.read", "alerts.manage", "system_settings.manage"]


def test_a_persona_and_a_tier_of_the_basic_model_take_no_permissions(signed_in, project, lead):
    assert signed_in.post(at(project, "take_least", "personas", "persona-security-analyst"), {}).status_code == 404
    plan_model(project, lead, "basic")
    row = Tier.objects.get(project=project, key="tier-1")
    answer = signed_in.post(at(project, "take_least", *TIER_1), {"tasks": "respond", "seen": row.changed_seq})
    assert answer.status_code == 404


def test_the_second_of_two_sees_what_the_first_did_and_keeps_their_ticks(signed_in, project, editor):
    seen = Tier.objects.get(project=project, key="tier-1").changed_seq
    actions.change_row(project=project, table=TIERS, key="tier-1", values={"tasks": ["read_alerts"]}, by=editor)
    mine = {"tasks": ["respond"], "seen": seen}
    answer = signed_in.post(at(project, "save_tasks", *TIER_1), mine)
    assert answer.status_code == 409
    text = flat(answer)
    assert "Priya Nair changed this row on" in text
    assert 'value="respond" checked' in text
    now = Tier.objects.get(project=project, key="tier-1")
    assert now.tasks == ["read_alerts"]
    assert f'name="seen" value="{now.changed_seq}"' in text
    assert signed_in.post(at(project, "save_tasks", *TIER_1), {**mine, "seen": now.changed_seq}).status_code == 302


def test_unknown_tasks_are_not_saved(signed_in, project):
    row = Tier.objects.get(project=project, key="tier-1")
    answer = signed_in.post(
        at(project, "save_tasks", *TIER_1), {"tasks": ["respond", "respnd"], "seen": row.changed_seq}
    )
    assert answer.status_code == 422
    assert "Did you mean “Respond: isolate devices, approve or dismiss actions” (respond)" in flat(answer)
    assert Tier.objects.get(pk=row.pk).tasks == row.tasks


def test_tasks_that_the_catalogue_no_longer_has_are_named(signed_in, project):
    Tier.objects.filter(project=project, key="tier-1").update(tasks=["read_alerts", "read_telex"])
    text = flat(signed_in.get(at(project, "least_of", *TIER_1)))
    assert "not in the list of tasks: read_telex" in text
    assert 'value="read_alerts" checked' in text


def test_a_persona_sees_the_entra_roles_that_it_holds_and_what_they_give_too_much(signed_in, project, lead):
    actions.add_row(
        project=project, table=TABLES["access", "assignments"],
        values={"persona": "Security Analyst", "entra_role": "global-administrator", "assignee": "Ravi"}, by=lead,
    )  # fmt: skip
    text = flat(signed_in.get(at(project, "least_of", "personas", "persona-security-analyst")))
    assert "Entra roles that it holds in the plan" in text
    assert "Too much: Give and remove Entra roles, run Privileged Identity Management;" in text


@pytest.mark.parametrize(("table", "key"), [("tiers", "none"), ("partners", "tier-1"), ("tiers", "a%00b")])
def test_what_is_no_tier_or_persona_has_no_page(signed_in, project, table, key):
    assert signed_in.get(f"{at(project, 'least')}{table}/{key}/").status_code == 404


def test_a_viewer_tries_out_and_saves_nothing(client, project, viewer):
    client.force_login(viewer)
    text = result(client.get(at(project, "least_of", *TIER_1), {"tasks": "respond"}))
    assert "Response (manage)" in text
    assert "<button" not in text
    assert client.post(at(project, "save_tasks", *TIER_1), {}).status_code == 403


@pytest.mark.parametrize(
    ("table", "key", "queries"), [("tiers", "tier-1", 7), ("personas", "persona-security-analyst", 8)]
)
def test_the_page_asks_the_same_at_one_role_and_at_three(
    signed_in, project, lead, table, key, queries, django_assert_num_queries
):
    signed_in.get(at(project, "least_of", table, key))
    for names in (["one"], ["two", "three"]):
        for name in names:
            values = {"persona": "Security Analyst", "entra_role": "security-reader", "assignee": name}
            actions.add_row(project=project, table=TABLES["access", "assignments"], values=values, by=lead)
        with django_assert_num_queries(queries):
            signed_in.get(at(project, "least_of", table, key))
