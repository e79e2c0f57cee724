"""Who runs what: shares, the grid of the CDOC, the last day before onboarding, and what causes an impact."""

from __future__ import annotations

from datetime import date

import pytest

from projects.document import rows
from projects.document.sections import Environment
from projects.rules import causes, operations

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(8_173, 8_639, "95 %"), (1, 8_639, "< 1 %"), (5, 0, ""), (0, 5, ""), (5, 5, "100 %")]
)
def test_a_share_is_a_whole_per_cent(part, whole, words):
    assert operations.share(part, whole) == words


def team(tier, place, region="", **more):
    return rows.CdocTeam(
        key=f"cdoc-{tier}-{place.lower()}", tier=tier, run_by="in_house", place=place, region=region, **more
    )


def test_the_grid_has_a_line_per_tier_and_a_column_per_region():
    teams = [
        team(1, "Lisbon"),
        team(2, "Dublin", "EMEA"),
        team(2, "Singapore", "APAC"),
        team(5, "Rome", does_not_apply="x"),
    ]
    tiers = [rows.Tier(key="tier-2", number=2, name="Two"), rows.Tier(key="tier-3", number=3, name="Three")]
    grid = operations.grid_of(teams, tiers)
    assert grid.regions == ("", "EMEA", "APAC")
    found = [
        (
            line.number,
            [[one.place for one in cell] for _region, cell in line.by_region],
            line.access and line.access.key,
        )
        for line in grid.lines
    ]
    assert found == [
        (1, [["Lisbon"], [], []], None),
        (2, [[], ["Dublin"], ["Singapore"]], "tier-2"),
        (3, [[], [], []], "tier-3"),
    ]


def item(phase, **days):
    return rows.TimelineItem(key="x", title="x", phase=phase, **days)


def test_a_task_before_onboarding_is_due_on_the_day_before_the_first_device():
    items = [
        item("onboard", due_on=date(2027, 2, 1)),
        item("onboard", starts_on=date(2027, 1, 11), due_on=date(2027, 3, 1)),
        item("setup", due_on=date(2026, 12, 1)),
    ]
    assert operations.day_before_onboarding(items, TODAY) == date(2027, 1, 10)
    assert operations.day_before_onboarding([], TODAY) == date(2026, 12, 6)


def test_a_cause_is_named_by_its_row_and_words_name_none():
    cause = causes.Cause("environment", "siem", "siem-splunk")
    assert causes.parsed(str(cause)) == cause
    for words in ("", "Splunk", "environment/siem", "environment/siem/", "environment/nothing/x", "nowhere/siem/x"):
        assert causes.parsed(words) is None


def test_a_cause_is_found_by_what_its_row_is_called_now_and_is_none_once_removed():
    splunk = rows.Siem(key="siem-splunk", product="Splunk", version="9.4")
    sections = {"environment": Environment(siem=(splunk,))}
    cause = causes.Cause("environment", "siem", "siem-splunk")
    assert causes.row_of(cause, sections) == splunk
    assert causes.row_of(cause, {"environment": Environment()}) is None
    assert list(causes.possible(sections)) == [("environment", [(cause, "Splunk 9.4")])]
