"""Permissions of several tiers in one transaction; what is recommended, in one press."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from projects import actions, catalog
from projects.actions.access import Wanted
from projects.models import AccessSettings, Persona, Tier
from projects.tables import TABLES
from tenants.models import LedgerEntry

TIERS, PERSONAS, SETTINGS = (TABLES["access", name] for name in ("tiers", "personas", "settings"))
READ, ALERTS = "security_data_basics.read", "alerts.manage"


def entries(project):
    return LedgerEntry.objects.of(project).count()


def stored(project, key="tier-1"):
    return Tier.objects.get(project=project, key=key)


def wanted(project, *more, key="tier-1", less=()):
    row = stored(project, key)
    return Wanted(frozenset({*row.permissions, *more} - set(less)), row.changed_seq)


def plan_model(project, lead, model):
    actions.change_row(project=project, table=SETTINGS, key="access-settings", values={"planned": model}, by=lead)


def test_an_entry_on_the_history_for_each_tier_that_changed_and_none_for_the_others(project, lead):
    before = entries(project)
    changed = actions.set_permissions(
        project=project,
        wanted={
            "tier-1": wanted(project, ALERTS),
            "tier-2": wanted(project, key="tier-2"),
            "tier-3": wanted(project, key="tier-3", less=["system_settings.read"]),
        },
        by=lead,
        why="They must say what they did.",
    )
    assert [row.key for row in changed] == ["tier-1", "tier-3"]
    assert entries(project) == before + 2
    assert stored(project).permissions == [READ, "vulnerability_management.read", ALERTS]
    last = LedgerEntry.objects.of(project).order_by("-seq").first()
    assert "They must say what they did." in last.body
    assert last.is_material


def test_ticked_and_unticked_again_is_as_it_was_signed(project, lead):
    digest, order = project.digests["access"], stored(project, "tier-2").permissions
    for change in ({"less": [ALERTS]}, {"more": [ALERTS]}):
        actions.set_permissions(
            project=project,
            wanted={"tier-2": wanted(project, *change.get("more", ()), key="tier-2", less=change.get("less", ()))},
            by=lead,
        )
    project.refresh_from_db()
    assert stored(project, "tier-2").permissions == order
    assert project.digests["access"] == digest


def test_if_somebody_was_faster_on_one_tier_none_is_saved(project, lead, editor):
    mine = {"tier-1": wanted(project, ALERTS), "tier-2": wanted(project, key="tier-2", less=[ALERTS])}
    actions.change_row(project=project, table=TIERS, key="tier-2", values={"groups": ["SOC-2"]}, by=editor)
    before = entries(project)
    with pytest.raises(actions.TiersMoved) as caught:
        actions.set_permissions(project=project, wanted=mine, by=lead)
    assert [one.row.key for one in caught.value.moved] == ["tier-2"]
    assert [len(one.entries) for one in caught.value.moved] == [1]
    assert entries(project) == before
    assert ALERTS not in stored(project).permissions


def test_the_same_ticks_as_somebody_else_are_no_conflict(project, lead, editor):
    mine = wanted(project, ALERTS)
    actions.set_permissions(project=project, wanted={"tier-1": wanted(project, ALERTS)}, by=editor)
    assert actions.set_permissions(project=project, wanted={"tier-1": mine}, by=lead) == []


def test_a_tier_that_was_removed_meanwhile_is_named_and_nothing_is_saved(project, lead, editor):
    mine = {"tier-1": wanted(project, ALERTS), "tier-3": wanted(project, key="tier-3")}
    actions.remove_row(project=project, table=TIERS, key="tier-3", by=editor)
    with pytest.raises(actions.TiersMoved) as caught:
        actions.set_permissions(project=project, wanted=mine, by=lead)
    assert caught.value.gone == ("tier-3",)
    assert ALERTS not in stored(project).permissions


def test_a_permission_that_the_model_does_not_have_is_refused_with_the_nearest(project, lead):
    with pytest.raises(ValidationError) as caught:
        actions.set_permissions(project=project, wanted={"tier-1": wanted(project, "alert.manage")}, by=lead)
    said = "There is no permission “alert.manage”. Did you mean Alerts (manage)"
    assert caught.value.message_dict["tier-1"][0].startswith(said)


def test_what_is_held_from_another_model_may_stay(project, lead):
    plan_model(project, lead, "classic")
    actions.set_permissions(project=project, wanted={"tier-1": wanted(project, "view_data.secops")}, by=lead)
    assert stored(project).permissions == ["view_data.secops", READ, "vulnerability_management.read"]


@pytest.mark.parametrize("model", ["classic", "unified"])
def test_what_is_recommended_in_the_planned_model_is_taken_in_one_press(project, lead, model):
    plan_model(project, lead, model)
    Tier.objects.filter(project=project).update(permissions=[])
    before = entries(project)
    taken = actions.recommend(project=project, by=lead)
    assert len(taken.changed) == 3
    assert entries(project) == before + 3
    for tier in catalog.standard_template().tiers:
        assert stored(project, f"tier-{tier.number}").permissions == list(getattr(tier, model))
    assert actions.recommend(project=project, by=lead) == actions.Taken()
    assert entries(project) == before + 3


def test_only_the_chosen_tier_takes_it_and_what_does_not_apply_stays(project, lead):
    Tier.objects.filter(project=project).update(permissions=[])
    actions.set_aside(project=project, table=TIERS, key="tier-3", because="No third tier.", by=lead)
    assert [row.key for row in actions.recommend(project=project, by=lead, keys=["tier-1"]).changed] == ["tier-1"]
    assert [row.key for row in actions.recommend(project=project, by=lead).changed] == ["tier-2"]
    assert stored(project, "tier-3").permissions == []


def test_a_tier_that_says_no_task_takes_the_recommended_ones_and_one_that_does_keeps_its_own(project, lead):
    Tier.objects.filter(project=project, key="tier-1").update(tasks=[])
    Tier.objects.filter(project=project, key="tier-2").update(tasks=["respond"], permissions=[])
    actions.recommend(project=project, by=lead)
    assert stored(project, "tier-1").tasks == list(catalog.standard_template().tiers[0].tasks)
    assert stored(project, "tier-2").tasks == ["respond"]


def test_missing_tiers_and_personas_are_added_and_those_that_are_there_are_not(project, lead):
    actions.remove_row(project=project, table=TIERS, key="tier-2", by=lead)
    actions.remove_row(project=project, table=PERSONAS, key="persona-security-analyst", by=lead)
    actions.add_row(project=project, table=PERSONAS, values={"name": "security analyst"}, by=lead)
    actions.remove_row(project=project, table=PERSONAS, key="persona-business-owner", by=lead)
    plan_model(project, lead, "classic")
    taken = actions.recommend(project=project, by=lead, with_missing=True)
    assert taken.added == ["Business Owner/Stakeholder", "Tier 2"]
    assert stored(project, "tier-2").permissions == list(catalog.standard_template().tiers[1].classic)
    assert Persona.objects.filter(project=project).count() == 5
    assert actions.recommend(project=project, by=lead, with_missing=True).added == []


def test_an_empty_plan_starts_from_the_recommended_tiers(project, lead):
    for table in (TIERS, PERSONAS):
        for row in table.model._default_manager.filter(project=project):
            actions.remove_row(project=project, table=table, key=row.key, by=lead)
    before = entries(project)
    taken = actions.recommend(project=project, by=lead, with_missing=True)
    assert len(taken.added) == 8
    assert entries(project) == before + 8
    assert stored(project, "tier-3").tasks == list(catalog.standard_template().tiers[2].tasks)


def test_in_the_basic_model_no_tier_takes_permissions(project, lead):
    plan_model(project, lead, "basic")
    Tier.objects.filter(project=project).update(permissions=[READ])
    assert actions.recommend(project=project, by=lead).changed == []


def test_the_same_ticks_in_another_order_change_nothing(project, lead):
    held, before = stored(project, "tier-2"), entries(project)
    for name in ("tasks", "permissions"):
        assert len(getattr(held, name)) > 1
        values = {name: getattr(held, name)[::-1]}
        actions.change_row(project=project, table=TIERS, key=held.key, values=values, by=lead)
    assert entries(project) == before
    assert stored(project, "tier-2").tasks == held.tasks


def test_an_archived_project_is_not_changed(project, lead):
    mine = wanted(project, ALERTS)
    actions.archive(project=project, by=lead)
    with pytest.raises(actions.Archived):
        actions.set_permissions(project=project, wanted={"tier-1": mine}, by=lead)
    with pytest.raises(actions.Archived):
        actions.recommend(project=project, by=lead)


def test_settings_are_not_needed_to_know_the_model(project, lead):
    AccessSettings.objects.filter(project=project).delete()
    assert actions.set_permissions(project=project, wanted={"tier-1": wanted(project, ALERTS)}, by=lead)
