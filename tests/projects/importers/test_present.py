"""Lists of the roles that people hold now: recognised by their headers, and everything that is wrong is said."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import catalog
from projects.document.present import Held
from projects.importers import present
from projects.importers.present.days import NoDay, last_day

ZONE = "Europe/Dublin"
READER = catalog.entra_role("security-reader").template_id
ADMIN = catalog.entra_role("global-administrator").template_id
NONE = "00000000-1111-2222-3333-444444444444"
PIM = ",".join(
    ["Assignment State", "User Group Name", "Role Name", "Resource Name", "Resource Type", "Email", "PrincipalName",
     "Member Type", "Assignment Start Time (UTC)", "Assignment End Time (UTC)"]
)  # fmt: skip


def read(text: str | bytes) -> present.Present:
    return present.read(io.BytesIO(text.encode() if isinstance(text, str) else text), zone=ZONE)


def wrong(text: str | bytes) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.code, one.column, one.value) for one in read(text).problems]


def graph(**values) -> dict:
    return {"id": "x", "roleDefinitionId": READER, "principalId": NONE, "directoryScopeId": "/", **values}


RAVI = {
    "@odata.type": "#microsoft.graph.user",
    "displayName": "Ravi Menon",
    "userPrincipalName": "ravi@northwind.example",
}
SOC = {"@odata.type": "#microsoft.graph.group", "displayName": "SOC-Tier1"}


def schedule(end: str | None) -> dict:
    return {"startDateTime": "2026-01-01T00:00:00Z", "expiration": {"type": "afterDateTime", "endDateTime": end}}


# Formats ---------------------------------------------------------------------------------------------------------------
def test_every_list_that_is_read_has_a_source_and_distinct_columns():
    for one in catalog.present_formats().values():
        assert one.source in catalog.sources()
        assert one.basis in catalog.bases()
        assert set(one.needs) | set(one.one_of) <= set(one.columns)


@pytest.mark.parametrize(
    ("text", "key", "rows"),
    [
        (
            json.dumps({"@odata.context": "x", "value": [graph(principal=RAVI), graph(principal=SOC)]}),
            "graph_directory",
            [
                Held("security-reader", "Ravi Menon", "ravi@northwind.example", "person", is_end_told=False),
                Held("security-reader", "SOC-Tier1", "", "group", is_end_told=False),
            ],
        ),
        (
            json.dumps([graph(principal=None)]),
            "graph_directory",
            [Held("security-reader", NONE, is_end_told=False)],
        ),
        (
            json.dumps([{"RoleDefinitionId": READER.upper(), "PrincipalId": NONE, "DirectoryScopeId": "/",
                         "Principal": {"Id": None, "AdditionalProperties": RAVI}, "RoleDefinition": {"DisplayName": None}}]),
            "graph_directory",
            [Held("security-reader", "Ravi Menon", "ravi@northwind.example", "person", is_end_told=False)],
        ),
        (
            f'#TYPE Microsoft.Graph\n"principalid";"ROLEDEFINITIONID";"DirectoryScopeId"\n"{NONE}";"{READER}";"/"\n',
            "graph_directory",
            [Held("security-reader", NONE, is_end_told=False)],
        ),
        (
            json.dumps([graph(principal=RAVI, roleEligibilityScheduleId="s", endDateTime="2027-01-01T00:00:00Z")]),
            "graph_eligible",
            [Held("security-reader", "Ravi Menon", "ravi@northwind.example", "person", "eligible", date(2026, 12, 31))],
        ),
        (
            json.dumps([graph(principal=SOC, scheduleInfo=schedule(None))]),
            "graph_eligible",
            [Held("security-reader", "SOC-Tier1", "", "group", "eligible")],
        ),
        (
            json.dumps([graph(principal=SOC, assignmentType="Assigned", scheduleInfo=schedule("2027-06-30T23:00:00Z"))]),
            "graph_active",
            [Held("security-reader", "SOC-Tier1", "", "group", "active", date(2027, 6, 30))],
        ),
        (
            PIM + "\nEligible,Ravi Menon,Security Reader,Tenant,Directory,r@x.example,ravi@northwind.example,Direct,2026-01-01,Permanent"
            "\nActive,SOC-Tier1,company administrator,Tenant,Directory,,,Direct,1/1/2026,12/31/2026\n",
            "pim_portal",
            [
                Held("security-reader", "Ravi Menon", "ravi@northwind.example", "person", "eligible"),
                Held("global-administrator", "SOC-Tier1", "", "", "active", date(2026, 12, 31)),
            ],
        ),
        (
            json.dumps({"value": [{"id": "1", "roleDefinitionId": "2", "roleDefinition": {"displayName": "Tier 1"},
                                   "principalIds": ["3"], "principals": [SOC, RAVI]}]}),
            "unified_roles",
            [
                Held("Tier 1", "SOC-Tier1", kind="group", is_end_told=False),
                Held("Tier 1", "Ravi Menon", kind="group", is_end_told=False),
            ],
        ),
        (
            "Assigned user groups\tRole name\nSOC-Tier1; SOC-Tier2\tTier 1\n",
            "portal_roles",
            [
                Held("Tier 1", "SOC-Tier1", kind="group", is_end_told=False),
                Held("Tier 1", "SOC-Tier2", kind="group", is_end_told=False),
            ],
        ),
    ],
    ids=["graph", "no principal", "powershell json", "csv", "eligible", "schedule", "active", "pim", "unified", "portal"],
)  # fmt: skip
def test_a_list_is_recognised_by_its_headers_alone(text, key, rows):
    found = read(text)
    assert (found.format, list(found.rows), found.wrong) == (key, rows, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encoding_does_not_matter(encoding):
    found = read(f"Role name,Groups\r\nTier 1,Zoë\r\n{'Tier 2,Plain' * 1}\r\n".encode(encoding))
    assert [one.holder for one in found.rows] == ["Zoë", "Plain"]


@given(st.permutations(PIM.split(",")))
def test_the_order_of_the_columns_does_not_matter(order):
    row = {"Assignment State": "Active", "Role Name": "Security Reader", "PrincipalName": "a@x.example"}
    text = ",".join(order) + "\n" + ",".join(row.get(name, "") for name in order)
    assert read(text).rows == (Held("security-reader", "", "a@x.example", "person", "active"),)


def test_what_follows_from_other_lines_is_left_out_and_counted():
    value = [
        graph(principal=SOC, assignmentType="Activated"),
        graph(principal=SOC, assignmentType="Assigned", memberType="Inherited"),
        graph(principal=SOC, assignmentType="Assigned", directoryScopeId="/administrativeUnits/1"),
        graph(principal=SOC, assignmentType="Assigned"),
        graph(principal=SOC, assignmentType="Assigned"),
    ]
    found = read(json.dumps(value))
    assert dict(found.left_out) == {"activated": 1, "inherited": 1, "scoped": 1}
    assert (found.read, len(found.rows)) == (5, 1)


def test_only_what_the_comparison_needs_is_kept():
    person = {**RAVI, "mobilePhone": "+353 1", "jobTitle": "Engineer", "id": "secret-id"}
    text = json.dumps([graph(principal=person)])
    assert [one.as_row() for one in read(text).rows] == [
        ["security-reader", "Ravi Menon", "ravi@northwind.example", "person", "active", None]
    ]


@pytest.mark.parametrize("ends", [None, date(2026, 1, 2)])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_row_comes_back_as_it_was_stored(ends, is_told):
    one = Held("r", "h", "a@x", "person", "eligible", ends if is_told else None, is_told)
    assert Held.from_row(json.loads(json.dumps(one.as_row()))) == one


# Bad input -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
        (b"PK\x03\x04" + bytes(200), "workbook"),
        (bytes(range(256)) * 20, "binary"),
        (b"Role name,Groups\n", "headers_only"),
        (b"[]", "headers_only"),
        (b'{"value": []}', "headers_only"),
        (b"[{}]", "headers_only"),
        (b"[1, 2]", "headers_only"),
        (b'[{"a": ', "json"),
        (b"[" * 100_000, "json"),
        (b"Role name:Groups\nTier 1:SOC\n", "unknown_format"),
        (b"Device name,OS\nPC,Windows\n", "unknown_format"),
        (b'{"a": {"b": 1}}', "unknown_format"),
        (b"Role name,Groups\n" + b"Tier 1,SOC\n" * 50_001, "too_many"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(content, code):
    with pytest.raises(present.NoList) as told:
        read(content)
    assert told.value.code == code
    assert str(told.value).endswith(".")
    assert "%" not in str(told.value)


def test_ten_megabytes_are_read():
    lines = "".join(f"Tier {n},{'x' * 190}\n" for n in range(49_000))
    assert len(lines) > 9_000_000
    assert read("Role name,Groups\n" + lines).read == 49_000


def test_every_problem_is_told_with_line_column_and_value():
    text = (
        PIM.replace("Assignment State", "STATE")
        + "\n"
        + "\n".join(
            [
                "Active,A,Security Reeder,,,,a@x.example,Direct,,",
                "Active,A,Printer Technician,,,,a@x.example,Direct,,",
                "Sometimes,A,Security Reader,,,,a@x.example,Direct,,",
                "Active,,Security Reader,,,,,Direct,,",
                "",
                "Active,A,Security Reader,,,,a@x.example,Direct,,soon",
                "Active,A,,,,,a@x.example,Direct,,",
                "Active,A",
                f"Active,{'A' * 201},Security Reader,,,,,Direct,,",
            ]
        )
    )
    assert wrong(text) == [
        (2, "unknown_role", "Role Name", "Security Reeder"),
        (3, "unknown_role", "Role Name", "Printer Technician"),
        (4, "state", "STATE", "Sometimes"),
        (5, "no_holder", "PrincipalName", ""),
        (7, "day", "Assignment End Time (UTC)", "soon"),
        (8, "no_role", "Role Name", ""),
        (9, "cells", "", ""),
        (10, "too_long", "User Group Name", "A" * 80),
    ]
    first, second = read(text).problems[:2]
    assert first.accepted == "Did you mean “Security Reader”?"
    assert second.accepted.startswith("one of: Security Administrator, ")
    assert all(one.wrong and one.accepted and "%" not in one.wrong + one.accepted for one in read(text).problems)


def test_an_id_that_matches_no_role_is_said_with_its_line():
    assert wrong(json.dumps([graph(), graph(roleDefinitionId=NONE)])) == [(2, "unknown_id", "roleDefinitionId", NONE)]
    named = graph(roleDefinitionId=NONE, roleDefinition={"displayName": "Teams Administrator"})
    assert wrong(json.dumps([named])) == [(1, "unknown_role", "roleDefinition.displayName", "Teams Administrator")]
    known = graph(roleDefinitionId=NONE, roleDefinition={"displayName": "global administrator"})
    assert read(json.dumps([known])).rows[0].role == "global-administrator"


def test_lines_with_another_separator_than_the_headers_are_all_told():
    assert [code for _line, code, _c, _v in wrong("Role name,Groups\nTier 1;SOC\nTier 2;SOC\n")] == ["cells", "cells"]


def test_a_quotation_mark_that_nothing_closes_is_told_at_its_line():
    assert wrong('Role name,Groups\nTier 1,SOC\n"Tier 2,SOC\nTier 3,SOC\n')[0][:2] == (3, "cells")


def test_entries_that_are_no_objects_are_told():
    assert wrong(json.dumps([graph(), 7, None])) == [(2, "no_entry", "", ""), (3, "no_entry", "", "")]


def test_of_many_problems_all_are_counted_and_the_first_are_told():
    found = read("Role name,Groups\n" + "x\n" * 500)
    assert (found.wrong, len(found.problems)) == (500, 200)


@pytest.mark.parametrize("name", ["it's", "$(x)", "`n", "=1+1", "\u202egnp", "<b>", "a\u2028b"])
def test_hostile_names_are_only_names(name):
    assert read(json.dumps([graph(principal={"displayName": name})])).rows[0].holder == " ".join(name.split())


def read_or_none(content: bytes | str) -> present.Present | None:
    try:
        return read(content)
    except present.NoList:
        return None


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_it_reads_or_says_why(content):
    found = read_or_none(content)
    assert found is None or found.read >= 1


VALUES = (
    st.none()
    | st.text(max_size=20)
    | st.integers()
    | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
)
KEYS = st.sampled_from(["roleDefinitionId", "principalId", "endDateTime", "principal", "assignmentType"])


@given(st.lists(st.dictionaries(KEYS, VALUES), max_size=4))
def test_whatever_the_json_is_every_line_ends_somewhere(entries):
    found = read_or_none(json.dumps(entries))
    if found is None:
        return
    assert found.read == len(entries)
    assert len(found.rows) + found.wrong + sum(found.left_out.values()) <= found.read


# Days ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("Permanent", None),
        ("2026-12-31", date(2026, 12, 31)),
        ("2027-01-01T00:00:00Z", date(2026, 12, 31)),
        ("2026-12-31T10:30:00.1234567Z", date(2026, 12, 31)),
        ("2027-06-30T23:00:00+00:00", date(2027, 6, 30)),
        ("2026-12-31 09:00:00", date(2026, 12, 31)),
        ("12/31/2026, 3:00:00 PM", date(2026, 12, 31)),
        ("31.12.2026 15:00", date(2026, 12, 31)),
        ("/Date(1798761600000)/", date(2026, 12, 31)),
    ],
)
def test_the_last_day_is_where_the_tenant_is(text, expected):
    assert last_day(text, ZONE) == expected


@pytest.mark.parametrize(
    "text", ["soon", "2026-13-01", "31/31/2026", "2026", "9999999999999999", "/Date(-99999999999999)/"]
)
def test_what_is_no_day_is_none(text):
    with pytest.raises(NoDay):
        last_day(text, ZONE)


def test_one_day_beyond_the_twelfth_says_how_the_column_is_written():
    text = PIM + "".join(
        f"\nActive,A{n},Security Reader,,,,,Direct,,{day}" for n, day in enumerate(("25/12/2026", "03/04/2027"))
    )
    assert [one.ends_on for one in read(text).rows] == [date(2026, 12, 25), date(2027, 4, 3)]
