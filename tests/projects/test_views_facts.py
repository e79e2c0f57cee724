"""The facts of a project: what every section rests on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.models import Project

FACTS = {
    "name": "Contoso Endpoint 2027",
    "kind": "deployment",
    "plan": "P2",
    "architecture": "co_management",
    "geography": "eu",
    "microsoft_tenant": "contoso.onmicrosoft.com",
    "tenant_created_on": "2016-03-01",
    "terminology": "current",
    "why": "From the admin centre",
}


def url(project, name="facts"):
    return reverse(f"projects:{name}", args=[project.slug])


def test_the_lead_is_warned_and_saves(client, lead, project):
    client.force_login(lead)
    assert "These facts are part of every section." in client.get(url(project)).content.decode()
    before = dict(project.digests)
    assert client.post(url(project, "edit_facts"), FACTS).status_code == 302
    saved = Project.objects.get(pk=project.pk)
    assert saved.geography == "eu"
    assert all(saved.digests[name] != before[name] for name in before)


@pytest.mark.parametrize(("field", "value"), [("kind", "nonsense"), ("name", ""), ("tenant_created_on", "in spring")])
def test_a_wrong_fact_is_named_and_what_was_typed_is_kept(client, lead, project, field, value):
    client.force_login(lead)
    answer = client.post(url(project, "edit_facts"), {**FACTS, field: value})
    assert answer.status_code == 422
    assert "contoso.onmicrosoft.com" in answer.content.decode()
    assert Project.objects.get(pk=project.pk).geography == ""


def test_a_viewer_reads_the_facts_and_saves_none(client, viewer, project):
    client.force_login(viewer)
    text = client.get(url(project)).content.decode()
    assert "New deployment" in text
    assert "<form" not in text.split("<main")[1].split("</main")[0]
    assert client.post(url(project, "edit_facts"), FACTS).status_code == 403


def test_a_migration_gets_its_checklist_when_the_kind_changes(client, lead, project):
    client.force_login(lead)
    client.post(url(project, "edit_facts"), {**FACTS, "kind": "migration"})
    page = client.get(reverse("projects:section", args=[project.slug, "migration"]))
    assert page.status_code == 200
    assert "Existing protection is up to date" in page.content.decode()
