"""What is checked about roles that end and about switching RBAC on: a row per case, judged on the values alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from projects import actions as plan_actions
from projects.document import ProjectFacts, rows
from projects.document.sections import Access
from projects.models import Project
from projects.tables import TABLES
from readiness import actions
from readiness.links import address
from readiness.models import Verdict
from readiness.rules.checks import switch, temporary
from readiness.rules.findings import CHECKS, Result, Subject
from stakeholders.document import Document
from tenants.models import Tenant
from tests.remembered import remembered

TODAY = date(2026, 11, 22)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def role(**more: Any) -> dict[str, Any]:
    values = {"persona": "Administrator", "entra_role": "security-administrator", "assignee": "Ana Ruiz",
              "assignee_kind": "person", "remover": "Cleo Mann"}  # fmt: skip
    return {**values, "duration": "temporary", "ends_on": day(30), **more}


def judged(look: Any, *held: dict[str, Any], settings: Any = None, **subject: Any) -> list[Result]:
    """What a check finds in a plan with these assignments alone."""
    assignments = tuple(rows.Assignment(key=f"role-{n}", **values) for n, values in enumerate(held, start=1))
    document = Document(
        project=ProjectFacts(name="Contoso", kind="deployment", plan="P2"),
        access=Access(assignments=assignments, settings=(rows.AccessSettings(key="s", **(settings or {})),)),
    )
    found = look(Subject(document=document, standing=None, today=TODAY, owners={}, lead="Lena", **subject))  # type: ignore[arg-type]
    return [found] if isinstance(found, Result) else list(found)


def told(*found: Result) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.title) for one in found]


GONE = {"removed_on": day(-1), "removed_by": "Cleo Mann", "evidence": "CHG-1"}
CONFIRMED = {**GONE, "confirmed_on": day(0), "confirmed_by": "Ben"}


@pytest.mark.parametrize(
    ("look", "held", "subject", "says"),
    [
        pytest.param(temporary.temporary_roles_are_removed_in_time, [role(ends_on=day(0))], {},
                     ("pass", "No temporary role is overdue for removal"), id="due today is not overdue"),
        pytest.param(temporary.temporary_roles_are_removed_in_time, [role(ends_on=day(-1))], {},
                     ("fail", "Security Administrator of Ana Ruiz should have been removed"), id="overdue"),
        pytest.param(temporary.temporary_roles_are_removed_in_time, [role(ends_on=day(-1), **GONE)], {},
                     ("pass", "No temporary role is overdue for removal"), id="removed late is removed"),
        pytest.param(temporary.temporary_roles_are_removed_in_time, [role(ends_on=day(-1), does_not_apply="x")], {},
                     ("pass", "No temporary role is overdue for removal"), id="does not apply"),
        pytest.param(temporary.temporary_roles_are_removed_on_their_day, [role(ends_on=day(0))], {},
                     ("fail", "Security Administrator of Ana Ruiz is due for removal today"), id="due today"),
        pytest.param(temporary.temporary_roles_are_removed_on_their_day, [role(ends_on=day(1))], {},
                     ("pass", "No temporary role is due for removal today"), id="due tomorrow"),
        pytest.param(temporary.temporary_roles_are_short, [role(ends_on=day(181))], {},
                     ("fail", "Security Administrator of Ana Ruiz is planned for longer than 180 days"), id="too long"),
        pytest.param(temporary.temporary_roles_are_short, [role(ends_on=day(181))], {"longest_days": 365},
                     ("pass", "No temporary role is held for longer than the tenant allows"), id="a longer policy"),
        pytest.param(temporary.temporary_roles_are_short, [role(starts_on=day(-30), ends_on=day(151))], {},
                     ("fail", "Security Administrator of Ana Ruiz is planned for longer than 180 days"), id="from start"),
        pytest.param(temporary.temporary_roles_have_a_remover, [role(remover="")], {},
                     ("fail", "Nobody is named to remove Security Administrator of Ana Ruiz"), id="no remover"),
        pytest.param(temporary.temporary_roles_have_a_remover, [role(remover="", **GONE)], {},
                     ("pass", "Somebody is named to remove each temporary role"), id="removed without a remover"),
        pytest.param(temporary.removals_are_confirmed, [role(**GONE)], {},
                     ("fail", "The removal of Security Administrator of Ana Ruiz waits for a second person"), id="waits"),
        pytest.param(temporary.removals_are_confirmed, [role(**CONFIRMED), role()], {},
                     ("pass", "Every recorded removal was confirmed by a second person"), id="confirmed"),
        pytest.param(temporary.temporary_access_is_closed, [role(ends_on=day(-9))], {},
                     ("does_not_apply", "Temporary access is removed and confirmed"), id="not asked in Prepare"),
        pytest.param(temporary.temporary_access_is_closed, [role(**GONE), role(**CONFIRMED)], {"phase": "setup"},
                     ("fail", "1 temporary role is still open"), id="open in Setup"),
        pytest.param(temporary.temporary_access_is_closed, [role(), role(**GONE)], {"phase": "onboard"},
                     ("fail", "2 temporary roles are still open"), id="open in Onboard"),
        pytest.param(temporary.temporary_access_is_closed, [role(**CONFIRMED)], {"phase": "onboard"},
                     ("pass", "Temporary access is removed and confirmed"), id="closed"),
    ],
)  # fmt: skip
def test_roles_that_end(look, held, subject, says):
    assert told(*judged(look, *held, **subject)) == [says]


def test_the_closing_gate_lists_what_is_still_open_with_where_it_stands():
    late = role(ends_on=day(-2), assignee="Ben Ito")
    (found,) = judged(temporary.temporary_access_is_closed, late, role(**GONE), phase="setup")
    assert "Security Administrator, Ben Ito (overdue 2 days)" in found.why
    assert "Security Administrator, Ana Ruiz (removed, waits for a second person)" in found.why


@pytest.mark.parametrize(
    "look",
    [
        temporary.temporary_roles_are_removed_in_time, temporary.temporary_roles_are_removed_on_their_day,
        temporary.temporary_roles_are_short, temporary.temporary_roles_have_a_remover, temporary.removals_are_confirmed,
    ],
)  # fmt: skip
def test_each_role_is_a_finding_of_its_own_and_passed_is_said_once(look):
    bad = {
        "temporary_roles_are_removed_in_time": {"ends_on": day(-1)},
        "temporary_roles_are_removed_on_their_day": {"ends_on": day(0)},
        "temporary_roles_are_short": {"ends_on": day(900)},
        "temporary_roles_have_a_remover": {"remover": ""},
        "removals_are_confirmed": GONE,
    }[look.__name__]
    assert [each.about for each in judged(look, role(**bad), role(), role(**bad))] != []
    assert {each.about for each in judged(look, role(**bad), role(**bad))} == {"role-1", "role-2"}
    assert len(judged(look, role(), role())) == 1


def test_overdue_is_a_blocker_and_belongs_to_whoever_removes_it():
    severity = {check.name: str(check.severity) for check in CHECKS}
    assert severity["temporary_roles_are_removed_in_time"] == severity["nobody_is_locked_out"] == "blocker"
    others = ("temporary_roles_are_removed_on_their_day", "temporary_roles_are_short", "temporary_roles_have_a_remover",
              "removals_are_confirmed", "temporary_access_is_closed", "access_switch_is_prepared")  # fmt: skip
    assert {severity[name] for name in others} == {"warning"}
    (found,) = judged(temporary.temporary_roles_are_removed_in_time, role(ends_on=day(-1)))
    assert (found.owner, found.since) == ("Cleo Mann", day(-1))


# The switch -----------------------------------------------------------------------------------------------------------
READER = {"persona": "Analyst", "entra_role": "security-reader", "assignee": "SOC-Readers"}
ADMINS = {"persona": "Administrator", "entra_role": "security-administrator", "assignee": "SEC-Admins"}
READY = {
    "administrators": ("Ana (SEC-Admins)", "Ben (SEC-Admins)"),
    "today": "basic",
    "existing_groups": ("SEC-Admins",),
}
NOBODY, PREPARED = "Nobody is locked out when RBAC is switched on", "The switch to RBAC is prepared"


@pytest.mark.parametrize(
    ("look", "held", "planned", "says"),
    [
        pytest.param(switch.nobody_is_locked_out, [READER], {"planned": "classic"},
                     ("fail", "Switching classic RBAC on would lock out SOC-Readers"), id="a reader, classic"),
        pytest.param(switch.nobody_is_locked_out, [{**READER, "role": "Analysts"}], {"planned": "classic"},
                     ("pass", NOBODY), id="a reader with a role"),
        pytest.param(switch.nobody_is_locked_out, [READER], {"planned": "unified"}, ("pass", NOBODY), id="unified"),
        pytest.param(switch.nobody_is_locked_out, [{**READER, "entra_role": "", "role": "Analysts"}],
                     {"today": "classic", "planned": "unified"},
                     ("fail", "Switching unified RBAC on would lock out SOC-Readers"), id="a role left behind"),
        pytest.param(switch.nobody_is_locked_out, [READER], {"planned": "basic"}, ("does_not_apply", NOBODY), id="basic"),
        pytest.param(switch.nobody_is_locked_out, [READER], {"today": "classic", "planned": "classic"},
                     ("does_not_apply", NOBODY), id="switched on already"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned": "unified", "planned_on": day(30)},
                     ("fail", "The switch to unified RBAC on 22 Dec 2026 is not prepared"), id="thirty days before"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned": "unified", "planned_on": day(31)},
                     ("does_not_apply", PREPARED), id="thirty-one days before"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned": "classic", "planned_on": day(-5)},
                     ("fail", "The switch to classic RBAC on 17 Nov 2026 is not prepared"), id="its day is over"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned": "unified"},
                     ("does_not_apply", PREPARED), id="no day"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned_on": day(1)},
                     ("does_not_apply", PREPARED), id="no model"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS], {"planned": "unified", "planned_on": day(1), **READY},
                     ("pass", PREPARED), id="prepared"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS, READER],
                     {"planned": "unified", "planned_on": day(1), **READY},
                     ("fail", "The switch to unified RBAC on 23 Nov 2026 is not prepared"), id="a group is missing"),
        pytest.param(switch.access_switch_is_prepared, [ADMINS],
                     {"planned": "unified", "planned_on": day(1), **READY, "administrators": ("Ana (SEC-Admins)",)},
                     ("fail", "The switch to unified RBAC on 23 Nov 2026 is not prepared"), id="one administrator"),
    ],
)  # fmt: skip
def test_switching_rbac_on(look, held, planned, says):
    assert told(*judged(look, *held, settings=planned)) == [says]


def test_what_is_lacking_is_named():
    settings = {"planned": "classic", "planned_on": day(1)}
    (found,) = judged(switch.access_switch_is_prepared, ADMINS, READER, settings=settings)
    assert "2 groups are not known to exist yet" in found.why
    assert "Groups: SEC-Admins, SOC-Readers." in found.why
    assert "no administrator is named" in found.why


# In the verdict -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_deed_of_these_findings_leads_somewhere(project, lead):
    held = [role(ends_on=day(-1)), role(ends_on=day(0)), role(ends_on=day(900), remover=""), role(**GONE)]
    settings = {"planned": "classic", "planned_on": day(1)}
    looks = [check.look for check in CHECKS if check.look.__module__ in (temporary.__name__, switch.__name__)]
    found = [each for look in looks for each in judged(look, *held, READER, settings=settings, phase="setup")]
    deeds = [deed for each in found for deed in each.deeds]
    assert len(deeds) >= 8
    for deed in deeds:
        assert address({"to": deed.to, "args": dict(deed.args), "row": deed.row}, project.slug).startswith("/projects/")


def titles(project) -> list[str]:
    found = actions.present_verdict(Project.objects.select_related("tenant", "lead").get(pk=project.pk))
    return [f["title"] for f in found.payload["findings"] if f["state"] == "fail"]


TOO_LONG = "Security Administrator of Ana Ruiz is planned for longer than 30 days"


@pytest.fixture
@remembered
def planned(project, lead):
    values = role(ends_on=date.today() + timedelta(days=100))
    plan_actions.add_row(project=project, table=TABLES["access", "assignments"], values=values, by=lead)
    actions.recompute(project.pk)
    return project


@pytest.mark.django_db
def test_a_verdict_moves_with_the_policy_of_its_tenant(planned, tenant):
    assert TOO_LONG not in titles(planned)
    assert planned.pk not in actions.behind(limit=10)
    assert Verdict.objects.fresh().filter(project=planned).exists()
    plan_actions.set_access_policy(tenant=tenant, values={"longest_days": 30}, by=None)
    assert not Verdict.objects.fresh().filter(project=planned).exists()
    assert planned.pk in actions.behind(limit=10)
    assert TOO_LONG in titles(planned)
    assert planned.pk not in actions.behind(limit=10)
    assert Verdict.objects.get(project=planned).policy_version == "30"


@pytest.mark.django_db
def test_a_verdict_does_not_move_with_what_it_does_not_rest_on(planned, tenant, other_tenant):
    plan_actions.set_access_policy(tenant=tenant, values={"remind_days": 3}, by=None)
    plan_actions.set_access_policy(tenant=other_tenant, values={"longest_days": 30}, by=None)
    assert planned.pk not in actions.behind(limit=10)
    assert Verdict.objects.fresh().filter(project=planned).exists()
    assert Tenant.objects.get(pk=tenant.pk).access_policy.longest_days == 180
