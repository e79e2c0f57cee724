"""The commands for scripts: exported plans come back the same, wrong ones are refused with their path."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from projects import actions as plan_actions
from projects.models import DeviceCount, Project
from projects.tables import TABLES
from tenants.models import LedgerEntry, Mail
from tests.projects.exports import applied, intune


def run(*args: Any, **options: Any) -> Any:
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def plan(project, lead, ciso, tmp_path):
    plan_actions.add_row(
        project=project,
        table=TABLES["environment", "devices"],
        values={"system": "rhel-8", "kind": "server", "count": 34},
        by=lead,
    )
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(run("export_plan", project.slug)))
    return file


def edited(file: Any, **change: Any) -> Any:
    body = json.loads(file.read_text())
    for path, value in change.items():
        target = body
        *steps, last = path.split("__")
        for step in steps:
            target = target[int(step)] if step.isdigit() else target[step]
        target[last] = value
    file.write_text(json.dumps(body))
    return file


def test_export_import_export_gives_the_same_fingerprints(plan, project, lead):
    first = run("export_plan", project.slug)
    made = run("import_plan", plan, tenant=project.tenant.slug, by=lead.email, slug="copy")
    second = run("export_plan", made["project"])
    assert second["digests"] == first["digests"]
    assert {k: v for k, v in second.items() if k != "digests"} == {k: v for k, v in first.items() if k != "digests"}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({}, None),
        ({"environment__devices__0__count": -1}, "environment.devices.0.count"),
        ({"environment__devices__0__kind": "toaster"}, "environment.devices.0.kind"),
        ({"environment__devices__0__system": "x\x00y"}, "environment.devices.0.system"),
        ({"environment__devices__0__more": 1}, "environment.devices.0"),
        ({"project__plan": "P3"}, "project.plan"),
        ({"toasters": []}, ""),
    ],
    ids=["as exported", "a count", "a choice", "the null character", "a field", "the project", "a section"],
)
def test_the_published_schema_takes_what_is_exported_and_nothing_else(plan, wrong, where):
    published = run("export_plan", "--schema")
    Draft202012Validator.check_schema(published)
    errors = list(Draft202012Validator(published).iter_errors(json.loads(edited(plan, **wrong).read_text())))
    assert [".".join(map(str, error.absolute_path)) for error in errors] == ([] if where is None else [where])


def test_one_asks_for_a_plan_or_for_the_schema():
    with pytest.raises(CommandError, match="one of the arguments slug --schema is required"):
        call_command("export_plan")


def test_what_sources_count_and_which_is_of_record_comes_along(plan, project, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    applied(project, lead, intune(windows_11=30, unknown=2))
    applied(project, lead, intune(windows_11=34, windows_10=4), source="Configuration Manager")
    plan_actions.choose_sources(project=project, chosen={"computer": "Configuration Manager"}, by=lead)
    row = DeviceCount.objects.get(project=project, system="windows-10")
    plan_actions.type_count(project=project, key=row.key, values={"count": 5}, by=lead, why="Asset list.")
    file, first = tmp_path / "counted.json", run("export_plan", project.slug)
    file.write_text(json.dumps(first))
    made = run("import_plan", file, tenant=project.tenant.slug, by=lead.email, slug="copy")
    second = run("export_plan", made["project"])
    assert second["digests"] == first["digests"]
    assert second["environment"] == first["environment"]
    assert second["environment"]["sources"][0]["counts"] == [["windows-11", 30]]


def test_importing_mails_nobody(plan, project, lead):
    run("import_plan", plan, tenant=project.tenant.slug, by=lead.email, slug="copy")
    assert not Mail.objects.exists()


def test_replacing_a_plan_is_one_entry_on_its_history(plan, project, lead):
    edited(plan, environment__devices__0__count=50)
    seq = Project.objects.get(pk=project.pk).ledger_seq
    run("import_plan", plan, tenant=project.tenant.slug, by=lead.email, slug=project.slug)
    entries = LedgerEntry.objects.of(project).filter(seq__gt=seq)
    assert [(e.verb, e.is_material) for e in entries] == [("plan imported", True)]
    assert run("export_plan", project.slug)["environment"]["devices"][0]["count"] == 50


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"environment__devices__0__count": -5}, "environment.devices.0.count"),
        ({"environment__devices__0__system": "windows-12"}, "environment.devices.0.system"),
        ({"environment__devices__0__surprise": 1}, "environment.devices.0.surprise"),
        ({"project__kind": "party"}, "project.kind"),
        ({"stakeholders__rows__0__part": "X"}, "stakeholders.rows.0.part"),
        ({"stakeholders__rows__0__email": "nobody"}, "stakeholders.rows.0.email"),
        ({"environment__devices__0__note": "a\u0000b"}, "environment.devices.0.note"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_with_its_path(plan, project, lead, change, path):
    with pytest.raises(CommandError, match=path.replace(".", r"\.")):
        run("import_plan", edited(plan, **change), tenant=project.tenant.slug, by=lead.email, slug="copy")
    assert not Project.objects.filter(slug="copy").exists()


def test_a_system_that_is_counted_twice_is_refused_with_both_rows(plan, project, lead):
    first = json.loads(plan.read_text())["environment"]["devices"][0]
    change = {"environment__devices": [first, {**first, "key": "again", "count": 1}]}
    told = f"environment.devices.1.system: Red Hat Enterprise Linux 8 is counted already, in the row '{first['key']}'"
    with pytest.raises(CommandError, match=told):
        run("import_plan", edited(plan, **change), tenant=project.tenant.slug, by=lead.email, slug="copy")
    assert not Project.objects.filter(slug="copy").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"access__tiers__0__permissions": ["alert.manage"]},
            "access.tiers.0.permissions: There is no permission “alert.manage”. Did you mean “Alerts (manage)”",
        ),
        (
            {"access__personas__0__tasks": ["triage_alert"]},
            "access.personas.0.tasks: There is no task “triage_alert”. Did you mean “Sort alerts",
        ),
        (
            {"access__assignments": [{"key": "a", "persona": "A", "assignee": "G", "entra_role": "securty-reader"}]},
            "access.assignments.0.entra_role: There is no Entra role “securty-reader”. Did you mean “Security Reader”",
        ),
        (
            {
                "access__partners": [
                    {"key": "p", "partner": "N", "entra_roles": ["11111111-2222-3333-4444-555555555555"]}
                ]
            },
            "access.partners.0.entra_roles: No Entra role that mdeprep knows has the identifier",
        ),
        (
            {"access__tiers__0__groups": ["SOC\nTier1"]},
            "access.tiers.0.groups: This is one line: take the line break out.",
        ),
        ({"access__tiers__0__name": "SOC\u202e1"}, "turns the reading direction (U+202E)"),
        (
            {"access__device_groups": [{"key": "g", "rank": 1, "name": "A", "more_rules": [["serial", "is", "7"]]}]},
            "access.device_groups.0.more_rules: 'serial', 'is' is no condition of a device group",
        ),
        (
            {"access__device_groups": [{"key": f"g-{n}", "rank": n, "name": f"G{n}"} for n in range(1, 2002)]},
            "access.device_groups: At most 2,000 device groups in a tenant",
        ),
    ],
)
def test_names_of_the_access_plan_that_are_not_known_get_the_nearest(plan, project, lead, change, said):
    with pytest.raises(CommandError) as refused:
        run("import_plan", edited(plan, **change), tenant=project.tenant.slug, by=lead.email, slug="copy")
    assert said in str(refused.value)
    assert not Project.objects.filter(slug="copy").exists()


def test_changing_who_approves_wants_a_reason_and_tells_every_approver(plan, project, lead):
    edited(plan, stakeholders__rows__0__email="other@contoso.example")
    with pytest.raises(CommandError, match="--reason: Say why"):
        run("import_plan", plan, tenant=project.tenant.slug, by=lead.email, slug=project.slug)
    run("import_plan", plan, tenant=project.tenant.slug, by=lead.email, slug=project.slug, reason="Dana left.")
    assert Mail.objects.filter(kind="sponsor_matrix_changed", recipient="dana@contoso.example").exists()


def test_somebody_without_the_right_cannot_replace_a_plan(plan, project, viewer):
    with pytest.raises(CommandError, match="may not change"):
        run("import_plan", plan, tenant=project.tenant.slug, by=viewer.email, slug=project.slug)


def test_readiness_says_all_checks_and_fails_while_a_blocker_stands(project, capsys):
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("readiness", project.slug, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["verdict"] == "not_started"
    assert set(told["checks"][0]) == {"id", "section", "severity", "state", "why", "remedy", "owner"}


def test_verify_ledger_covers_every_chain(project, lead):
    assert {each["chain"] for each in run("verify_ledger")} == {"tenant contoso", f"project {project.slug}"}
