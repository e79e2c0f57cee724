"""The history page: who changed what, when, before and after, why; also entries that other apps wrote."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from projects import actions, ledger
from projects.models import Project
from projects.rules.story import sentence
from projects.tables import TABLES
from tests.projects.exports import applied, intune

DEVICES = TABLES["environment", "devices"]


@pytest.fixture
def history(client, lead, project):
    client.force_login(lead)

    def get(**query):
        return client.get(reverse("projects:history", args=[project.slug]), query).content.decode()

    return get


def count(project, by, system="windows-server-2019", number=141, **more):
    values = {"system": system, "kind": "server", "count": number}
    return actions.add_row(project=project, table=DEVICES, values=values, by=by, **more)


def record(project, **what):
    with transaction.atomic():
        ledger.record(Project.objects.locked(project.pk), **what)


def test_a_change_is_told_with_before_after_and_why(history, project, lead):
    row = count(project, lead)
    actions.change_row(project=project, table=DEVICES, key=row.key, values={"count": 190}, by=lead, why="Recounted")
    text = history()
    assert "changed Windows Server 2019 in Environment" in text
    assert "Count: 141 →</span> 190" in text
    assert "“Recounted”" in text
    assert "changes what is signed: Environment" in text
    assert f"/plan/environment/#row-{row.key}" in text


def test_what_changed_words_only_is_not_marked(history, project, lead):
    row = count(project, lead)
    actions.change_row(project=project, table=DEVICES, key=row.key, values={"note": "twice"}, by=lead)
    first = history().split('id="entry-')[1]
    assert "twice" in first
    assert "changes what is signed" not in first


def test_a_removed_row_has_no_link_but_keeps_its_words(history, project, lead):
    row = count(project, lead)
    actions.remove_row(project=project, table=DEVICES, key=row.key, by=lead, why="Typed twice")
    first = history().split('id="entry-')[1]
    assert "removed Windows Server 2019 from Environment" in first
    assert "#row-" not in first


def test_filters_by_section_and_by_person(history, project, lead, editor):
    count(project, lead)
    actions.set_aside(
        project=project, table=TABLES["access", "personas"], key="persona-security-analyst", because="None.", by=editor
    )
    text = history(section="access", person=editor.pk)
    assert "said that Security Analyst does not apply (Access)" in text
    assert "Windows Server 2019" not in text
    assert "No entry fits these choices." in history(section="timeline", person=editor.pk)
    assert "No entry fits these choices." in history(person="nobody")


@pytest.mark.parametrize(
    ("verb", "what", "words"),
    [
        ("handed over", {"person": {"name": "Noah Berg"}}, "handed the project over to Noah Berg"),
        ("owner set", {"section": "access", "person": "Priya Nair"}, "made Priya Nair the owner of Access"),
        ("role given", {"person": {"name": "Ines"}, "role": "auditor"}, "gave Ines the role auditor"),
        ("phase started", {"after": "setup"}, "started the phase Setup"),
        (
            "phase started",
            {"after": "setup", "in_spite_of": ["a", "b"]},
            "started the phase Setup in spite of 2 blockers",
        ),
        ("round opened", {"number": 2, "people": ["Dana", "Marcus"]}, "round opened (number: 2; people: Dana, Marcus)"),
        ("role given", {"strange": "shape"}, "role given (strange: shape)"),
        ("added", {"table": "rows", "key": "s-1", "title": "CISO"}, "added CISO to Stakeholders"),
    ],
)
def test_each_verb_is_a_sentence_and_an_unknown_one_is_told_plainly(verb, what, words):
    assert sentence(verb, what, ["stakeholders"]) == words


def test_entries_of_another_app_are_shown_plainly(history, project, lead):
    record(project, by=lead, verb="request withdrawn", number=3, before={"state": "open"}, after={"state": "withdrawn"})
    text = history()
    assert "request withdrawn (number: 3)" in text
    assert "State: open →</span> withdrawn" in text


def test_facts_are_told_in_words(history, project, lead):
    actions.edit_facts(project=project, values={"plan": "P1"}, by=lead)
    text = history()
    assert "changed what the whole plan rests on" in text
    assert "Defender for Endpoint Plan 2 →</span> Defender for Endpoint Plan 1" in text


def test_fifty_to_a_page(history, project, lead):
    for n in range(60):
        record(project, by=lead, verb="noted", n=n)
    assert history().count('id="entry-') == 50
    assert "page=2" in history()
    assert history(page=2).count('id="entry-') >= 10


def test_the_same_queries_at_one_entry_and_at_three(client, project, lead, django_assert_num_queries):
    client.force_login(lead)
    url = reverse("projects:history", args=[project.slug])
    client.get(url)
    for system in ("rhel-8", "rhel-9", "sles-15"):
        count(project, lead, system)
        with django_assert_num_queries(8):
            client.get(url)


def test_the_administrator_of_the_tenant_does_not_read_it(client, project, admin):
    client.force_login(admin)
    assert client.get(reverse("projects:history", args=[project.slug])).status_code == 403


def test_an_import_tells_no_field_that_is_empty_before_and_after(history, project, lead):
    applied(project, lead, intune(windows_11=3))
    text = history()
    assert "Rows read 3, Counted 3" in text
    assert "Windows 11: – →</span>" in text
    assert "– →</span> –" not in text
