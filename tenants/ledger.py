"""Append to a history, and verify it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC
from typing import Any, NamedTuple

from django.db import connection

from tenants import canonical, clock
from tenants.models import Chained, LedgerEntry, User


def append(
    owner: Chained,
    *,
    tenant_id: int,
    by: User | None,
    verb: str,
    what: dict[str, Any],
    sections: Collection[str] = (),
    is_material: bool = False,
) -> LedgerEntry:
    """Add one entry to the chain of `owner`, whose row the caller has locked, and move its head.

    `by` is None for the product itself. `what` holds plain values: what changed, before and after, and why.
    """
    moment = clock.now().astimezone(UTC)
    told = {
        "chain": [owner.chain_kind, owner.pk],
        "at": moment.isoformat(),
        "actor": {"id": by.pk, "name": by.name, "email": by.email} if by else None,
        "verb": verb,
        "sections": sorted(sections),
        "material": is_material,
        "what": what,
    }
    entry = _next(owner, told)
    if not _head_moved(owner, entry):  # another instance of the owner has appended, under the same lock
        owner.refresh_from_db(fields=["ledger_seq", "ledger_head"])
        entry = _next(owner, told)
        if not _head_moved(owner, entry):
            raise RuntimeError(f"{owner} was not locked by whoever appends to its history")
    owner.ledger_seq, owner.ledger_head = entry.seq, entry.hash
    entry.tenant_id, entry.actor_id, entry.at = tenant_id, by.pk if by else None, moment
    entry.verb, entry.is_material = verb, is_material
    entry.sections = "".join(f" {section} " for section in sorted(sections))
    entry.save(force_insert=True)
    return entry


def _next(owner: Chained, told: dict[str, Any]) -> LedgerEntry:
    """The next entry of a chain, as far as its place and its text go."""
    seq = owner.ledger_seq + 1
    body = canonical.text({"seq": seq, **told})
    return LedgerEntry(
        chain_kind=owner.chain_kind,
        chain_id=owner.pk,
        seq=seq,
        body=body,
        previous_hash=owner.ledger_head,
        hash=canonical.fingerprint(owner.ledger_head + body),
    )


def _head_moved(owner: Chained, entry: LedgerEntry) -> bool:
    """Move the head from where it is known to be; False if it is somewhere else.

    Written out: every change of anything asks it, and Django takes longer to compose it than a database to do it.
    """
    table, key = (connection.ops.quote_name(str(n)) for n in (owner._meta.db_table, owner._meta.pk.column))
    move = f"UPDATE {table} SET ledger_seq = %s, ledger_head = %s WHERE {key} = %s AND ledger_seq = %s AND ledger_head = %s"  # noqa: S608  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(move, [entry.seq, entry.hash, owner.pk, owner.ledger_seq, owner.ledger_head])
        return bool(cursor.rowcount)


class Fault(NamedTuple):
    """What is wrong with a history, at which entry."""

    seq: int
    what: str


def verify(owner: Chained) -> list[Fault]:
    """Recompute the whole chain of `owner`. An empty list means that nothing was changed, added or cut off."""
    faults: list[Fault] = []
    previous, expected = "", 1
    for entry in LedgerEntry.objects.of(owner).order_by("seq").iterator():
        if entry.seq != expected:
            faults.append(Fault(entry.seq, f"entry {expected} should stand here"))
        if entry.previous_hash != previous:
            faults.append(Fault(entry.seq, "does not continue the entry before it"))
        if entry.hash != canonical.fingerprint(entry.previous_hash + entry.body):
            faults.append(Fault(entry.seq, "its text was changed after it was written"))
        elif _columns(entry) != _told(entry):
            faults.append(Fault(entry.seq, "its columns do not say what its text says"))
        previous, expected = entry.hash, entry.seq + 1
    if (owner.ledger_seq, owner.ledger_head) != (expected - 1, previous):
        faults.append(Fault(expected - 1, f"the history should end with entry {owner.ledger_seq}"))
    return faults


def _columns(entry: LedgerEntry) -> list[Any]:
    return [entry.seq, [entry.chain_kind, entry.chain_id], entry.at.isoformat(), entry.actor_id, entry.verb,
            sorted(entry.sections.split()), entry.is_material]  # fmt: skip


def _told(entry: LedgerEntry) -> list[Any]:
    told = json.loads(entry.body)
    actor = told["actor"]
    return [told["seq"], told["chain"], told["at"], actor["id"] if actor else None, told["verb"],
            told["sections"], told["material"]]  # fmt: skip


def check(owner: Chained) -> list[Fault]:
    """Verify a history and remember what was found, where administrators see it."""
    faults = verify(owner)
    owner.ledger_checked_at = clock.now()
    owner.ledger_fault = f"entry {faults[0].seq}: {faults[0].what}"[:300] if faults else ""
    owner.save(update_fields=["ledger_checked_at", "ledger_fault"])
    return faults
