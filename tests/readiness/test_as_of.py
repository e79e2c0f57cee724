"""A project as of a day: what it says is what was there, and where that is not known it says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from projects import access, ledger
from projects import actions as plan_actions
from projects.document import digest
from projects.models import DeviceCount, Project
from projects.tables import TABLES
from readiness.actions import ask_for_approval, recompute
from readiness.as_of import LOST, REBUILT, REVISION, SAME, NotThereYet, as_of
from readiness.models import VerdictChange
from readiness.rules.rewind import undone
from stakeholders import actions as stakeholders
from stakeholders.models import Condition, Request
from stakeholders.plan import as_plain, load
from stakeholders.rules.standing import State, sections_of
from tenants import clock
from tenants.models import LedgerEntry, User
from tests.conftest import make_person
from tests.projects.test_actions_imports import applied, intune
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, signed_in

pytestmark = pytest.mark.django_db
DEVICES = TABLES["environment", "devices"]
FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def on(days: int):
    """That many days after the project was made."""
    return clock.set_to(FIRST + timedelta(days=days))


def day(days: int) -> date:
    return (FIRST + timedelta(days=days)).date()


@pytest.fixture
@remembered
def story(tenant):
    """Made on day 0, servers on day 1, asked on day 2, approved on day 3, Linux on day 5, a row removed on day 6."""
    with on(0):
        lead = make_person(tenant, "Lena Fischer")
        project = stakeholders.start_project(tenant=tenant, lead=lead, by=lead, name="Endpoint", kind="deployment")
        stakeholders.assign(project=project, key="role-ciso", email="dana@contoso.example", name="Dana Reyes", by=lead)
        dana = User.objects.create_user("dana@contoso.example", name="Dana Reyes")
    kept = {}

    def keep(number: int) -> None:
        recompute(project.pk)
        fresh = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
        kept[number] = as_plain(load([fresh])[fresh.pk], fresh)

    with on(0):
        keep(0)
    with on(1):
        servers = {"system": "windows-server-2019", "kind": "server", "count": 100, "source": "CM"}
        row = plan_actions.add_row(project=project, table=DEVICES, values=servers, by=lead)
        keep(1)
    with on(2):
        ask_for_approval(project=project, sections=["environment"], due_on=day(30), by=lead)
        keep(2)
    with on(3):
        answer(Request.objects.select_related("round").get(), dana)
        keep(3)
    with on(5):
        values = {"system": "rhel-8", "kind": "server", "count": 9, "source": "by hand"}
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
        plan_actions.edit_facts(project=project, values={"geography": "eu"}, by=lead)
        keep(5)
    with on(6):
        plan_actions.remove_row(project=project, table=DEVICES, key=row.key, by=lead)
        keep(6)
    return Project.objects.select_related("tenant", "lead").get(pk=project.pk), kept, lead


def plain(document, project):
    """Without the order of rows, which is wording."""
    body = as_plain(document, project)
    return {s: {t: sorted(map(str, rows)) for t, rows in v.items()} if s not in ("schema", "project") else v
            for s, v in body.items()}  # fmt: skip


def ordered(body):
    return {s: {t: sorted(map(str, rows)) for t, rows in v.items()} if s not in ("schema", "project") else v
            for s, v in body.items()}  # fmt: skip


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 6])
def test_the_plan_of_every_day_is_rebuilt_word_for_word(story, number):
    project, kept, _lead = story
    with on(8):
        then = as_of(project, day(number))
    assert plain(then.document, project) == ordered(kept[number])
    assert then.is_exact
    for name in sections_of(then.document):
        assert digest(name, then.document.section(name), then.document.project) == then.standing.digests[name]


def test_an_applied_import_is_taken_back_as_a_whole(project, lead):
    applied(project, lead, intune(windows_11=3, windows_10=4))
    before = as_plain(load([project])[project.pk], project)["environment"]
    applied(project, lead, intune(windows_11=5, ios=1))
    body = json.loads(LedgerEntry.objects.of(project).order_by("seq").last().body)
    assert body["verb"] == "imported"
    then = undone(as_plain(load([project])[project.pk], project), [body])["environment"]
    for table in ("devices", "sources"):
        assert {row["key"]: row for row in then[table]} == {row["key"]: row for row in before[table]}


def test_signatures_and_status_are_those_of_the_day(story):
    project, _kept, _lead = story
    states = {}
    with on(8):
        for number in (1, 2, 3, 5):
            then = as_of(project, day(number))
            states[number] = then.standing.signatures["environment"][0].state
            assert then.is_as_remembered, number
    assert states == {1: State.NOT_ASKED, 2: State.PENDING, 3: State.APPROVED, 5: State.OUT_OF_DATE}


def test_what_is_kept_with_the_project_is_reckoned_from_its_history(story):
    project, _kept, _lead = story
    with on(8):
        then = as_of(project, day(8))
    assert {name: set(who) for name, who in then.standing.authors.items() if who} == {
        name: set(who) for name, who in project.authors.items()
    }
    assert then.standing.signed_off == project.signed_off


def test_an_approver_who_wrote_it_was_not_waited_for_on_that_day(story, tenant):
    """And a condition that was accepted later, and an answer that was taken back, are as they were."""
    project, _kept, lead = story
    marcus = make_person(tenant, "Marcus Webb")
    with on(9):
        stakeholders.assign(project=project, key="role-head-of-cdoc", email=marcus.email, name="Marcus", by=lead)
        access.grant(project=project, user=marcus, role="editor", by=lead)
        values = {"system": "rhel-9", "kind": "server", "count": 5, "source": "by hand"}
        round_ = ask_for_approval(project=project, sections=["environment"], due_on=day(30), by=lead)
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=marcus)
    dana = User.objects.get(email="dana@contoso.example")
    request = Request.objects.select_related("round").get(round=round_, email=dana.email)
    with on(10):
        condition = stakeholders.OnCondition("Count again", "Lena Fischer", day(20))
        answer(request, dana, "conditions", condition=condition)
    with on(12):
        stakeholders.accept_condition(condition=Condition.objects.get(), by=dana)
    with on(14):
        stakeholders.take_back(request=request, by=dana, because="No.", authenticated_by="code")
    found = {}
    with on(16):
        for number in (9, 11, 12, 15):
            then = as_of(project, day(number)).standing
            states = {s.row.name: s.state for s in then.signatures["environment"]}
            found[number] = (states["Dana Reyes"], then.is_signed("environment"), bool(then.asks))
    assert found == {
        9: (State.OUT_OF_DATE, False, True),
        11: (State.CONDITIONAL, True, True),
        12: (State.APPROVED, True, True),
        15: (State.WITHDRAWN, False, True),
    }
    with on(16):
        then = as_of(project, day(15)).standing
    assert {ask.email for ask in then.asks} == {dana.email, marcus.email}
    kept = Project.objects.get(pk=project.pk).signed_off
    assert then.signed_off == kept
    assert set(kept) == {"environment"}


def test_it_says_what_each_section_rests_on(story):
    project, _kept, _lead = story
    with on(8):
        kinds = {basis.section: (basis.kind, basis.changes) for basis in as_of(project, day(3)).bases}
        assert kinds["environment"] == (REBUILT, 3)
        assert {basis.kind for basis in as_of(project, day(6)).bases} == {SAME}


def test_a_history_that_cannot_be_taken_back_falls_back_to_what_was_frozen_or_says_that_it_is_lost(story):
    """A whole plan was imported over it: only what was frozen when approval was asked is still there."""
    project, _kept, lead = story
    with on(9):
        locked = Project.objects.select_for_update().get(pk=project.pk)
        DeviceCount.objects.filter(project=project).delete()
        ledger.record(locked, by=lead, verb="plan imported", sections=["environment"])
    project.refresh_from_db()
    with on(10):
        asked = {basis.section: basis for basis in as_of(project, day(2)).bases}
        assert (asked["environment"].kind, asked["environment"].revision) == (REVISION, 1)
        assert as_of(project, day(2)).document.environment.devices[0].count == 100
        lost = {basis.section: basis.kind for basis in as_of(project, day(6)).bases}
        assert lost["environment"] == LOST


def test_a_day_before_the_project_is_named(story):
    with on(8), pytest.raises(NotThereYet) as before:
        as_of(story[0], day(-1))
    assert before.value.first == day(0)


def test_the_day_ends_in_the_time_zone_of_the_tenant(tenant, story):
    project, _kept, _lead = story
    project.tenant.time_zone = "Pacific/Auckland"  # day 1, 09:00 UTC is 22:00 there
    with on(8):
        assert as_of(project, day(0)).entry.seq < as_of(project, day(1)).entry.seq
        project.tenant.time_zone = "Pacific/Kiritimati"
        assert as_of(project, day(1)).entry.at.astimezone(UTC).date() == day(1)


def test_where_the_rules_say_otherwise_today_what_was_written_down_is_shown(story, client):
    project, _kept, lead = story
    VerdictChange.objects.filter(project=project).update(blockers=["a_rule_of_old"], state="almost_ready")
    with on(8):
        text = signed_in(lead).get(f"/projects/{project.slug}/as-of/?day={day(3)}").content.decode()
    assert "1 blocker stood" in text
    assert "a_rule_of_old" in text
    assert "Today’s rules would say otherwise" in text


def test_the_page_leads_from_change_to_change(story):
    project, _kept, lead = story
    with on(8):
        text = signed_in(lead).get(f"/projects/{project.slug}/as-of/?day={day(4)}").content.decode()
    assert f'href="?day={day(3)}"' in text
    assert f'href="?day={day(5)}"' in text
    assert "entry" in text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("2126-01-01", "This day is still to come."),
        ("yesterday", "Enter a valid date."),
        ("", "This field is required."),
        ("2020-01-01", "before that there is nothing to show"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(story, asked, says):
    project, _kept, lead = story
    answer_ = signed_in(lead).get(f"/projects/{project.slug}/as-of/", {"day": asked})
    assert answer_.status_code == 200
    assert says in answer_.content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_the_same_number_of_questions_with_one_row_and_with_three(story, more, django_assert_num_queries):
    project, _kept, lead = story
    with on(7):
        for n in range(more):
            values = {"system": f"debian-{11 + n}", "kind": "server", "count": 1}
            plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    client = signed_in(lead)
    where = f"/projects/{project.slug}/as-of/?day={day(3)}"
    with on(8):
        client.get(where)
        with django_assert_num_queries(AS_OF):
            assert client.get(where).status_code == 200
    assert LedgerEntry.objects.of(project).exists()


# session, person, project, administered, permissions; history; plan, decisions, requests, who asked, revisions; status,
# owners; the days around
AS_OF = 37
