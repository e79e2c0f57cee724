"""Several rows as one deed: all or nothing, one entry, and every reader of the history understands it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from projects import actions, ledger
from projects.models import DeviceGroup, Tier
from projects.rules.device_group_list import read
from projects.tables import TABLES
from readiness.actions import recompute
from readiness.as_of import REBUILT, as_of
from stakeholders.plan import as_plain, load
from tenants import clock
from tenants.models import LedgerEntry
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

TIERS, GROUPS = TABLES["access", "tiers"], TABLES["access", "device_groups"]
PASTED = "1,Servers,tag,is,T0,none,SOC-Tier3\n3,Clients,os,is,Windows 11,full,SOC-Tier1"


def fresh(project):
    return type(project).objects.select_related("tenant", "lead").get(pk=project.pk)


def body(project):
    return json.loads(LedgerEntry.objects.of(project).latest("seq").body)


@pytest.fixture
def classic(project, lead):
    DeviceGroup.objects.filter(project=project).delete()
    actions.change_row(
        project=project, table=TIERS, key="tier-1", values={"permissions": ["view_data.secops"]}, by=lead
    )
    return project


def test_converting_tells_before_and_after_of_every_row_and_moves_the_fingerprint(classic, lead):
    before = fresh(classic).digests["access"]
    found = actions.convert_access(project=classic, by=lead, why="New model")
    assert [one.tier.key for one in found.tiers] == ["tier-1"]
    told = body(classic)
    assert told["sections"] == ["access"]
    assert told["what"]["rows"][0] == {
        "table": "tiers", "key": "tier-1", "title": "Tier 1",
        "before": {"permissions": ["view_data.secops"]}, "after": {"permissions": ["security_data_basics.read"]},
    }  # fmt: skip
    assert fresh(classic).digests["access"] != before
    assert fresh(classic).authors["access"] == {lead.email: lead.name}
    tier = Tier.objects.get(project=classic, key="tier-1")
    assert tier.changed_seq == LedgerEntry.objects.of(classic).latest("seq").seq


def test_converting_an_archived_project_is_refused(classic, lead):
    actions.archive(project=classic, by=lead)
    for deed in (actions.convert_access, actions.close_rank_gaps):
        with pytest.raises(actions.Archived):
            deed(project=classic, by=lead)


def test_what_fails_at_its_end_leaves_nothing_behind(classic, lead, monkeypatch):
    entries = LedgerEntry.objects.of(classic).count()

    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(ledger, "record", fail)
    with pytest.raises(RuntimeError):
        actions.add_device_groups(project=classic, groups=read(PASTED)[0], by=lead)
    assert not DeviceGroup.objects.filter(project=classic).exists()
    assert LedgerEntry.objects.of(classic).count() == entries


def test_a_value_that_no_column_takes_refuses_all(classic, lead):
    groups, _problems = read(PASTED)
    groups[1].remediation = "x" * 31
    with pytest.raises(ValidationError):
        actions.add_device_groups(project=classic, groups=groups, by=lead)
    assert not DeviceGroup.objects.filter(project=classic).exists()


def test_groups_are_moved_and_a_group_that_is_gone_is_said(classic, lead):
    actions.add_device_groups(project=classic, groups=read(PASTED)[0], by=lead)
    servers, clients = DeviceGroup.objects.filter(project=classic).order_by("rank")
    assert actions.move_device_group(project=classic, key=clients.key, up=True, by=lead) == 2
    assert [row.name for row in DeviceGroup.objects.filter(project=classic).order_by("rank")] == ["Clients", "Servers"]
    entries = LedgerEntry.objects.of(classic).count()
    assert actions.move_device_group(project=classic, key=servers.key, up=False, by=lead) == 0
    assert LedgerEntry.objects.of(classic).count() == entries
    with pytest.raises(actions.RowGone):
        actions.move_device_group(project=classic, key="gone", up=True, by=lead)


def test_a_project_is_rebuilt_to_the_day_before_such_deeds(classic, lead):
    now = timezone.now()
    recompute(classic.pk)
    kept = as_plain(load([fresh(classic)])[classic.pk], fresh(classic))
    with clock.set_to(now + timedelta(days=2)):
        actions.add_device_groups(project=classic, groups=read(PASTED)[0], by=lead)
        actions.close_rank_gaps(project=classic, by=lead)
        actions.convert_access(project=classic, by=lead)
        then = as_of(fresh(classic), now.date())
    assert {basis.section: basis.kind for basis in then.bases}["access"] == REBUILT
    assert as_plain(then.document, classic)["access"] == kept["access"]


def test_whoever_signed_reads_what_was_converted_by_whom_and_why(classic, lead, editor, ciso):
    answer(request_of(ask(classic, lead, sections=("access",)), ciso), ciso)
    actions.convert_access(project=classic, by=editor, why="New model")
    page = reverse("stakeholders:difference", args=[classic.slug, "access", "role-ciso"])
    text = signed_in(lead).get(page).content.decode()
    assert "Priya Nair" in text
    assert "New model" in text
    assert "Security data basics (read)" in text
