"""The rest of the environment: engines with their share, the grid of the CDOC, what causes an impact, a task proposed."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from projects import actions
from projects.models import Impact, ManagementEngine, TimelineItem
from projects.tables import TABLES


@pytest.fixture
def page(client, project, lead):
    """The environment page of the lead, as it stands when it is called."""
    client.force_login(lead)
    return lambda: client.get(reverse("projects:section", args=[project.slug, "environment"])).content.decode()


def add(project, lead, table, section="environment", **values):
    return actions.add_row(project=project, table=TABLES[section, table], values=values, by=lead)


def test_an_engine_shows_its_share_of_the_estate(project, lead, page):
    add(project, lead, "devices", system="rhel-9", kind="server", count=80)
    add(project, lead, "engines", engine="ansible", devices=20)
    assert '<span class="sub">25 %</span>' in page()


def test_another_engine_is_called_by_its_name(client, project, lead, page):
    client.force_login(lead)
    url = reverse("projects:row_new", args=[project.slug, "environment", "engines"])
    refused = client.post(url, {"engine": "other", "devices": "5"})
    assert refused.status_code == 422
    assert "Say what this engine is called." in refused.content.decode()
    client.post(url, {"engine": "other", "other_name": "BigFix", "version": "11", "devices": "5"})
    assert "BigFix 11" in page()
    client.post(url, {"engine": "jamf", "other_name": "left over", "devices": "5"})
    assert ManagementEngine.objects.get(engine="jamf").other_name == ""


def test_the_cdoc_is_a_grid_that_leads_to_the_access_tier_of_the_same_people(project, lead, page):
    assert "In Access" not in page()
    add(project, lead, "cdoc", tier=1, run_by="provider", provider="Northwind", place="Lisbon", people=9)
    add(project, lead, "cdoc", tier=4, run_by="in_house", place="Dublin", region="EMEA")
    text = page()
    assert f"{reverse('projects:section', args=[project.slug, 'access'])}#row-tier-1" in text
    assert "not in Access" in text  # tier 4


def test_an_impact_is_caused_by_a_row_and_follows_its_words(client, project, lead, page):
    splunk = add(project, lead, "siem", product="Splunk", version="9.3")
    client.force_login(lead)
    url = reverse("projects:row_new", args=[project.slug, "environment", "impacts"])
    assert f'<option value="environment/siem/{splunk.key}">Splunk 9.3</option>' in client.get(url).content.decode()
    typed = {"what": "Runbook", "area": "process", "cause": f"environment/siem/{splunk.key}"}
    assert client.post(url, typed).status_code == 302
    assert Impact.objects.get().caused_by == "Splunk 9.3"
    actions.change_row(
        project=project, table=TABLES["environment", "siem"], key=splunk.key, values={"version": "9.4"}, by=lead
    )
    assert f'#row-{splunk.key}">Splunk 9.4</a>' in page()
    actions.remove_row(project=project, table=TABLES["environment", "siem"], key=splunk.key, by=lead)
    assert "Splunk 9.3" in page()
    edit = reverse("projects:row_edit", args=[project.slug, "environment", "impacts", Impact.objects.get().key])
    assert f'value="environment/siem/{splunk.key}" selected>Splunk 9.3' in client.get(edit).content.decode()


def test_a_cause_in_another_section_is_a_link_to_it(project, lead, page):
    item = add(project, lead, "items", "timeline", title="Pilot ring", due_on=date(2027, 1, 15))
    add(
        project, lead, "impacts", what="Helpdesk", area="process", cause=f"timeline/items/{item.key}", caused_by="Pilot"
    )
    assert f'{reverse("projects:section", args=[project.slug, "timeline"])}#row-{item.key}">Pilot ring</a>' in page()


def test_the_task_that_a_check_proposes_is_dated_once_in_one_click(client, project, lead):
    add(project, lead, "items", "timeline", title="Evaluate ring", phase="onboard", due_on=date(2027, 1, 15))
    client.force_login(lead)
    url = reverse("projects:propose_task", args=[project.slug, "passive_mode"])
    for _again in range(2):
        answer = client.post(url)
        row = TimelineItem.objects.get(title="Set ForceDefenderPassiveMode before onboarding")
        assert answer.url.endswith(f"#row-{row.key}")
    assert (row.due_on, row.kind, row.phase) == (date(2027, 1, 14), "task", "setup")
    assert client.post(reverse("projects:propose_task", args=[project.slug, "no-such"])).status_code == 404


def test_the_warning_on_passive_servers_has_the_button(client, project, lead):
    add(project, lead, "protections", platform="windows_servers", product="Trellix")
    client.force_login(lead)
    page = client.get(reverse("readiness:overview", args=[project.slug])).content.decode()
    assert "Propose the task</button>" in page
