"""What a tenant learns about its exports: said once in one project, used in every import of the tenant from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from projects import catalog, importers, plan
from projects.actions.imports import NotReady, locked_import
from projects.actions.projects import editable
from projects.actions.reading import wait_again
from projects.actions.rows import add_row, change_row
from projects.document import rows
from projects.importers import Result
from projects.models import DeviceImport, LearnedColumns, LearnedName, Project
from projects.rules.sources import KINDS, LEAVE_OUT, counted_as, meaning_of, other, record_of, system_values
from projects.tables import TABLES
from tenants import clock, ledger
from tenants.models import Tenant, User

DEVICES, SOURCES = TABLES["environment", "devices"], TABLES["environment", "sources"]
LONGEST_NAME = 200
MEANINGS = frozenset({LEAVE_OUT, *(f"{catalog.OTHER}:{kind}" for kind in KINDS)})
"""What a name may mean besides a system of the catalogue."""


@transaction.atomic
def say_what_it_is(*, project: Project, text: str, means: str, by: User | None) -> LearnedName:
    """Say what a name of an operating system means, for all projects of the tenant.

    Devices of this project that waited under that name are counted, or left out, at once; what is being looked at is
    read again. `means`: a system of the catalogue, "other:computer" or "leave_out"; raises ValueError for others.
    """
    if means not in MEANINGS and (means not in catalog.systems() or means == catalog.OTHER):
        raise ValueError(f"{means} is no system.")
    project = editable(project)
    tenant = Tenant.objects.locked(project.tenant_id)
    key = importers.unknown_key(text)[:LONGEST_NAME]
    row = LearnedName.objects.filter(tenant=tenant, key=key).first()
    before = row.means if row else None
    if row and before == means:
        return row
    row = row or LearnedName(tenant=tenant, key=key)
    row.text, row.means, row.by, row.at = text[:LONGEST_NAME], means, by, clock.now()
    row.save()
    what: dict[str, Any] = {"title": row.text, "before": {"means": before} if before else None}
    _on_history(tenant, by=by, verb="name learned", **what, after={"means": means}, project=project.slug)
    _count_what_waited(project, row, by=by)
    _read_previews_again(tenant, key)
    return row


@transaction.atomic
def forget_name(*, project: Project, pk: int, by: User | None) -> None:
    """Take back what a name means: from the next import on it is not placed. Counts stay as they are."""
    project = editable(project)
    tenant = Tenant.objects.locked(project.tenant_id)
    row = LearnedName.objects.filter(tenant=tenant, pk=pk).first()
    if row is None:
        return
    row.delete()
    _on_history(
        tenant, by=by, verb="name forgotten", title=row.text, before={"means": row.means}, after=None,
        project=project.slug,
    )  # fmt: skip
    _read_previews_again(tenant)


@transaction.atomic
def remember_columns(*, project: Project, key: str, columns: Mapping[str, str], by: User | None) -> None:
    """Remember which column tells what in files with these headers; what was remembered of them before is replaced."""
    tenant = Tenant.objects.locked(project.tenant_id)
    row = LearnedColumns.objects.filter(tenant=tenant, key=key).first()
    before = dict(row.columns) if row else None
    if before == columns:
        return
    row = row or LearnedColumns(tenant=tenant, key=key)
    row.columns, row.by, row.at = dict(columns), by, clock.now()
    row.save()
    _on_history(
        tenant, by=by, verb="columns learned", title=", ".join(columns.values()), before=before, after=dict(columns),
        project=project.slug,
    )  # fmt: skip


@transaction.atomic
def forget_columns(*, project: Project, pk: int, by: User | None) -> None:
    """Ask again which column tells what in files with these headers."""
    project = editable(project)
    tenant = Tenant.objects.locked(project.tenant_id)
    row = LearnedColumns.objects.filter(tenant=tenant, pk=pk).first()
    if row is None:
        return
    row.delete()
    _on_history(
        tenant, by=by, verb="columns forgotten", title=", ".join(row.columns.values()), before=row.columns,
        after=None, project=project.slug,
    )  # fmt: skip


def _on_history(tenant: Tenant, *, by: User | None, verb: str, **what: Any) -> None:
    ledger.append(tenant, tenant_id=tenant.pk, by=by, verb=verb, what=what)


def _count_what_waited(project: Project, row: LearnedName, *, by: User | None) -> None:
    """Move the devices of each source that were not placed under this name to where they belong."""
    key, means = row.key, row.means
    why = f"“{row.text}”: {meaning_of(means)}" if row.text else f"no operating system told: {meaning_of(means)}"
    system = other(means.partition(":")[2], row.text) if means.startswith(f"{catalog.OTHER}:") else means
    found: Any = plan.stored_rows(SOURCES, [project]).get(project.pk, ())
    for source in found:
        waited = _waited(source, key)
        if waited and len(source.unknown) == len(source.unknown_times):
            change_row(
                project=project, table=SOURCES, key=source.key, by=by, why=why,
                values=_without(source, key, waited, system),
            )  # fmt: skip
            if means != LEAVE_OUT:
                _add_to_plan(project, source, system, waited, by=by, why=why)


def _waited(source: rows.Source, key: str) -> int:
    pairs = zip(source.unknown, source.unknown_times, strict=False)
    return min(sum(times for text, times in pairs if importers.unknown_key(text) == key), source.not_placed)


def _without(source: rows.Source, key: str, waited: int, system: str) -> dict[str, Any]:
    """The source once the devices of this name are counted or left out: its sum stays what it was."""
    left = [
        (text, times)
        for text, times in zip(source.unknown, source.unknown_times, strict=True)
        if importers.unknown_key(text) != key
    ]
    values: dict[str, Any] = {
        "unknown": [text for text, _times in left],
        "unknown_times": [times for _text, times in left],
        "not_placed": source.not_placed - waited,
    }
    if system == LEAVE_OUT:
        return {**values, "left_out": source.left_out + waited}
    counts = dict(source.counts)
    if counts:
        counts[system] = counts.get(system, 0) + waited
    return {**values, "counted": source.counted + waited, "counts": [[system, n] for system, n in counts.items()]}


def _add_to_plan(project: Project, source: rows.Source, system: str, more: int, *, by: User | None, why: str) -> None:
    """Add devices to the row of a system, if this source is of record for it; else they stand beside it."""
    devices: Any = plan.stored_rows(DEVICES, [project]).get(project.pk, ())
    sources: Any = plan.stored_rows(SOURCES, [project]).get(project.pk, ())
    row = next((one for one in devices if counted_as(one) == system), None)
    if row is None:
        if record_of(sources).source_for(system) in ("", source.name):
            values = {"count": more, "source": source.name, "counted_on": source.imported_on}
            add_row(project=project, table=DEVICES, values={**system_values(system), **values}, by=by, why=why)
    elif row.source == source.name and not row.typed_because:
        change_row(project=project, table=DEVICES, key=row.key, values={"count": row.count + more}, by=by, why=why)


def _read_previews_again(tenant: Tenant, key: str = "") -> None:
    """Let exports that somebody looks at be read again: those with this name that nobody placed, or all."""
    looked_at = DeviceImport.objects.filter(project__tenant=tenant, state=DeviceImport.State.PREVIEW)
    for row in looked_at:
        unknown = Result.from_json(row.result).unknown
        if not key or any(importers.unknown_key(text) == key for text, _times in unknown):
            try:
                wait_again(locked_import(row, {DeviceImport.State.PREVIEW}))
            except NotReady:
                continue
