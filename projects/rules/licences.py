"""Licences as arithmetic on the inventory: two pools, user seats and server licences, which are never added."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from projects import catalog
from projects.document.rows import Entitlement
from projects.document.sections import Plan
from projects.rules.estate import Estate, estate_of

USERS, SERVERS = "users", "servers"
QUOTED, ENDED, OTHER_PLAN, NO_POOL, UNKNOWN = "quoted", "ended", "other_plan", "no_pool", "unknown"
"""Why an entitlement covers nothing: see `Part.because`."""

# What a plan contains of another: Plan 2 contains Plan 1; Defender for Business contains it too (business_overview).
_RANK = {"P1": 1, "MDB": 1, "P2": 2}


class Part(NamedTuple):
    """One entitlement and the devices that it covers: quantity x per_seat, or nothing, and then `because` says why."""

    key: str
    product: str
    name: str
    grants: str | None
    pool: str | None
    quantity: int
    per_seat: int
    state: str
    until: date | None
    because: str = ""

    @property
    def covers(self) -> int:
        return 0 if self.because else self.quantity * self.per_seat


class Pool(NamedTuple):
    """Devices that need a licence of this kind, and those that the licences at hand cover."""

    name: str
    need: int
    parts: tuple[Part, ...]

    @property
    def have(self) -> int:
        return sum(part.covers for part in self.parts)

    @property
    def gap(self) -> int:
        """Devices without a licence."""
        return max(self.need - self.have, 0)

    @property
    def spare(self) -> int:
        return max(self.have - self.need, 0)


class Coverage(NamedTuple):
    """Both pools, and what was bought or tried but covers no device of this plan.

    Nothing here adds the pools: a user licence never covers a server (no_server_rights).
    """

    users: Pool
    servers: Pool
    covers_nothing: tuple[Part, ...]
    plans: frozenset[str]
    """The plans that the user licences at hand bring: two of them need the mixed-licence setting."""

    @property
    def pools(self) -> tuple[Pool, Pool]:
        return self.users, self.servers

    @property
    def is_enough(self) -> bool:
        return not (self.users.gap or self.servers.gap)

    @property
    def mixes_plans(self) -> bool:
        return {"P1", "P2"} <= self.plans


def coverage(plan: Plan, today: date | None = None) -> Coverage:
    """What the licences of a plan cover. Only what is bought, or on a trial that has not ended by `today`, counts.

    Users: every computer, phone and tablet that was counted, five to a seat (subscription_settings). Servers: the
    Windows and Linux servers that this plan can onboard, one licence each (onboard_servers). Without a day nothing
    has ended.
    """
    estate = estate_of(plan.environment, str(plan.project.plan))
    is_mixed = any(row.is_mixed and not row.does_not_apply for row in plan.licences.licensing)
    parts = [
        _part(row, wanted=str(plan.project.plan), is_mixed=is_mixed, today=today)
        for row in plan.licences.entitlements
        if not row.does_not_apply
    ]
    return Coverage(
        users=_pool(USERS, user_need(estate), parts),
        servers=_pool(SERVERS, server_need(estate), parts),
        covers_nothing=tuple(part for part in parts if part.because),
        plans=frozenset(p.grants for p in parts if p.grants and p.pool == USERS and p.because in ("", OTHER_PLAN)),
    )


def user_need(estate: Estate) -> int:
    return estate.computers.total + estate.mobiles.total


def server_need(estate: Estate) -> int:
    return estate.servers.can_be_onboarded


def _pool(name: str, need: int, parts: list[Part]) -> Pool:
    return Pool(name, need, tuple(part for part in parts if part.pool == name and not part.because))


def _part(row: Entitlement, *, wanted: str, is_mixed: bool, today: date | None) -> Part:
    known = catalog.products().get(row.product)
    grants, pool = (known.grants, known.pool) if known else (None, None)
    if known is None:
        because = UNKNOWN
    elif row.state == "quoted":
        because = QUOTED
    elif row.until and today and row.until < today:
        because = ENDED
    elif pool is None or grants is None:
        because = NO_POOL
    elif _RANK[grants] < _RANK[wanted] and not (is_mixed and grants == "P1" and pool == USERS):
        because = OTHER_PLAN
    else:
        because = ""
    return Part(
        key=row.key,
        product=row.product,
        name=known.name if known else row.product,
        grants=grants,
        pool=pool,
        quantity=row.quantity,
        per_seat=known.devices_per_seat if known else 0,
        state=str(row.state),
        until=row.until,
        because=because,
    )
