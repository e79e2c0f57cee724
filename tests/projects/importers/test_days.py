"""Days as exports write them."""

from __future__ import annotations

from datetime import date

import pytest

from projects.importers.days import NEVER, UNREADABLE, Days, OtherOrder
from tests.projects.importers.given import read


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-05 12:00:00.0000000", date(2026, 11, 5)),
        ("2026-11-05T12:00:00Z", date(2026, 11, 5)),
        ("05.11.2026 16:27:40", date(2026, 11, 5)),
        ("11/5/2026 4:27:40 PM", date(2026, 11, 5)),
        ("2026/11/05", date(2026, 11, 5)),
        ("Nov 5, 2026 4:27:40 PM", date(2026, 11, 5)),
        ("November 5, 2026", date(2026, 11, 5)),
        ("05-Nov-2026 16:27", date(2026, 11, 5)),
        ("5-NOV-2026", date(2026, 11, 5)),
        ("/Date(1793880000000)/", date(2026, 11, 5)),
        ("/Date(1793880000000+0100)/", date(2026, 11, 5)),
    ],
)
def test_a_day_is_read_as_it_is_written(text, day):
    assert Days().moment(text) // 86_400 == day.toordinal()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", 0),
        ("NULL", 0),
        ("n/a", 0),
        ("-", 0),
        ("/Date(-99999999999999)/", NEVER),
        ("5-Now-2026", UNREADABLE),
        ("9999-12-31 23:59:59.9999999", NEVER),
        ("soon", UNREADABLE),
        ("Now 5, 2026", UNREADABLE),
        ("2026-02-30", UNREADABLE),
    ],
)
def test_no_day(text, meaning):
    assert Days().moment(text) == meaning


def test_the_afternoon_is_later_than_the_morning():
    days = Days()
    assert days.moment("11/5/2026 4:27:40 PM") - days.moment("11/5/2026 4:27:40 AM") == 12 * 3600


def test_a_day_that_fits_only_the_other_order_says_so():
    days = Days()
    days.moment("5/6/2026")
    with pytest.raises(OtherOrder):
        days.moment("26/5/2026")


def test_the_order_of_day_and_month_is_taken_from_the_whole_file():
    """3/10 is 3 October here, because 26/5 cannot be the 5th of a 26th month: nobody is left out as not seen."""
    rows = "PC-1,Windows 11 Pro,10.0 (22631),03/10/2026 08:00:00,True\nPC-2,Windows 11 Pro,10.0 (22631),26/05/2026,True"
    found = read(f"Name,OperatingSystem,OperatingSystemVersion,LastLogonDate,Enabled\n{rows}")
    assert (found.counts, found.left_out) == ({"windows-11": 1}, {"not_seen": 1})
