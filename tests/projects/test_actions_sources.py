"""Sources side by side: which is of record, what follows at once, and what is never dropped."""

from __future__ import annotations

import json
from datetime import date

import pytest

from projects import actions
from projects.models import DeviceCount, Project, Source
from projects.rules.sources import side_by_side
from projects.tables import TABLES
from tenants import ledger
from tenants.models import LedgerEntry, User
from tests.projects.exports import applied, intune, uploaded
from tests.remembered import remembered

DEVICES = TABLES["environment", "devices"]
INTUNE, OTHER = "Intune", "Configuration Manager"


def counts(project: Project) -> dict[str, tuple[int, str]]:
    return {row.system: (row.count, row.source) for row in DeviceCount.objects.filter(project=project)}


@pytest.fixture
@remembered
def two(project, lead):
    """Intune first; then Configuration Manager, which counts Windows 11 too, and alone has Windows 10."""
    applied(project, lead, intune(windows_11=30, ios=5))
    applied(project, lead, intune(windows_11=34, windows_10=4), source=OTHER)
    return project


def sides(project):
    return side_by_side(actions.counted(project))


def test_the_first_export_asks_nothing(project, lead):
    applied(project, lead, intune(windows_11=30, ios=5))
    assert (sides(project).undecided, sides(project).lost, sides(project).overlaps) == ((), (), ())


def test_whoever_counts_a_system_first_is_of_record_and_sources_are_never_added(two):
    assert counts(two) == {"windows-11": (30, INTUNE), "ios": (5, INTUNE)}


def test_what_the_source_of_a_kind_lacks_is_offered_and_never_dropped(two, lead):
    assert [line.system for line in sides(two).lost] == ["windows-10"]
    row = uploaded(two, lead, intune(windows_11=34, windows_10=5), source=OTHER)
    actions.apply_import(device_import=row, take_over=["windows-10"], by=lead)
    assert counts(two) == {"windows-11": (30, INTUNE), "ios": (5, INTUNE), "windows-10": (5, OTHER)}


def test_each_source_keeps_what_it_counts_also_where_another_is_of_record(two):
    found = sides(two)
    assert found.sources == (INTUNE, OTHER)
    told = {line.system: [one.count for one in line.counts] for line in found.lines}
    assert told == {"windows-11": [30, 34], "windows-10": [None, 4], "ios": [5, None]}
    (line,) = found.undecided
    assert (line.system, [one.percent for one in line.counts]) == ("windows-11", ["", "+13.3"])


def test_choosing_a_source_for_a_kind_replaces_its_counts_and_drops_nothing_that_another_alone_has(two, lead):
    actions.choose_sources(project=two, chosen={"computer": OTHER}, by=lead)
    assert counts(two) == {"windows-11": (34, OTHER), "ios": (5, INTUNE), "windows-10": (4, OTHER)}
    actions.choose_sources(project=two, chosen={"computer": INTUNE}, by=lead)
    assert counts(two) == {"windows-11": (30, INTUNE), "ios": (5, INTUNE), "windows-10": (4, OTHER)}
    assert sides(two).undecided == ()


def test_a_source_is_chosen_for_one_system(two, lead):
    actions.choose_sources(project=two, chosen={"computer": INTUNE, "windows-11": OTHER}, by=lead)
    assert counts(two)["windows-11"] == (34, OTHER)
    assert Source.objects.get(project=two, name=OTHER).of_record_for == ["windows-11"]
    actions.choose_sources(project=two, chosen={"windows-11": ""}, by=lead)
    assert counts(two)["windows-11"] == (30, INTUNE)


def test_choosing_what_is_chosen_already_writes_nothing(two, lead):
    actions.choose_sources(project=two, chosen={"computer": OTHER}, by=lead)
    seq = Project.objects.get(pk=two.pk).ledger_seq
    assert actions.choose_sources(project=two, chosen={"computer": OTHER}, by=lead) == ()
    assert Project.objects.get(pk=two.pk).ledger_seq == seq


def test_a_source_that_was_never_read_is_not_chosen(two, lead):
    with pytest.raises(ValueError, match="Ansible"):
        actions.choose_sources(project=two, chosen={"server": "Ansible"}, by=lead)


def test_the_next_import_keeps_to_the_choice(two, lead):
    actions.choose_sources(project=two, chosen={"computer": OTHER}, by=lead)
    applied(two, lead, intune(windows_11=31, ios=6))
    assert counts(two) == {"windows-11": (34, OTHER), "ios": (6, INTUNE), "windows-10": (4, OTHER)}
    applied(two, lead, intune(windows_11=35, windows_10=4), source=OTHER)
    assert counts(two)["windows-11"] == (35, OTHER)


def test_what_the_chosen_source_lacks_is_offered_and_not_taken_unasked(project, lead):
    applied(project, lead, intune(windows_11=30))
    actions.choose_sources(project=project, chosen={"computer": INTUNE}, by=lead)
    row = uploaded(project, lead, intune(windows_10=4), source=OTHER)
    (change,) = actions.changes_of(row)
    assert (change.what, change.system, change.was, change.now, change.held_by) == (
        "elsewhere", "windows-10", None, 4, INTUNE,
    )  # fmt: skip
    actions.apply_import(device_import=row, by=lead)
    assert "windows-10" not in counts(project)
    assert [line.system for line in sides(project).lost] == ["windows-10"]
    actions.choose_sources(project=project, chosen={"windows-10": OTHER}, by=lead)
    assert counts(project)["windows-10"] == (4, OTHER)
    assert sides(project).lost == ()


def test_what_is_taken_over_stays_taken_over(two, lead):
    actions.choose_sources(project=two, chosen={"computer": INTUNE}, by=lead)
    row = uploaded(two, lead, intune(windows_11=36, windows_10=4), source=OTHER)
    actions.apply_import(device_import=row, by=lead, take_over=["windows-11"])
    applied(two, lead, intune(windows_11=33, ios=5))
    assert counts(two)["windows-11"] == (36, OTHER)


def test_a_system_that_leaves_an_export_is_still_known_to_be_counted_elsewhere(two, lead):
    applied(two, lead, intune(ios=5))
    assert "windows-11" not in counts(two)
    assert [line.system for line in sides(two).lost] == ["windows-11", "windows-10"]


# Typed by hand --------------------------------------------------------------------------------------------------------
def typed(project, lead, count, because="Two offices report late."):
    row = DeviceCount.objects.get(project=project, system="windows-11")
    return actions.type_count(project=project, key=row.key, values={"count": count}, by=lead, why=because)


def test_a_typed_count_needs_a_reason_where_a_source_counts(two, lead):
    with pytest.raises(actions.ReasonNeeded):
        typed(two, lead, 40, because=" ")
    row = typed(two, lead, 40)
    assert (row.count, row.source, row.typed_because) == (40, INTUNE, "Two offices report late.")


def test_a_typed_count_of_no_source_needs_no_reason(project, lead):
    values = {"system": "windows-11", "kind": "computer", "count": 40, "source": "by hand"}
    row = actions.add_row(project=project, table=DEVICES, by=lead, values=values)
    changed = actions.type_count(project=project, key=row.key, values={"count": 41}, by=lead)
    assert (changed.count, changed.typed_because) == (41, "")


def test_a_typed_count_outlives_the_next_import_until_it_is_taken_over(two, lead):
    typed(two, lead, 40)
    row = uploaded(two, lead, intune(windows_11=31, ios=5))
    change = next(one for one in actions.changes_of(row) if one.system == "windows-11")
    assert (change.what, change.typed_because) == ("elsewhere", "Two offices report late.")
    actions.apply_import(device_import=row, by=lead)
    assert counts(two)["windows-11"][0] == 40
    again = uploaded(two, lead, intune(windows_11=32, ios=5))
    actions.apply_import(device_import=again, by=lead, take_over=["windows-11"])
    row = DeviceCount.objects.get(project=two, system="windows-11")
    assert (row.count, row.typed_because) == (32, "")


def test_choosing_for_a_kind_keeps_what_was_typed_and_choosing_the_system_replaces_it(two, lead):
    typed(two, lead, 40)
    actions.choose_sources(project=two, chosen={"computer": OTHER}, by=lead)
    assert counts(two)["windows-11"][0] == 40
    actions.choose_sources(project=two, chosen={"windows-11": OTHER}, by=lead)
    assert counts(two)["windows-11"] == (34, OTHER)


def test_typing_what_the_source_says_takes_the_reason_back(two, lead):
    typed(two, lead, 40)
    assert typed(two, lead, 30, because="").typed_because == ""


def test_an_answer_that_replaces_a_sourced_count_keeps_who_gave_it(two, lead):
    row = DeviceCount.objects.get(project=two, system="windows-11")
    question = actions.ask_question(
        project=two, table=DEVICES, key=row.key, email="tomas@contoso.example", name="Tomás Silva",
        text="How many?", due_on=date(2027, 1, 15), by=lead,
    )  # fmt: skip
    actions.send_questions(project=two, by=lead)
    tomas = User.objects.get(email="tomas@contoso.example")
    actions.answer_question(question=question, by=tomas, values={"count": 41}, answer="Counted by hand.")
    actions.accept_answer(question=question, by=lead)
    row.refresh_from_db()
    assert row.count == 41
    assert "Tomás Silva" in row.typed_because


def test_choices_are_on_the_history_and_touch_no_signature_by_themselves(two, lead):
    actions.choose_sources(project=two, chosen={"mobile": INTUNE}, by=lead)
    entry = LedgerEntry.objects.of(two).order_by("seq").last()
    assert json.loads(entry.body)["what"]["after"] == {"of_record_for": ["mobile"]}
    assert not entry.is_material
    two.refresh_from_db()
    assert ledger.verify(two) == []
