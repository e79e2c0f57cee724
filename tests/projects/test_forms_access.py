"""The forms of the access tables: what is wrong is said at its field, in words, with everything typed still there."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.http import QueryDict

from projects import actions
from projects.forms import RowForm
from projects.models import Assignment, DeviceGroup
from projects.tables import TABLES
from projects.views.around import surroundings

ASSIGNMENT = {
    "persona": "Security Analyst", "assignee": "SOC-Tier1", "assignee_kind": "group", "held": "eligible",
    "duration": "permanent",
}  # fmt: skip
TEMPORARY = {
    **ASSIGNMENT,
    "duration": "temporary",
    "ends_on": "2027-03-01",
    "justification": "Rollout",
    "remover": "Lena",
}
GROUP = {"rank": "1", "name": "Servers", "remediation": "none", "rule-tag-is": "T0"}
SETTINGS: dict[str, str] = {}


def form(project, table, data=None, row=None):
    where = TABLES["access", table]
    query = None
    if data is not None:
        query = QueryDict(mutable=True)
        for name, value in data.items():
            query.setlist(name, value if isinstance(value, list) else [value])
    return RowForm(query, table=where, project=project, row=row, around=surroundings(project, where))


WRONG = {
    "an end before the start": (
        "assignments", {**TEMPORARY, "starts_on": "2027-03-02"},
        {"ends_on": "It would end before it starts, on 2 Mar 2027."},
    ),
    "held for longer than the tenant lets it be": (
        "assignments", {**TEMPORARY, "starts_on": "2027-01-01", "ends_on": "2027-07-01"},
        {"ends_on": "At most 180 days after its start, as this tenant decided: 30 Jun 2027 is the latest day."},
    ),
    "a role that ends has a remover": (
        "assignments", {**TEMPORARY, "remover": ""},
        {"remover": "Who removes it when it ends? A role without that name stays."},
    ),
    "a role that ends is justified": (
        "assignments", {**TEMPORARY, "justification": " "},
        {"justification": "Say what it is needed for until then."},
    ),
    "a privileged role is justified": (
        "assignments", {**ASSIGNMENT, "entra_role": "security-administrator"},
        {"justification": "Security Administrator is a privileged role: say what it is needed for."},
    ),
    "no role of that name": (
        "assignments", {**ASSIGNMENT, "entra_role": "securty-reader"},
        {"entra_role": "There is no Entra role “securty-reader”. Did you mean “Security Reader” or “Reports Reader” "
         "or “Directory Readers”?"},
    ),
    "no role of that identifier": (
        "assignments", {**ASSIGNMENT, "entra_role": "11111111-2222-3333-4444-555555555555"},
        {"entra_role": "No Entra role that mdeprep knows has the identifier 11111111-2222-3333-4444-555555555555."},
    ),
    "no persona of that name": (
        "assignments", {**ASSIGNMENT, "persona": "Security Analysts"},
        {"persona": "There is no persona “Security Analysts”. Did you mean “Security Analyst” or "
         "“Security Administrator”?"},
    ),
    "a line has no break": (
        "assignments", {**ASSIGNMENT, "assignee": "SOC\nTier1"},
        {"assignee": "This is one line: take the line break out."},
    ),
    "nothing turns the reading direction": (
        "assignments", {**ASSIGNMENT, "assignee": "SOC\u202e1reiT"},
        {"assignee": "It contains a character that cannot be seen and turns the reading direction (U+202E): take it out."},
    ),
    "nor in a text": (
        "assignments", {**ASSIGNMENT, "justification": "for\u200fever"},
        {"justification": "It contains a character that cannot be seen and turns the reading direction (U+200F): "
         "take it out."},
    ),
    "global administrator does not extend by itself": (
        "partners", {"partner": "Northwind", "entra_roles": ["global-administrator"], "is_extended": "on"},
        {"is_extended": "Delegated access of a partner (GDAP) that contains Global Administrator cannot extend by itself. "
         "(Microsoft: Extend granular delegated admin privileges)"},
    ),
    "partner access ends after two years": (
        "partners", {"partner": "Northwind", "ends_on": "2028-11-28"},
        {"ends_on": "Delegated access of a partner (GDAP) lasts two years at most; then it ends, or is extended by six "
         "months at a time. (Microsoft: GDAP frequently asked questions)"},
    ),
    "nobody reviewed on a day to come": (
        "settings", {"review_last_on": "2026-11-28"},
        {"review_last_on": "This day is still to come: on which day was it reviewed?"},
    ),
    "no task of that name": (
        "personas", {"name": "Analyst", "tasks": ["triage_alert"]},
        {"tasks": "There is no task “triage_alert”. Did you mean “Sort alerts: set their state, comment, tag devices” "
         "or “Read alerts, incidents and devices”?"},
    ),
    "no permission of that name": (
        "tiers", {"number": "1", "name": "SOC", "permissions": ["alert.manage"]},
        {"permissions": "There is no permission “alert.manage”. Did you mean “Alerts (manage)” or “Response (manage)” "
         "or “File collection (manage)”?"},
    ),
    "groups that differ in case": (
        "tiers", {"number": "1", "name": "SOC", "groups": "SOC-1\nsoc-1"},
        {"groups": "“SOC-1” and “soc-1” differ only in case or spaces: keep one."},
    ),
    "a rank begins at one": (
        "device_groups", {**GROUP, "rank": "0"}, {"rank": "This cannot be less than 1."},
    ),
    "the default group is not to be changed": (
        "device_groups", {**GROUP, "name": "ungrouped  Devices"},
        {"name": "This is the default group: it is there, last, and not to be changed."},
    ),
    "a device group is not granted to itself": (
        "device_groups", {**GROUP, "granted_to": "servers"},
        {"granted_to": "“servers” is this device group itself: it holds devices, not people. "
         "Name the Entra group that sees it."},
    ),
    "eleven values": (
        "device_groups", {**GROUP, "rule-tag-is": "\n".join(map(str, range(9))), "rule-tag-starts": "x\ny"},
        {"rule": "11 values for tag: a rule takes 10. Make a second group, or match on a tag. "
         "(Microsoft: Device groups)"},
    ),
    "values that differ in case": (
        "device_groups", {**GROUP, "rule-domain-ends": "a.example\nA.example"},
        {"rule": "“a.example” and “A.example” differ only in case or spaces: keep one."},
    ),
    "a value that cannot be seen whole": (
        "device_groups", {**GROUP, "rule-name-is": "SRV\u2066"},
        {"rule": "“SRV\u2066”: It contains a character that cannot be seen and turns the reading direction (U+2066): "
         "take it out."},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "data", "errors"), WRONG.values(), ids=WRONG.keys())
@time_machine.travel("2026-11-27 12:00:00+00:00")
def test_what_is_wrong_is_said_at_its_field(project, table, data, errors):
    made = form(project, table, data)
    assert not made.is_valid()
    assert {name: " ".join(texts) for name, texts in made.errors.items()} == errors
    page = made.as_p()
    for value in data.values():
        if isinstance(value, str) and value.isascii() and value not in {"on", " "} and "\n" not in value:
            assert (
                f'value="{value}"' in page or f">{value}" in page or f"\n{value}<" in page or value in str(made.errors)
            )


RIGHT = {
    "a role that ends": ("assignments", TEMPORARY),
    "that ends on the day it starts": ("assignments", {**TEMPORARY, "starts_on": "2027-03-01"}),
    "a role that is not privileged needs no reason": ("assignments", ASSIGNMENT),
    "a role by its identifier": (
        "assignments",
        {**ASSIGNMENT, "entra_role": "5D6B6BB7-DE71-4623-B4AF-96380A352509", "justification": "Reads"},
    ),
    "partner access of two years": ("partners", {"partner": "Northwind", "ends_on": "2028-11-27"}),
    "that extends by itself without global administrator": (
        "partners",
        {"partner": "Northwind", "entra_roles": ["security-reader"], "is_extended": "on"},
    ),
    "letters of every kind": ("assignments", {**ASSIGNMENT, "assignee": 'O\'Brien "x" $(id) `id` שלום <b>'}),
}


@pytest.mark.parametrize(("table", "data"), RIGHT.values(), ids=RIGHT.keys())
@time_machine.travel("2026-11-27 12:00:00+00:00")
def test_what_is_right_is_taken(project, table, data):
    made = form(project, table, data)
    assert made.is_valid(), made.errors


def test_an_identifier_of_a_role_is_kept_as_its_key(project):
    made = form(project, *RIGHT["a role by its identifier"])
    assert made.is_valid()
    assert made.values["entra_role"] == "security-reader"


def test_how_a_role_was_removed_is_not_asked_with_it(project):
    asked = form(project, "assignments").asked
    assert {"starts_on", "ends_on", "approver", "remover"} <= set(asked)
    assert not {"removed_on", "removed_by", "evidence", "evidence_hash", "confirmed_on", "confirmed_by"} & set(asked)


def test_what_the_catalogue_no_longer_has_is_not_lost_by_opening_a_form(project, lead):
    table = TABLES["access", "personas"]
    row = actions.add_row(project=project, table=table, values={"name": "Old", "tasks": ["gone"]}, by=lead)
    made = form(project, "personas", {"name": "Old", "tasks": ["gone", "respond"]}, row)
    assert "Held now, but not in this list" in made.as_p()
    assert made.is_valid()
    assert made.values["tasks"] == ["gone", "respond"]


# Rules of device groups -----------------------------------------------------------------------------------------------
def test_the_first_condition_fills_the_fields_of_its_own(project):
    made = form(project, "device_groups", {**GROUP, "rule-domain-ends": "emea.example\n apac.example "})
    assert made.is_valid()
    values = made.values
    assert (values["rule_on"], values["rule_how"], values["rule_value"]) == ("domain", "ends", "emea.example")
    assert values["more_rules"] == [["domain", "ends", "apac.example"], ["tag", "is", "T0"]]


def test_saving_a_rule_unchanged_leaves_it_as_it_was_written(project, lead):
    values = {
        "rank": 1, "name": "A", "rule_on": "tag", "rule_value": "T0",
        "more_rules": [["domain", "ends", "b.example"], ["name", "is", "x"], ["serial", "is", "7"]],
    }  # fmt: skip
    row = actions.add_row(project=project, table=TABLES["access", "device_groups"], values=values, by=lead)
    typed = {"rank": "1", "name": "A", "remediation": "none", "rule-name-is": "x", "rule-tag-is": "T0"}
    same = form(project, "device_groups", {**typed, "rule-domain-ends": "b.example"}, row)
    assert same.is_valid()
    assert {name: same.values[name] for name in ("rule_on", "rule_how", "rule_value", "more_rules")} == {
        "rule_on": "tag", "rule_how": "is", "rule_value": "T0", "more_rules": values["more_rules"],
    }  # fmt: skip
    other = form(project, "device_groups", typed, row)
    assert other.is_valid()
    assert other.values["more_rules"] == [["tag", "is", "T0"], ["serial", "is", "7"]]


def test_a_rule_without_conditions_stays_as_it_is(project):
    row = DeviceGroup(project=project, key="g", rank=1, name="A", rule_on="domain")
    made = form(project, "device_groups", {"rank": "1", "name": "A", "remediation": "none"}, row)
    assert made.is_valid()
    assert (made.values["rule_on"], made.values["rule_value"], made.values["more_rules"]) == ("domain", "", [])


def test_a_new_device_group_comes_last(project, lead):
    actions.add_row(project=project, table=TABLES["access", "device_groups"], values={"rank": 7, "name": "A"}, by=lead)
    assert form(project, "device_groups").initial["rank"] == 8


def test_the_name_of_another_device_group_leads_to_it(project, lead):
    table = TABLES["access", "device_groups"]
    row = actions.add_row(project=project, table=table, values={"rank": 7, "name": "Servers"}, by=lead)
    made = form(project, "device_groups", {**GROUP, "name": "SERVERS"})
    assert made.errors["name"] == ["There is a device group “Servers” already."]
    assert made.twin == row.key
    assert form(project, "device_groups", GROUP, row).is_valid()


def test_an_entra_group_is_written_as_elsewhere_in_the_plan(project):
    Assignment.objects.create(project=project, key="a", persona="A", assignee="SOC-Tier3")
    made = form(project, "device_groups", {**GROUP, "granted_to": "soc-tier3"})
    assert made.errors["granted_to"] == [
        "“soc-tier3” is written “SOC-Tier3” elsewhere in this plan: write it the same."
    ]


@time_machine.travel("2028-02-29 12:00:00+00:00")
def test_two_years_after_a_leap_day_is_the_last_of_february(project):
    assert form(project, "partners", {"partner": "N", "ends_on": date(2030, 2, 28).isoformat()}).is_valid()
    assert not form(project, "partners", {"partner": "N", "ends_on": date(2030, 3, 1).isoformat()}).is_valid()
