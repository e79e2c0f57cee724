"""The document: every field says what it means for a signature, the rows carry it over, fingerprints never change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from projects.document import SECTIONS, ProjectFacts, Row, classes, digest, fields_of, rows
from projects.document.faults import faults
from projects.document.sections import Environment
from projects.tables import TABLES
from stakeholders.document import Document
from stakeholders.plan import as_plain, from_plain, load
from stakeholders.rules.standing import sections_of
from stakeholders.tables import TABLES as MATRIX

FIXTURE = Path(__file__).parent / "fingerprints.json"
FACTS = ProjectFacts(name="Contoso", kind="deployment", plan="P2")


@pytest.mark.parametrize(
    "table", [*TABLES.values(), *MATRIX.values()], ids=lambda table: f"{table.section}.{table.name}"
)
def test_every_field_declares_its_class_and_is_kept_by_the_model(table):
    declared = classes(table.row)
    assert set(declared.values()) <= {"material", "counted", "progress", "wording"}
    kept = {field.name for field in table.model._meta.fields} - {"id", "project", "position", "changed_seq"}
    assert kept == {"key", *declared}


def test_every_table_of_every_section_is_on_a_page():
    assert {(section, table) for section, kind in SECTIONS.items() for table in kind.tables()} == set(TABLES)


def test_fingerprints_of_a_known_document_never_change():
    """An upgrade must not end a signature: if this fails, mend the field's neutral default, not the fixture."""
    fixture = json.loads(FIXTURE.read_text())
    document = from_plain(fixture["document"])
    now = {name: digest(name, document.section(name), document.project) for name in sections_of(document)}
    assert now == fixture["digests"]


def test_the_classes_of_change_are_those_that_the_documentation_shows(capsys):
    """A class that moves ends or keeps signatures everywhere: see docs/decisions/0009, then print the page anew."""
    call_command("print_classes_of_change")
    shown = Path(settings.BASE_DIR, "docs/CLASSES_OF_CHANGE.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() == shown.strip()


def device(key: str, count: int = 1, **more: object) -> rows.DeviceCount:
    return rows.DeviceCount(key=key, system="windows-11", kind="computer", count=count, **more)


def of(*devices: rows.DeviceCount) -> str:
    return digest("environment", Environment(devices=devices), FACTS)


@given(st.permutations([device("a", 1), device("b", 2), device("c", 3)]))
def test_the_order_of_rows_is_not_signed(devices):
    assert of(*devices) == of(device("a", 1), device("b", 2), device("c", 3))


@pytest.mark.parametrize(
    ("what", "same"),
    [
        (device("other-key"), True),
        (device("a", note="a remark"), True),
        (device("a", source="Intune"), True),
        (device("a", counted_on=date(2026, 11, 5)), True),
        (device("a", 2), False),
        (device("a", does_not_apply="No such devices"), False),
    ],
    ids=["key", "wording", "source", "progress", "count", "set aside"],
)
def test_what_a_fingerprint_covers(what, same):
    assert (of(device("a")) == of(what)) is same


def test_duplicates_count():
    assert of(device("a"), device("b")) != of(device("a"))


def test_people_who_are_only_informed_are_not_signed():
    from stakeholders.document import StakeholderRow, Stakeholders

    informed = StakeholderRow(key="i", role="Analyst", part="I", name="Sofia", email="s@contoso.example")
    matrix = Stakeholders(rows=(informed,))
    assert digest("stakeholders", matrix, FACTS) == digest("stakeholders", Stakeholders(), FACTS)


def test_a_generated_route_is_signed_once_somebody_writes_on_it():
    from projects.document.sections import Connectivity

    untouched = rows.Route(key="route-linux", system="linux")
    planned = rows.Route(key="route-linux", system="linux", route="direct")
    empty = digest("connectivity", Connectivity(), FACTS)
    assert digest("connectivity", Connectivity(routes=(untouched,)), FACTS) == empty
    assert digest("connectivity", Connectivity(routes=(planned,)), FACTS) != empty


def test_a_document_reads_back_as_it_was_written(project):
    document = load([project])[project.pk]
    body = json.loads(json.dumps(as_plain(document, project)))
    assert as_plain(from_plain(body), project) == body
    assert type(document) is Document


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ({"devices": [{"key": "a", "system": "x", "kind": "server", "count": 1, "note": "a\x00b"}]},
         {"environment.devices.0.note": "must not contain the character U+0000"}),
        ({"devices": [{"key": "a", "system": "x", "kind": "toaster", "count": -1}, {"key": "b", "more": 1}]},
         {"environment.devices.0.kind": "must be one of 'computer', 'mobile', 'server'",
          "environment.devices.0.count": "must be a whole number from 0 to 100,000,000",
          "environment.devices.1.system": "is missing",
          "environment.devices.1.kind": "is missing",
          "environment.devices.1.count": "is missing",
          "environment.devices.1.more": "is not known"}),
        ({"topics": [{"key": "a", "topic": "x" * 201}, 7], "toasters": []},
         {"environment.topics.0.topic": "must be a text of at most 200 characters",
          "environment.topics.1": "must be an object",
          "environment.toasters": "is not known"}),
        ({"sources": [{"key": "A", "name": "x", "counts": [["x", 1], ["y", "z"]]}]},
         {"environment.sources.0.key": "must be at most 60 small letters, digits, points and hyphens",
          "environment.sources.0.counts.1": "must be a list of 2: "
              "a text of at most 4,000 characters, a whole number from 0 to 100,000,000"}),
        ({"siem": 3}, {"environment.siem": "must be a list"}),
        ({"cdoc": [{"key": "a", "tier": "one", "run_by": "in_house", "place": "Dublin"}],
          "devices": [{"key": "a", "system": "x", "kind": "server", "count": 1, "counted_on": "27.11.2026"}]},
         {"environment.cdoc.0.tier": "must be a whole number",
          "environment.devices.0.counted_on": "must be a day such as 2026-11-30 or null"}),
    ],
    ids=["the null character", "rows", "tables", "pairs", "no table", "numbers and days"],
)  # fmt: skip
def test_all_that_is_wrong_in_a_document_is_said_with_its_path(section, wrong):
    body = {"project": {"name": "Contoso", "kind": "deployment", "plan": "P2"}, "environment": section}
    assert dict(faults(body, Document)) == wrong
    with pytest.raises(msgspec.ValidationError):
        from_plain(body)


def test_every_kind_of_field_can_be_named_in_words():
    """What no field accepts is refused for each of them in words, never with a KeyError."""
    for table in [*TABLES.values(), *MATRIX.values()]:
        for field in msgspec.structs.fields(table.row):
            assert [what for _path, what in faults(object(), field.type)] != [], (table.row, field.name)


def test_nothing_is_wrong_in_a_document_that_can_be_read():
    body = json.loads(FIXTURE.read_text())["document"]
    assert list(faults(body, Document)) == []


@pytest.mark.django_db
def test_loading_takes_the_same_queries_for_one_project_and_for_three(project, tenant, lead, django_assert_num_queries):
    from stakeholders.actions import start_project

    more = [start_project(tenant=tenant, lead=lead, by=lead, name=f"P{n}", kind="migration") for n in range(2)]
    with django_assert_num_queries(25):
        load([project])
    with django_assert_num_queries(25):
        load([project, *more])


def test_every_row_type_has_a_title_for_each_field():
    for table in [*TABLES.values(), *MATRIX.values()]:
        kind: type[Row] = table.row
        assert all(field.title for name, field in fields_of(kind).items() if name != "key")
