"""Forms of rows: what people type becomes a value or a sentence that says what is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from projects.forms import CountField, RowForm, Surroundings
from projects.forms.fields import NamesField
from projects.models import MigrationItem
from projects.tables import TABLES


@pytest.mark.parametrize(
    ("typed", "count"),
    [("141", 141), ("4,180", 4180), ("4 180", 4180), (" 12 ", 12), ("0", 0), ("8 639", 8639)],
)
def test_counts_are_read_as_people_write_them(typed, count):
    assert CountField().clean(typed) == count


@pytest.mark.parametrize("typed", ["14l", "-1", "3.5", "100000001", "twelve", ""])
def test_what_is_no_count_is_refused(typed):
    with pytest.raises(ValidationError):
        CountField().clean(typed)


def test_names_are_one_to_a_line_without_blanks_or_twins():
    assert NamesField().clean("SOC-Tier1\n\n  SOC-Tier2 \nSOC-Tier1") == ["SOC-Tier1", "SOC-Tier2"]
    with pytest.raises(ValidationError):
        NamesField().clean("x" * 201)


def form(project, where, data=None, **options):
    return RowForm(data, table=TABLES[where], project=project, **options)


@pytest.mark.parametrize("where", TABLES, ids="/".join)
def test_every_table_has_a_form_with_a_label_for_every_field(project, where):
    made = form(project, where)
    assert made.asked
    for name in made.asked:
        assert made.fields[name].label
        assert "_" not in str(made.fields[name].label)
    assert made.as_p()


WRONG = {
    "a role until a date needs the date": (
        ("access", "assignments"),
        {"persona": "A", "assignee": "G", "held": "active", "duration": "temporary", "assignee_kind": "group",
         "justification": "Rollout", "remover": "Lena"},
        "ends_on",
    ),
    "a permanent role has no end": (
        ("access", "assignments"),
        {"persona": "A", "assignee": "G", "held": "active", "duration": "permanent", "assignee_kind": "group",
         "ends_on": "2027-01-01"},
        "duration",
    ),
    "no more devices up to date than there are": (
        ("migration", "items"),
        {"state": "open", "devices_done": "5", "devices_total": "4"},
        "devices_done",
    ),
    "nothing is due before it starts": (
        ("timeline", "items"),
        {"title": "A", "kind": "task", "phase": "prepare", "starts_on": "2027-02-01", "due_on": "2027-01-01"},
        "due_on",
    ),
    "a day is a day": (
        ("timeline", "items"),
        {"title": "A", "kind": "task", "phase": "prepare", "due_on": "soon"},
        "due_on",
    ),
    "text without U+0000": (("environment", "impacts"), {"what": "a\x00b", "area": "process"}, "what"),
}  # fmt: skip


@pytest.mark.parametrize(("where", "data", "field"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_at_its_field(project, where, data, field):
    made = form(project, where, data)
    assert not made.is_valid()
    assert list(made.errors) == [field]
    assert len(made.errors[field]) == 1


def test_the_product_is_chosen_from_the_catalogue(project):
    made = form(project, ("licences", "entitlements"), {"product": "nonsense", "quantity": "1", "state": "bought"})
    assert "product" in made.errors


@pytest.mark.parametrize(("style", "label"), [("current", "Entra role"), ("seed", "Azure AD role")])
def test_labels_use_the_names_that_the_project_chose(project, style, label):
    made = form(project, ("access", "assignments"), around=Surroundings(terminology=style))
    assert made.fields["entra_role"].label == label


def test_the_field_that_is_wrong_gets_the_keyboard(project):
    made = form(project, ("environment", "devices"), {"system": "rhel-9", "count": "x"})
    made.focus()
    assert made.fields["count"].widget.attrs["autofocus"]
    assert "autofocus" not in made.fields["system"].widget.attrs


COUNTED = {"devices_done", "devices_total", "build"}


@pytest.mark.parametrize(
    ("item", "values", "asked"),
    [
        ("windows_updates", {}, COUNTED),
        ("linux_updates", {}, COUNTED),
        ("access_tried", {}, set()),
        ("apps_updates", {}, set()),
        ("get_plan", {"devices_total": 0}, {"devices_total"}),
        ("roles_planned", {"build": "19045"}, {"build"}),
    ],
)
def test_only_a_step_that_updates_devices_is_asked_how_many_unless_something_stands_there(project, item, values, asked):
    row = MigrationItem(project=project, key="step", item=item, **values)
    done = {"state": "done", "done_on": date.today().isoformat(), "done_by": "Tomás Silva"}
    made = form(project, ("migration", "items"), done, row=row)
    assert COUNTED & set(made.asked) == asked
    assert {"state", "done_on", "done_by", "evidence", "detail"} <= set(made.asked)
    assert made.is_valid()
    assert COUNTED & made.values.keys() == asked


def test_a_step_is_not_done_without_its_day_and_by_whom(project):
    row = MigrationItem(project=project, key="step", item="access_tried")
    made = form(project, ("migration", "items"), {"state": "done"}, row=row)
    assert made.errors == {"done_on": ["It is done: say since which day."], "done_by": ["It is done: say who did it."]}
    assert form(project, ("migration", "items"), {"state": "open"}, row=row).is_valid()


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (("migration", "items"), "done_on"),
        (("timeline", "items"), "done_on"),
        (("environment", "siem"), "tested_on"),
        (("environment", "protections"), "up_to_date_on"),
        (("connectivity", "routes"), "verified_on"),
    ],
)
def test_nothing_was_done_on_a_day_that_is_still_to_come(project, where, name):
    tomorrow = date.today() + timedelta(days=2)  # in every time zone
    assert form(project, where, {name: tomorrow.isoformat()}).errors[name] == ["This day is still to come."]
    assert name not in form(project, where, {name: (tomorrow - timedelta(days=4)).isoformat()}).errors


@pytest.mark.parametrize("typed", ["0026-11-27", "2206-11-27"])
def test_a_slip_in_the_year_of_a_day_is_named(project, typed):
    made = form(project, ("timeline", "items"), {"due_on": typed})
    assert made.errors["due_on"] == [f"Check the year: {typed[:4]}."]


@pytest.mark.parametrize("where", TABLES, ids="/".join)
def test_what_is_left_empty_is_named(project, where):
    """Every field that must be filled in says its own name, or has words of its own."""
    made = form(project, where, {})
    wanted = [name for name in made.asked if made.fields[name].required and name in made.errors]
    for name in wanted:
        said = made.errors[name][0]
        assert said != "This field is required."
        assert said == f"“{made[name].label}” is missing." or made.fields[name].error_messages["required"] == said
    assert all(made.fields[name].required is False for name in set(made.asked) - set(made.errors))


def test_a_choice_begins_with_a_capital_but_for_a_name_that_has_its_own(project):
    platforms = dict(form(project, ("environment", "protections")).fields["platform"].choices)
    assert (platforms["macos"], platforms["windows_clients"]) == ("macOS", "Windows clients")
