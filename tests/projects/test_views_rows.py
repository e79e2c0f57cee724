"""Rows edited in place: without script a page and a redirect, with it a part of the page; nothing typed is lost."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from projects import actions
from projects.models import AccessSettings, DeviceCount, ManagementEngine, Route, Tier, Topic
from projects.tables import TABLES
from tenants.models import LedgerEntry
from tests.remembered import remembered

HX = {"HTTP_HX_REQUEST": "true"}
DEVICES = TABLES["environment", "devices"]


def url(project, deed, table="devices", key=None, section="environment"):
    args = [project.slug, section, table] + ([key] if key else [])
    return reverse(f"projects:{deed}", args=args)


def section(project, name="environment"):
    return reverse("projects:section", args=[project.slug, name])


def last(project):
    return json.loads(LedgerEntry.objects.of(project).latest("seq").body)


@pytest.fixture
@remembered
def row(project, lead):
    return actions.add_row(
        project=project,
        table=DEVICES,
        values={"system": "windows-server-2019", "kind": "server", "count": 141, "source": "Intune"},
        by=lead,
    )


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def typed(row, **more):
    return {"count": "190", "source": "Intune", "counted_on": "", "note": "", "seen": row.changed_seq, **more}


# Adding ---------------------------------------------------------------------------------------------------------------
def test_adding_a_system_without_script_leads_back_to_its_row(as_lead, project):
    page = as_lead.get(url(project, "row_new")).content.decode()
    assert "<optgroup" in page
    answer = as_lead.post(url(project, "row_new"), {"system": "windows-11", "count": "4,180", "why": "First count"})
    row = DeviceCount.objects.get(project=project)
    assert answer.status_code == 302
    assert answer.url == f"{section(project)}#row-{row.key}"
    assert (row.count, row.kind) == (4180, "computer")
    assert last(project)["what"]["why"] == "First count"


def test_adding_with_script_brings_the_table_and_the_keyboard_to_the_row(as_lead, project):
    answer = as_lead.post(url(project, "row_new"), {"system": "windows-11", "count": "5"}, **HX)
    text = answer.content.decode()
    row = DeviceCount.objects.get(project=project)
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == "#table-devices"
    assert "<html" not in text
    assert re.search(rf'<tbody id="row-{row.key}"(.(?!</tbody>))*data-focus', text, re.S)


def test_nobody_counted_on_a_day_that_is_still_to_come(as_lead, project, row):
    later = (date.today() + timedelta(days=3)).isoformat()
    answer = as_lead.post(url(project, "row_edit", key=row.key), typed(row, counted_on=later))
    assert answer.status_code == 422
    assert "This day is still to come: on which day was it counted?" in answer.content.decode()
    assert DeviceCount.objects.get(pk=row.pk).count == row.count


def test_a_wrong_count_is_named_at_its_field_and_what_was_typed_is_kept(as_lead, project):
    answer = as_lead.post(url(project, "row_new"), {"system": "windows-11", "count": "14l", "note": "typed in a hurry"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a whole number, for example 141." in text
    assert 'value="14l"' in text
    assert "typed in a hurry" in text
    assert not DeviceCount.objects.filter(project=project).exists()


def test_the_same_system_twice_is_refused_in_plain_words_with_the_way_to_the_row(as_lead, project, row):
    answer = as_lead.post(url(project, "row_new"), {"system": "windows-server-2019", "count": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Windows Server 2019 is counted already: change that row." in text
    assert f'{section(project)}#row-{row.key}"' in text


def test_another_system_needs_its_name_and_kind(as_lead, project):
    answer = as_lead.post(url(project, "row_new"), {"system": "other", "count": "27"})
    text = answer.content.decode()
    assert "Say what this system is called." in text
    assert "Say whether these are computers, phones or servers." in text
    more = {"system": "other", "count": "27", "other_name": "Zebra TC52", "kind": "mobile"}
    assert as_lead.post(url(project, "row_new"), more).status_code == 302


def test_rows_of_the_template_are_not_added(as_lead, project):
    assert as_lead.get(url(project, "row_new", "topics")).status_code == 404
    assert as_lead.get(url(project, "row_new", "nonsense")).status_code == 404


# Changing -------------------------------------------------------------------------------------------------------------
def test_changing_a_count_in_place(as_lead, project, row):
    part = as_lead.get(url(project, "row_edit", key=row.key), **HX).content.decode()
    assert "<html" not in part
    assert part.strip().startswith(f'<tbody id="row-{row.key}"')
    assert "autofocus" in part
    answer = as_lead.post(url(project, "row_edit", key=row.key), typed(row), **HX)
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == f'[id="row-{row.key}"]'
    assert ">190</a>" in answer.content.decode()
    assert DeviceCount.objects.get(pk=row.pk).count == 190


def test_the_form_is_a_whole_page_without_script(as_lead, project, row):
    page = as_lead.get(url(project, "row_edit", key=row.key)).content.decode()
    assert "<html" in page
    assert 'value="141"' in page


@pytest.mark.parametrize(("name", "table"), [("migration", "items"), ("timeline", "items"), ("adoption", "components")])
def test_a_row_that_is_edited_is_as_wide_as_its_table(as_lead, project, lead, name, table):
    """One column too many, and those of the table are squeezed."""
    actions.edit_facts(project=project, values={"kind": "migration"}, by=lead)
    actions.place_timeline(project=project, ends_on=date(2027, 6, 30), by=lead)
    key = TABLES[name, table].model._default_manager.filter(project=project).first().key
    page = as_lead.get(url(project, "row_edit", table, key, name)).content.decode()
    before, _mark, rest = page.partition('<tr class="editing"><td colspan="')
    heads = before.rpartition("<thead>")[2].partition("</thead>")[0].count("<th ")
    assert int(rest.partition('"')[0]) == heads


def test_what_a_count_would_do_is_said_before_it_is_saved(as_lead, project, row):
    answer = as_lead.get(url(project, "row_effect", key=row.key), {"count": "190"}, **HX)
    text = answer.content.decode()
    assert "141 → 190" in text
    assert "+34.8 %" in text
    assert "141 servers without a licence become 190." in text
    assert DeviceCount.objects.get(pk=row.pk).count == 141
    assert "whole number" in as_lead.get(url(project, "row_effect", key=row.key), {"count": "19o"}).content.decode()


def test_the_second_of_two_editors_sees_the_first_and_keeps_what_was_typed(as_lead, project, row, editor):
    opened = row.changed_seq
    actions.change_row(
        project=project,
        table=DEVICES,
        key=row.key,
        values={"count": 150, "source": "Configuration Manager"},
        by=editor,
        why="Recounted",
    )
    post = typed(row, note="seen in March", why="Asset list", seen=opened)
    answer = as_lead.post(url(project, "row_edit", key=row.key), post, **HX)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Priya Nair changed this row on" in text
    assert "141 → <b>150</b>" in text
    assert "“Recounted”" in text
    assert 'value="190"' in text  # typed: kept
    assert 'value="Configuration Manager"' in text  # not typed: theirs stands
    assert "seen in March" in text
    assert 'value="Asset list"' in text
    assert DeviceCount.objects.get(pk=row.pk).count == 150
    seen = re.search(r'name="seen" value="(\d+)"', text)
    assert seen
    again = {**post, "seen": seen[1], "source": "Configuration Manager"}
    assert as_lead.post(url(project, "row_edit", key=row.key), again).status_code == 302
    saved = DeviceCount.objects.get(pk=row.pk)
    assert (saved.count, saved.source, saved.note) == (190, "Configuration Manager", "seen in March")


def test_a_row_that_somebody_removed_can_be_added_again_with_what_was_typed(as_lead, project, row, editor):
    engine = TABLES["environment", "engines"]
    gone = actions.add_row(project=project, table=engine, values={"engine": "intune"}, by=editor)
    actions.remove_row(project=project, table=engine, key=gone.key, by=editor, why="Not ours")
    answer = as_lead.post(
        url(project, "row_edit", "engines", gone.key), {"engine": "intune", "version": "2503", "devices": "5"}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Priya Nair removed this row on" in text
    assert 'value="2503"' in text
    assert not ManagementEngine.objects.filter(project=project).exists()


def test_opening_a_row_that_is_gone_leads_back_to_its_table(as_lead, project):
    answer = as_lead.get(url(project, "row_edit", key="devicecount-gone"), follow=True)
    assert answer.status_code == 200
    assert "This row is gone." in answer.content.decode()


def test_a_generated_row_is_kept_once_somebody_sets_a_field(as_lead, project, row):
    answer = as_lead.post(
        url(project, "row_edit", "routes", "route-windows-server-2019", "connectivity"),
        {"route": "proxy", "proxy": "", "status": "requested", "verified_by": "", "verified_on": "", "seen": "0"},
    )
    assert answer.status_code == 302
    kept = Route.objects.get(project=project)
    assert (kept.key, kept.system, kept.status) == ("route-windows-server-2019", "windows-server-2019", "requested")


def test_the_permissions_of_a_tier_are_chosen_from_the_planned_model(as_lead, project, lead):
    text = as_lead.get(url(project, "row_edit", "tiers", "tier-1", "access")).content.decode()
    assert 'value="alerts.manage"' in text
    assert "Change the state of alerts" in text
    actions.change_row(
        project=project,
        table=TABLES["access", "settings"],
        key="access-settings",
        values={"planned": "classic"},
        by=lead,
    )
    text = as_lead.get(url(project, "row_edit", "tiers", "tier-1", "access")).content.decode()
    assert 'value="alerts_investigation"' in text
    assert "Held now, but not in this model" in text
    tier = Tier.objects.get(project=project, key="tier-1")
    as_lead.post(
        url(project, "row_edit", "tiers", "tier-1", "access"),
        {
            "number": "1",
            "name": tier.name,
            "permissions": ["view_data.secops", "alerts_investigation"],
            "groups": "SOC-Tier1\n\nSOC-Tier1\nSOC-Lisbon",
            "seen": tier.changed_seq,
        },
    )
    tier.refresh_from_db()
    assert tier.permissions == ["view_data.secops", "alerts_investigation"]
    assert tier.groups == ["SOC-Tier1", "SOC-Lisbon"]


def test_settings_are_edited_as_one_row(as_lead, project):
    answer = as_lead.post(
        url(project, "row_edit", "settings", "access-settings", "access"),
        {"today": "basic", "planned": "unified", "break_glass": "2", "seen": "1"},
        **HX,
    )
    assert answer.status_code == 200
    assert AccessSettings.objects.get(project=project).break_glass == 2


# Setting aside, moving, removing --------------------------------------------------------------------------------------
def test_does_not_apply_needs_a_reason_and_can_be_taken_back(as_lead, project):
    aside = url(project, "row_aside", "topics", "topic-siem")
    assert as_lead.get(aside).status_code == 200
    answer = as_lead.post(aside, {"because": " ", "seen": "1"})
    assert answer.status_code == 422
    assert "Say why: those who approve will ask." in answer.content.decode()
    assert as_lead.post(aside, {"because": "We have no SIEM.", "seen": "1"}).status_code == 302
    assert Topic.objects.get(project=project, key="topic-siem").does_not_apply == "We have no SIEM."
    assert as_lead.post(aside, {"applies": "1"}, **HX).status_code == 200
    assert Topic.objects.get(project=project, key="topic-siem").does_not_apply == ""


def test_removing_asks_once_and_the_history_keeps_the_row(as_lead, project, row):
    remove = url(project, "row_remove", key=row.key)
    assert "Remove “Windows Server 2019”?" in as_lead.get(remove, **HX).content.decode()
    assert DeviceCount.objects.filter(pk=row.pk).exists()
    answer = as_lead.post(remove, {"why": "Typed twice"}, **HX)
    assert "“Windows Server 2019” was removed." in answer.content.decode()
    assert f"row-{row.key}" not in answer.content.decode()
    told = last(project)["what"]
    assert (told["before"]["count"], told["why"]) == (141, "Typed twice")


def test_rows_of_the_template_are_not_removed(as_lead, project):
    assert as_lead.post(url(project, "row_remove", "topics", "topic-siem")).status_code == 404
    assert Topic.objects.filter(project=project, key="topic-siem").exists()


def test_moving_a_row_up(as_lead, project, lead):
    engines = TABLES["environment", "engines"]
    first, second = (
        actions.add_row(project=project, table=engines, values={"engine": name}, by=lead) for name in ("intune", "jamf")
    )
    assert as_lead.get(url(project, "row_move", "engines", second.key)).status_code == 405
    as_lead.post(url(project, "row_move", "engines", second.key), {"way": "up"})
    keys = ManagementEngine.objects.filter(project=project).values_list("key", flat=True)
    assert list(keys) == [second.key, first.key]


def test_keeping_a_row_brings_it_back_as_it_stands(as_lead, project, row):
    part = as_lead.get(url(project, "row", key=row.key), **HX).content.decode()
    assert part.strip().startswith(f'<tbody id="row-{row.key}"')
    assert as_lead.get(url(project, "row", key=row.key)).url == f"{section(project)}#row-{row.key}"


def test_a_viewer_may_change_nothing(client, project, row, viewer):
    client.force_login(viewer)
    deeds = [url(project, deed, key=row.key) for deed in ("row_edit", "row_aside", "row_remove", "row_move")]
    for deed in [*deeds, url(project, "row_new")]:
        assert client.post(deed, typed(row)).status_code == 403
    assert DeviceCount.objects.get(pk=row.pk).count == 141


def test_no_row_of_another_project_is_reached(as_lead, project, lead, tenant, row):
    other = actions.create_project(tenant=tenant, lead=lead, by=lead, name="Retail", kind="deployment")
    as_lead.post(url(other, "row_edit", key=row.key), typed(row))
    as_lead.post(url(other, "row_remove", key=row.key))
    assert DeviceCount.objects.get(pk=row.pk).count == 141


def test_html_that_was_typed_is_shown_as_text(as_lead, project, row):
    as_lead.post(url(project, "row_edit", key=row.key), typed(row, note="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in as_lead.get(section(project)).content.decode()
