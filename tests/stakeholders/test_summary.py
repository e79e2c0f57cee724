"""A section in a few plain numbers, and what changed in it in a few plain lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from projects.document import rows
from stakeholders.rules.changes import Deed, difference
from stakeholders.rules.signoff import compare
from stakeholders.rules.standing import sections_of
from stakeholders.rules.summary import change_lines, headline, in_short
from tests.stakeholders.written import TODAY, licences, servers, written

WINDOWS = servers(335, key="windows", system="windows-server-2019")
OLD = servers(2, key="old", system="windows-server-2008")
LINUX = (servers(34, key="rhel", system="rhel-8"), servers(3, key="centos", system="centos-6"))
CLIENTS = rows.DeviceCount(key="mac", system="macos-14", kind="computer", count=15)
SIGNED, NOW = written(WINDOWS, OLD), written(WINDOWS, OLD, *LINUX)
THEN = datetime(2026, 11, 18, 16, 12, tzinfo=UTC)


def deed(key: str, minutes: int = 0, *, who: str = "Lena Fischer", why: str = "Linux was forgotten.") -> Deed:
    return Deed(seq=10 + minutes, who=who, at=THEN + timedelta(minutes=minutes), why=why, sections=("environment",),
                table="devices", key=key)  # fmt: skip


def told(now=NOW, deeds=(), signed=SIGNED, tolerance=5):
    comparison = compare(signed, now, "environment", tolerance)
    return difference(comparison, deeds, signed=signed, current=now, section="environment")


def test_an_environment_says_how_many_devices_can_and_cannot_be_onboarded():
    figures = in_short(written(CLIENTS, WINDOWS, OLD, *LINUX), "environment")
    assert [(f.number, f.name) for f in figures] == [
        ("389", "devices"), ("369", "can be onboarded"), ("20", "cannot"),
    ]  # fmt: skip
    assert figures[0].text == "15 computers, 0 phones and tablets, 374 servers."
    assert figures[2].text == "15 Macs on macOS 14, 2 Windows Server 2008, 3 CentOS 6."


@pytest.mark.parametrize("kind", ["deployment", "migration"])
def test_every_section_says_something_even_when_it_is_empty(kind):
    document = written(kind=kind)
    for section in sections_of(document):
        assert in_short(document, section)


def test_a_new_system_that_does_not_apply_says_so_instead_of_its_count():
    aside = servers(34, key="rhel", system="rhel-8", does_not_apply="Another product protects them.")
    (group,) = told(now=written(WINDOWS, OLD, aside)).groups
    (line,) = group.lines
    assert (line.sign, line.was, line.now) == ("+", "–", "does not apply")
    assert line.detail == "Another product protects them."


def test_what_changed_is_grouped_by_who_did_it_when_and_why():
    found = told(deeds=[deed("rhel"), deed("centos", minutes=20), deed("windows", minutes=30)])
    (group,) = found.groups
    assert (group.deed.who, group.deed.why) == ("Lena Fischer", "Linux was forgotten.")
    assert [(line.sign, line.what, line.was, line.now, line.note) for line in group.lines] == [
        ("+", "Red Hat Enterprise Linux 8", "–", "34", ""),
        ("+", "CentOS 6", "–", "3", "cannot be onboarded"),
    ]
    assert [(line.what, line.was, line.now) for line in found.sums] == [("Servers in all", "337", "374")]
    assert found.unchanged == 2
    assert found.since == THEN


@pytest.mark.parametrize(
    ("second", "groups"),
    [
        (deed("centos", minutes=59), 1),
        (deed("centos", minutes=61), 2),
        (deed("centos", who="Priya Nair"), 2),
        (deed("centos", why="Another reason."), 2),
    ],
    ids=["the same hour", "later", "somebody else", "another reason"],
)
def test_another_person_reason_or_hour_is_another_group(second, groups):
    assert len(told(deeds=[deed("rhel"), second]).groups) == groups


def test_the_last_deed_on_a_row_is_the_one_that_is_told():
    found = told(now=written(servers(400, key="windows", system="windows-server-2019"), OLD),
                 deeds=[deed("windows", who="Tomás Silva"), deed("windows", minutes=300)])  # fmt: skip
    (group,) = found.groups
    assert group.deed.who == "Lena Fischer"
    assert [(line.what, line.was, line.now) for line in group.lines] == [("Windows Server 2019", "335", "400")]


def test_a_change_without_a_trace_is_still_told():
    found = told()
    assert [group.deed for group in found.groups] == [None]
    assert found.since is None


def test_a_removed_row_says_what_it_was():
    (group,) = told(now=SIGNED, signed=NOW, deeds=[deed("rhel"), deed("centos")]).groups
    assert ("−", "Red Hat Enterprise Linux 8", "34", "–") in [(x.sign, x.what, x.was, x.now) for x in group.lines]


def test_a_row_that_is_no_count_says_its_fields():
    siem = rows.Siem(key="siem", product="Splunk", version="9.3", data_path="streaming API")
    (group,) = told(now=written(WINDOWS, OLD, siem=(siem,))).groups
    (line,) = group.lines
    assert (line.sign, line.what, line.now) == ("+", "Splunk 9.3", "added")
    assert line.detail == "Product: Splunk · Version: 9.3 · How Defender data gets in: streaming API"


def test_wording_and_progress_are_mentioned_and_change_nothing():
    now = written(WINDOWS.replaced(note="Racked."), OLD.replaced(counted_on=TODAY))
    found = told(now=now)
    assert found.is_empty
    assert found.stands
    assert found.wording == ("remark of Windows Server 2019",)
    assert found.progress == ("Windows Server 2008",)


def test_a_fact_of_the_project_is_told_with_who_changed_it():
    about = Deed(seq=5, who="Lena Fischer", at=THEN, why="Set up in the EU.", sections=("environment",))
    found = told(now=written(WINDOWS, OLD, geography="eu"), deeds=[about])
    (group,) = found.groups
    assert group.deed == about
    assert [(line.what, line.was, line.now) for line in group.lines] == [("Where data is kept", "–", "European Union")]


@pytest.mark.parametrize(
    ("old", "is_why"), [(2, True), (5, False)], ids=["drift alone", "beside a change that ends it"]
)
def test_licences_that_turn_short_are_the_reason_only_where_nothing_else_is(old, is_why):
    """Two rows: 335 servers drift by one; the other stays, or moves from 2 to 5."""
    enough = (licences(335),)
    now = written(servers(336, key="windows"), OLD.replaced(count=old), entitlements=enough)
    found = told(now=now, signed=written(WINDOWS, OLD, entitlements=enough))
    assert found.turns_short is is_why
    assert not found.stands


def test_a_mail_tells_sums_and_not_every_row():
    lines = change_lines(compare(SIGNED, NOW, "environment", 5), SIGNED, NOW, "environment")
    assert [(line.what, line.was, line.now) for line in lines] == [
        ("Linux servers", "none", "37"), ("Servers in all", "337", "374"),
    ]  # fmt: skip
    assert headline(lines, ["environment"]) == "server counts changed"
    assert headline(lines, ["environment", "access"]) == ""
