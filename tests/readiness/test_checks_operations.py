"""What is checked about who runs what around the devices: a row per case, judged on the values alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from projects.document import ProjectFacts, rows
from projects.document.sections import Access, Environment, Timeline
from readiness.rules.checks import environment, operations
from readiness.rules.findings import Result, Subject
from stakeholders.document import Document

TODAY = date(2026, 11, 22)
FACTS = ProjectFacts(name="Contoso Endpoint 2027", kind="deployment", plan="P2")


def judged(look: Any, *, today: date = TODAY, tiers: Any = (), items: Any = (), **tables: Any) -> list[Result]:
    """What a check finds in a plan with these rows alone, each given by its fields."""
    kinds = Environment.tables()
    made = {
        name: tuple(kinds[name](key=f"{name}-{n}", **values) for n, values in enumerate(found, start=1))
        for name, found in tables.items()
    }
    document = Document(
        project=FACTS,
        environment=Environment(**made),
        access=Access(tiers=tuple(rows.Tier(key=f"tier-{t['number']}", **t) for t in tiers)),
        timeline=Timeline(items=tuple(rows.TimelineItem(key=f"item-{n}", **i) for n, i in enumerate(items, start=1))),
    )
    found = look(Subject(document=document, standing=None, today=today, owners={}, lead="Lena"))  # type: ignore[arg-type]
    return [found] if isinstance(found, Result) else list(found)


def told(*found: Result) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.title) for one in found]


DEVICES = [
    {"system": "windows-11", "kind": "computer", "count": 90},
    {"system": "rhel-9", "kind": "server", "count": 10},
]
INTUNE = {"engine": "intune", "devices": 90}
LINUX_ALONE = {"engine": "ansible", "devices": 10}
EVERY = "Every counted device has a management engine"


@pytest.mark.parametrize(
    ("engines", "says"),
    [
        pytest.param([INTUNE, LINUX_ALONE], ("pass", EVERY), id="they add up"),
        pytest.param([INTUNE], ("fail", "10 devices have no management engine"), id="servers were forgotten"),
        pytest.param([INTUNE, {**LINUX_ALONE, "devices": 11}],
                     ("fail", "The engines manage 1 device more than there is"), id="counted twice"),
        pytest.param([{"engine": "intune"}], ("does_not_apply", EVERY), id="not counted by engine"),
        pytest.param([INTUNE, {**LINUX_ALONE, "does_not_apply": "No Linux"}],
                     ("fail", "10 devices have no management engine"), id="an engine that does not apply counts not"),
    ],
)  # fmt: skip
def test_shares_of_the_engines_add_up_to_the_estate(engines, says):
    assert told(*judged(operations.engines_add_up_to_the_estate, devices=DEVICES, engines=engines)) == [says]


def team(tier: int, cover: str = "", **more: Any) -> dict[str, Any]:
    return {"tier": tier, "run_by": "in_house", "place": "Dublin", "cover": cover, **more}


def tier(number: int, *groups: str) -> dict[str, Any]:
    return {"number": number, "name": f"Tier {number}", "groups": groups}


SAME = "The tiers of the CDOC are those of Access"


@pytest.mark.parametrize(
    ("cdoc", "tiers", "says"),
    [
        pytest.param([team(1), team(2)], [tier(1, "SOC-1"), tier(2)], ("pass", SAME), id="the same"),
        pytest.param([team(1)], [tier(1), tier(2), tier(3)], ("pass", SAME), id="tiers of the template without groups"),
        pytest.param([team(1), team(4)], [tier(1)],
                     ("fail", "Tier 4 works in the CDOC, and has no permissions in Access"), id="not in Access"),
        pytest.param([team(1)], [tier(1), tier(2, "SOC-2")],
                     ("fail", "Tier 2 has permissions in Access, and nobody works in it"), id="not in the CDOC"),
        pytest.param([], [tier(1)], ("does_not_apply", SAME), id="nothing described"),
    ],
)  # fmt: skip
def test_whoever_works_in_a_tier_has_its_rights_and_the_reverse(cdoc, tiers, says):
    assert told(*judged(operations.tiers_are_the_same_as_in_access, cdoc=cdoc, tiers=tiers)) == [says]


NIGHT = "Alerts are taken at night, and can be escalated"


@pytest.mark.parametrize(
    ("cdoc", "says"),
    [
        pytest.param([team(1, "always"), team(2, "working_hours"), team(3, "on_call")], ("pass", NIGHT),
                     id="around the clock, and somebody above on call"),
        pytest.param([team(1, "always")], ("pass", NIGHT), id="one tier around the clock"),
        pytest.param([team(1, "working_hours"), team(2, "on_call")],
                     ("fail", "At night nobody takes alerts in tier 1"), id="the first tier sleeps"),
        pytest.param([team(1, "always"), team(2), team(3, "working_hours")],
                     ("fail", "At night nobody takes alerts in tier 2, 3"), id="nobody to escalate to"),
        pytest.param([], ("does_not_apply", NIGHT), id="nothing described"),
    ],
)  # fmt: skip
def test_at_night_alerts_are_taken_and_escalated(cdoc, says):
    assert told(*judged(operations.alerts_are_taken_at_night, cdoc=cdoc)) == [says]


SIEM = {"product": "Splunk Enterprise", "version": "9.3", "connected_by": "Priya Nair"}
SEEN = "An alert was seen to arrive in the SIEM, or there is time for it"


@pytest.mark.parametrize(
    ("days_left", "tested_on", "says"),
    [
        pytest.param(12, None, ("pass", SEEN), id="there is time"),
        pytest.param(7, None, ("fail", "Nobody has seen an alert arrive in Splunk Enterprise 9.3"), id="a week is left"),
        pytest.param(-3, None, ("fail", "Nobody has seen an alert arrive in Splunk Enterprise 9.3"), id="over"),
        pytest.param(7, date(2026, 11, 20), ("pass", SEEN), id="tested"),
    ],
)  # fmt: skip
def test_near_the_end_of_prepare_the_siem_is_tested(days_left, tested_on, says):
    items = [{"title": "Prepare ends", "phase": "prepare", "due_on": TODAY + timedelta(days=days_left)}]
    found = judged(operations.siem_is_tested_before_setup, siem=[{**SIEM, "tested_on": tested_on}], items=items)
    assert told(*found) == [says]
    assert found[0].owner == ("Priya Nair" if says[0] == "fail" else "")


def test_without_an_end_of_prepare_or_a_siem_nothing_is_tested_late():
    look = operations.siem_is_tested_before_setup
    assert told(*judged(look, siem=[SIEM])) == [("pass", SEEN)]
    assert told(*judged(look)) == [("does_not_apply", SEEN)]


def test_an_open_impact_has_an_owner_and_a_day():
    runbook = {"what": "Runbook", "area": "process", "caused_by": "Splunk"}
    ready = {"what": "Helpdesk", "area": "process", "owner": "Tomás", "due_on": TODAY}
    look = operations.impacts_have_owner_and_day
    found = judged(look, impacts=[runbook, {**runbook, "owner": "Tomás"}, {**runbook, "done_on": TODAY}, ready])
    assert told(*found) == [("fail", "Nobody owns “Runbook”"), ("fail", "“Runbook” has no day")]
    assert [one.about for one in found] == ["impacts-1", "impacts-2"]
    assert found[0].why == "It must change because of Splunk."
    assert told(*judged(look, impacts=[ready])) == [("pass", "Every dependency has an owner and a day")]
    assert told(*judged(look)) == [("does_not_apply", "Every dependency has an owner and a day")]


@pytest.mark.parametrize(
    ("protection", "says"),
    [
        pytest.param({"kind": "edr", "fate": "keep"}, "CrowdStrike Falcon detects and responds beside Defender on"
                     " Windows clients", id="it is kept"),
        pytest.param({"kind": "edr", "fate": "replace"}, "", id="it is replaced"),
        pytest.param({"kind": "antivirus", "fate": "keep"}, "", id="an antivirus"),
        pytest.param({"kind": "edr", "fate": "keep", "product": "Microsoft Defender for Endpoint"}, "", id="Defender"),
    ],
)  # fmt: skip
def test_no_second_edr_stays_beside_defender(protection, says):
    row = {"platform": "windows_clients", "product": "CrowdStrike Falcon", **protection}
    (found,) = judged(operations.no_second_edr_stays, protections=[row])
    assert (found.title if found.outcome == "fail" else "") == says


def test_what_stays_beside_defender_needs_exclusions():
    row = {"platform": "linux", "product": "Trellix", "fate": "passive"}
    look = operations.exclusions_are_known
    assert told(*judged(look, protections=[row])) == [
        ("fail", "No exclusions are written down for Trellix beside Defender")
    ]
    assert judged(look, protections=[{**row, "exclusions": "/opt/microsoft/mdatp"}])[0].outcome == "pass"
    assert judged(look, protections=[{**row, "fate": "replace"}])[0].outcome == "pass"


def test_servers_beside_another_antivirus_are_proposed_the_task_in_one_click():
    (found,) = judged(
        environment.servers_go_passive_on_a_date,
        protections=[{"platform": "windows_servers", "product": "Trellix", "fate": "passive"}],
    )
    (deed,) = found.deeds
    assert (deed.label, deed.to, deed.args, deed.is_post) == (
        "Propose the task", "projects:propose_task", {"task": "passive_mode"}, True
    )  # fmt: skip


def test_what_could_not_be_placed_is_shown_where_it_stands():
    """Devices of an export wait in a list of their own; a system that somebody typed is a row."""
    known = {"system": "windows-11", "kind": "computer", "count": 90}
    typed = {"system": "plan-9", "other_name": "Plan 9", "kind": "server", "count": 3}
    source = {"name": "Intune", "not_placed": 2}
    assert [deed.row for deed in judged(environment.every_system_is_placed, devices=[known, typed])[0].deeds] == [
        "devices-2"
    ]
    assert [
        deed.row
        for deed in judged(environment.every_system_is_placed, devices=[known, typed], sources=[source])[0].deeds
    ] == ["unplaced"]
