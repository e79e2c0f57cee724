"""The page before RBAC is switched on, the ticks of its groups, and the run sheet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from projects import actions
from projects.models import AccessSettings, DeviceGroup
from projects.tables import TABLES
from projects.views.switch import MOST_ON_PAPER
from tenants.models import LedgerEntry
from tests.projects.test_actions_temporary import TODAY
from tests.projects.test_views_temporary import url, words

pytestmark = pytest.mark.django_db
READER = {"persona": "Security Analyst", "entra_role": "security-reader", "assignee": "SOC-Readers", "people": 9}
ADMINS = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "SEC-Admins"}


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def plan(project, lead):
    """Says how RBAC is switched on, and adds who holds what."""

    def write(*assignments, **settings):
        row = AccessSettings.objects.get(project=project)
        values = {"planned": "classic", "planned_on": TODAY + timedelta(days=10), **settings}
        actions.change_row(project=project, table=TABLES["access", "settings"], key=row.key, values=values, by=lead)
        for values in assignments:
            actions.add_row(project=project, table=TABLES["access", "assignments"], values=values, by=lead)

    return write


def existing(project) -> list[str]:
    return list(AccessSettings.objects.get(project=project).existing_groups)


def test_the_answer_stands_first(as_lead, project, plan):
    plan(READER)
    text = words(as_lead.get(url("switch", project)))
    assert "No-go: switching classic RBAC on would lock out SOC-Readers." in text
    assert text.index("No-go") < text.index("Who loses access") < text.index("In this order")
    assert "nothing: locked out" in text
    assert "Turning on classic role-based access cannot be undone." in text
    assert "1 of 1 is not known to exist yet" in text
    assert "Source:" in text


def test_ready_to_go(as_lead, project, plan):
    plan(
        ADMINS,
        planned="unified",
        existing_groups=["sec-admins"],
        administrators=["Ana Ruiz (SEC-Admins)", "Ben Ito (SEC-Admins)"],
        today="basic",
    )
    text = words(as_lead.get(url("switch", project)))
    assert "Go, by this plan: nobody is locked out, every group exists, two administrators are named." in text
    assert "in SEC-Admins, as this plan says" in text


def test_a_group_with_the_role_is_no_administrator_who_is_present(as_lead, project, plan):
    plan(ADMINS, planned="unified", existing_groups=["sec-admins"], administrators=["Ana Ruiz", "Ben Ito"])
    text = words(as_lead.get(url("switch", project)))
    assert "Go, by this plan" not in text
    assert (
        "nobody said whether SEC-Admins has them in it. Look in Entra, then name them as Ana Ruiz (SEC-Admins)" in text
    )


def test_with_nothing_to_switch_on_the_page_says_so(as_lead, project):
    text = words(as_lead.get(url("switch", project)))
    assert "The management model is not chosen yet: there is nothing to switch on." in text
    assert "Change the management model" in text
    assert "Who loses access" not in text
    assert as_lead.get(url("run_sheet", project)).status_code == 200


def test_ticking_a_group_is_on_the_history_and_unticking_takes_it_back(as_lead, project, plan, lead):
    plan(READER, ADMINS)
    shown = {"shown": ["SOC-Readers", "SEC-Admins"]}
    answer = as_lead.post(url("switch_groups", project), {**shown, "exists": ["SEC-Admins"]})
    assert answer.url == url("switch", project)
    assert existing(project) == ["SEC-Admins"]
    entry = LedgerEntry.objects.of(project).order_by("seq").last()
    assert (entry.verb, entry.actor_id, entry.is_material) == ("changed", lead.pk, False)
    as_lead.post(url("switch_groups", project), {**shown, "was": ["SEC-Admins"], "exists": []})
    assert existing(project) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"shown": ["Domain Admins"], "exists": ["Domain Admins"]},
        {"exists": ["SOC-Readers"]},
        {"shown": ["x" * 5000, "\x00", "SOC-Readers\x00"], "exists": ["x" * 5000, "\x00", "SOC-Readers\x00"]},
        {},
    ],
    ids=["no group of the plan", "not shown", "nonsense", "nothing"],
)
def test_a_forged_tick_writes_nothing(as_lead, project, plan, forged):
    plan(READER)
    before = LedgerEntry.objects.of(project).count()
    assert as_lead.post(url("switch_groups", project), forged).status_code == 302
    assert existing(project) == []
    assert LedgerEntry.objects.of(project).count() == before


def test_a_viewer_reads_which_groups_exist_and_ticks_nothing(client, viewer, project, plan):
    plan(READER)
    client.force_login(viewer)
    text = words(client.get(url("switch", project)))
    assert "SOC-Readers: not known to exist yet" in text
    assert 'type="checkbox"' not in text
    assert "Name them" not in text


def test_hostile_names_are_text_and_come_back_as_they_are(as_lead, project, plan):
    name = "\"><script>alert('$(x)`')</script>"
    plan({**READER, "assignee": name})
    for page in ("switch", "run_sheet"):
        assert "<script>alert" not in words(as_lead.get(url(page, project)))
    as_lead.post(url("switch_groups", project), {"shown": [name], "exists": [name]})
    assert existing(project) == [name]


def test_the_run_sheet_has_boxes_for_what_is_to_be_done_and_lines_to_sign(as_lead, project, plan, lead):
    plan(ADMINS, administrators=["Ana Ruiz", "Ben Ito"])
    row = {"rank": 1, "name": "Servers", "granted_to": ["SEC-Admins"]}
    actions.add_row(project=project, table=TABLES["access", "device_groups"], values=row, by=lead)
    text = words(as_lead.get(url("run_sheet", project)))
    for item in ("Ana Ruiz", "SEC-Admins", "1. Servers", "Servers → SEC-Admins", "Turn on roles"):
        assert item in text
    assert text.count('class="box"') >= 8
    assert "Second administrator: name, signature" in text
    assert "data-print" in text


def test_two_thousand_device_groups_make_no_book_of_the_run_sheet(as_lead, project, plan):
    plan(ADMINS)
    DeviceGroup.objects.bulk_create(
        DeviceGroup(project=project, key=f"group-{n}", rank=n, name=f"Group {n}", position=n) for n in range(1, 2_001)
    )
    text = words(as_lead.get(url("run_sheet", project)))
    assert f"and {2_000 - MOST_ON_PAPER} more: see the plan" in text
    assert "2,000 rows on the run sheet" in words(as_lead.get(url("switch", project)))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("switch", 8), ("run_sheet", 8)])
def test_the_pages_ask_the_same_number_of_questions_with_one_group_and_with_three(
    as_lead,
    project,
    plan,
    count,
    page,
    queries,
    django_assert_num_queries,
):
    plan(*({**READER, "assignee": f"Group {n}"} for n in range(count)))
    as_lead.get(url(page, project))
    with django_assert_num_queries(queries):
        assert as_lead.get(url(page, project)).status_code == 200


def test_the_pages_are_of_the_plan(as_lead, project):
    assert reverse("projects:section", args=[project.slug, "access"]) in words(as_lead.get(url("switch", project)))
