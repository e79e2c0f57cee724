"""Who runs what around the devices: shares of the management engines, tiers and regions of the CDOC, dated tasks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from projects.document.choices import Cover
from projects.document.rows import CdocTeam, Tier, TimelineItem

AT_NIGHT = {Cover.ALWAYS, Cover.ON_CALL}
DAYS_TO_PREPARE = 14


def share(part: int, whole: int) -> str:
    """A share in whole per cent: "95 %", "< 1 %"; nothing where there is no whole."""
    if not whole or not part:
        return ""
    percent = part * 100 / whole
    return "< 1 %" if percent < 1 else f"{round(percent)} %"


class GridLine(NamedTuple):
    """A tier: its teams by region (every region of the grid is there), and the access tier of the same people."""

    number: int
    by_region: tuple[tuple[str, tuple[CdocTeam, ...]], ...]
    access: Tier | None


class Grid(NamedTuple):
    """Tiers x regions; the region "" stands for every region."""

    regions: tuple[str, ...]
    lines: tuple[GridLine, ...]


def grid_of(teams: Collection[CdocTeam], tiers: Collection[Tier]) -> Grid:
    """The CDOC as a grid: a line for each tier that is named here or in Access, first those regions named first."""
    working = [team for team in teams if not team.does_not_apply]
    regions = tuple(dict.fromkeys(sorted((team.region for team in working), key=bool)))
    access = {tier.number: tier for tier in tiers if not tier.does_not_apply}
    numbers = sorted({team.tier for team in working} | set(access))
    return Grid(
        regions,
        tuple(
            GridLine(
                number,
                tuple(
                    (region, tuple(team for team in working if (team.tier, team.region) == (number, region)))
                    for region in regions
                ),
                access.get(number),
            )
            for number in numbers
        ),
    )


def day_before_onboarding(items: Collection[TimelineItem], today: date) -> date:
    """The last day for what must be done before the first device is onboarded; where no date says, in two weeks."""
    days = [
        day
        for item in items
        if item.phase == "onboard" and not item.does_not_apply
        for day in (item.starts_on, item.due_on)
        if day
    ]
    return min(days) - timedelta(days=1) if days else today + timedelta(days=DAYS_TO_PREPARE)
