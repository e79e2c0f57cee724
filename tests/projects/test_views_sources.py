"""Sources side by side on a page; what choosing does to signatures; the pictures of the counts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from projects import actions
from projects.document.sections import Environment
from projects.models import DeviceCount, Source
from projects.rules.count_history import counted_by_day
from projects.rules.sources import counted_as, kind_of, side_by_side, system_values
from projects.tables import TABLES
from readiness.actions import ask_for_approval
from stakeholders.actions import decide
from stakeholders.models import Request
from tests.projects.exports import applied, intune, uploaded
from tests.remembered import remembered

DEVICES = TABLES["environment", "devices"]
OTHER = "Configuration Manager"


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
@remembered
def two(project, lead):
    applied(project, lead, intune(windows_11=300, ios=5))
    applied(project, lead, intune(windows_11=340, windows_10=4), source=OTHER)
    return project


def at(project, name, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def flat(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_sources_stand_side_by_side_with_the_difference_and_a_choice(signed_in, two):
    text = flat(signed_in.get(at(two, "sources")))
    assert "Of record for computers" in text
    assert 'name="kind-computer" value="Configuration Manager"' in text
    assert 'name="system-windows-11" value="Intune"' in text
    assert 'name="system-ios"' not in text
    assert "+13.3 %" in text
    section = flat(signed_in.get(at(two, "section", "environment")))
    assert "Sources do not agree" in section
    assert "Intune 300 (of record, it was first), Configuration Manager 340" in section


def test_choosing_changes_the_counts_and_says_how_many(signed_in, two):
    answer = signed_in.post(at(two, "choose_sources"), {"kind-computer": OTHER, "system-windows-11": ""}, follow=True)
    assert "2 counts follow their source now." in flat(answer)
    assert DeviceCount.objects.get(project=two, system="windows-11").count == 340
    assert "Sources do not agree" not in flat(signed_in.get(at(two, "section", "environment")))
    again = signed_in.post(at(two, "choose_sources"), {"kind-computer": OTHER}, follow=True)
    assert "No count changes by it." in flat(again)


def test_a_source_that_is_none_is_not_chosen(signed_in, two):
    signed_in.post(at(two, "choose_sources"), {"kind-computer": "Nobody", "other": OTHER})
    assert not Source.objects.exclude(of_record_for=[]).exists()


def test_what_a_chosen_source_lacks_is_taken_over_from_the_page(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3))
    actions.choose_sources(project=project, chosen={"computer": "Intune"}, by=lead)
    applied(project, lead, intune(windows_10=4, windows_11=3), source=OTHER)
    assert "Windows 10" in flat(signed_in.get(at(project, "section", "environment")))
    assert "not in the plan: the source of record has none" in flat(signed_in.get(at(project, "sources")))
    signed_in.post(at(project, "choose_sources"), {"system-windows-10": OTHER})
    assert DeviceCount.objects.get(project=project, system="windows-10").count == 4


def test_one_source_alone_is_not_asked_about(signed_in, project, lead):
    applied(project, lead, intune(windows_11=3))
    text = flat(signed_in.get(at(project, "sources")))
    assert "there is nothing to choose" in text
    assert "Use these sources" not in text
    assert "Sources side by side" not in flat(signed_in.get(at(project, "section", "environment")))


def test_a_viewer_reads_and_does_not_choose(client, two, viewer):
    client.force_login(viewer)
    assert 'type="radio"' not in client.get(at(two, "sources")).content.decode()
    assert client.post(at(two, "choose_sources"), {}).status_code == 403


@pytest.mark.parametrize("systems", [{"windows_11": 1}, {"windows_11": 1, "windows_10": 2, "ios": 3}])
def test_the_page_asks_the_same_however_many_systems(signed_in, project, lead, systems, django_assert_num_queries):
    applied(project, lead, intune(**systems))
    applied(project, lead, intune(**{name: n + 1 for name, n in systems.items()}), source=OTHER)
    signed_in.get(at(project, "sources"))
    with django_assert_num_queries(20):
        signed_in.get(at(project, "sources"))


# A typed count --------------------------------------------------------------------------------------------------------
def test_typing_over_a_source_asks_why_and_shows_it_beside_what_the_source_says(signed_in, two):
    row = DeviceCount.objects.get(project=two, system="windows-11")
    edit = at(two, "row_edit", "environment", "devices", row.key)
    told = {"count": "320", "source": "Intune", "counted_on": "", "note": "", "seen": row.changed_seq}
    refused = signed_in.post(edit, told)
    assert refused.status_code == 422
    assert "Intune says 300. Say why this count is right instead" in refused.content.decode()
    signed_in.post(edit, {**told, "why": "Two offices report late."})
    text = flat(signed_in.get(at(two, "section", "environment")))
    assert "typed: Two offices report late. Intune says 300." in text


# Signatures -----------------------------------------------------------------------------------------------------------
@pytest.fixture
@remembered
def signed(two, lead, ciso):
    ask_for_approval(project=two, sections=["environment"], due_on=date(2027, 1, 15), by=lead)
    request = Request.objects.get(stakeholder_key="role-ciso")
    two.refresh_from_db()
    read = {"environment": two.digests["environment"]}
    decide(request=request, by=ciso, answers={"environment": "approve"}, read=read, authenticated_by="code")
    return two


@pytest.mark.parametrize(
    ("systems", "said"),
    [
        ({"windows_11": 300, "ios": 5}, "No count changes, so no signature is touched."),
        ({"windows_11": 303, "ios": 5},
         "Environment stays approved, because no count moves by more than 5 % and no system is new."),
        ({"windows_11": 400, "ios": 5},
         "The signature of Dana Reyes on Environment ends, because Windows 11 300 → 400 is +33.3 %."),
        ({"windows_11": 300, "ios": 5, "server_2019": 2}, "ends, because Windows Server 2019 is new."),
        ({"windows_11": 300}, "ends, because iOS, iPadOS is gone."),
    ],
    ids=["same", "within", "beyond", "new", "gone"],
)  # fmt: skip
def test_a_preview_says_what_applying_does_to_signatures(signed_in, signed, lead, systems, said):
    row = uploaded(signed, lead, intune(**systems) + b"\n")
    assert said in flat(signed_in.get(at(signed, "import", row.pk)))


def test_taking_over_is_part_of_what_is_said(signed_in, signed, lead):
    row = uploaded(signed, lead, intune(windows_11=400, windows_10=4), source=OTHER)
    url = at(signed, "import_effect", row.pk)
    assert "No count changes" in flat(signed_in.get(url))
    assert "300 → 400" in flat(signed_in.get(url, {"take_over": ["windows-11"]}))
    assert "300 → 340" in flat(signed_in.get(at(signed, "sources_effect"), {"kind-computer": OTHER}))


def test_what_was_said_of_signatures_is_what_happens(signed_in, signed, lead):
    from stakeholders.states import section_standing

    row = uploaded(signed, lead, intune(windows_11=303, ios=5))
    actions.apply_import(device_import=row, by=lead)
    signed.refresh_from_db()
    assert [s.covers for s in section_standing(signed, "environment").of_section("environment") if s.vote] == [True]
    actions.apply_import(device_import=uploaded(signed, lead, intune(windows_11=400, ios=5)), by=lead)
    signed.refresh_from_db()
    assert [s.covers for s in section_standing(signed, "environment").of_section("environment") if s.vote] == [False]


def test_the_signatures_beside_a_row_just_saved_are_those_after_it(signed_in, signed):
    row = DeviceCount.objects.get(project=signed, system="windows-11")
    typed = {"count": "400", "source": "Intune", "counted_on": "", "note": "", "seen": row.changed_seq, "why": "Late."}
    edit = at(signed, "row_edit", "environment", "devices", row.key)
    page = signed_in.post(edit, typed, headers={"HX-Request": "true"}).content.decode()
    strip = page.split('id="section-signatures"')[1].split('id="table-')[0]
    assert "Out of date since" in strip


def test_when_nobody_signed_nothing_ends(signed_in, two, lead):
    row = uploaded(two, lead, intune(windows_11=400, ios=5))
    assert "Nobody has signed Environment yet, so nothing ends." in flat(signed_in.get(at(two, "import", row.pk)))


# Pictures -------------------------------------------------------------------------------------------------------------
def test_every_system_has_a_bar_on_one_scale_in_the_colour_of_its_support(signed_in, two, lead):
    values = {"system": "windows-server-2008", "kind": "server", "count": 150, "source": "by hand"}
    actions.add_row(project=two, table=DEVICES, by=lead, values=values)
    text = flat(signed_in.get(at(two, "section", "environment")))
    picture = text[text.index('id="systems-picture"') : text.index("</figure>", text.index('id="systems-picture"'))]
    rects = re.findall(r'aria-label="([^"]*)"><rect class="([^"]*)" x="0.0" y="0" width="([\d.]*)"', picture)
    assert ("Windows 11: built in", "bar-as-is", "1000.0") in rects
    assert ("Windows Server 2008: cannot be onboarded", "bar-cannot", "500.0") in rects
    assert "style=" not in picture


def test_how_the_counts_moved_is_a_picture_and_a_table(signed_in, two):
    text = flat(signed_in.get(at(two, "section", "environment")))
    assert 'id="history-picture"' not in text  # one day is no history


def entry(day, key, after, before=None):
    return date(2026, 11, day), {"key": key, "after": after, "before": before}


def test_the_counts_of_each_day_are_replayed_from_the_history():
    found = counted_by_day(
        [
            entry(5, "a", {"kind": "computer", "count": 10, "source": "Intune"}),
            entry(5, "b", {"kind": "server", "count": 3, "source": OTHER}),
            entry(6, "a", {"note": "a remark"}),
            entry(7, "a", {"count": 12}, {"count": 10}),
            entry(8, "b", None, {"kind": "server", "count": 3, "source": OTHER}),
            entry(9, "a", {"does_not_apply": "None of these."}),
        ]
    )
    assert [(one.day.day, one.total, one.by_kind["server"]) for one in found] == [
        (5, 13, 3), (7, 15, 3), (8, 12, 0), (9, 0, 0),
    ]  # fmt: skip
    assert found[0].sources == ("Intune", OTHER)


# The rules behind -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("system", ["windows-11", "rhel-9", "ios", "other:server:Solaris: 11", "other:mobile:Zebra"])
def test_a_row_is_named_as_its_source_names_it(system):
    from projects.document.rows import DeviceCount as Row

    row = Row(key="a", count=1, **system_values(system))
    assert (counted_as(row), row.kind) == (system, kind_of(system))


def test_nothing_counted_stands_beside_nothing():
    found = side_by_side(Environment())
    assert (found.sources, found.lines, found.overlaps, found.lost) == ((), (), (), ())
