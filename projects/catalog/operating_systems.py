"""Operating systems: which plan supports each, and by which route it is onboarded."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read

PLANS = ("P1", "P2")

ROUTE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "built_in": "built in",
        "unified": "unified solution",
        "deployment_tool": "deployment tool",
        "monitoring_agent": "Monitoring Agent only",
        "managed": "supported",
        "cannot": "cannot be onboarded",
        "unknown": "not placed",
    }
)

EXTRA_STEP_ROUTES = frozenset({"unified", "deployment_tool", "monitoring_agent"})

FAMILIES = ("windows", "windows-server", "macos", "ios", "android", "linux", "other")

# What is on no list of supported systems, such as ChromeOS or a printer: its kind and its name are said per row.
OTHER = "other"


class System(NamedTuple):
    """One operating system in one version. `seed` says that the planning documents of 2023 already named it."""

    key: str
    name: str
    family: str
    kind: str
    plans: frozenset[str]
    route: str
    note: str
    source: str
    requires: tuple[str, ...]
    seed: bool

    def route_on(self, plan: str) -> str:
        """The route on that plan ("P1" or "P2"), a key of ROUTE_LABELS."""
        return route_on(self, plan)


class UnknownSystem(UnknownKey):
    """No operating system has this key."""

    what = "operating system"


@cache
def systems() -> Mapping[str, System]:
    """Every operating system by its key, in the order of display: by family, newest first inside it."""
    return MappingProxyType(
        {
            row["key"]: System(
                key=row["key"],
                name=row["name"],
                family=row["family"],
                kind=row["kind"],
                plans=frozenset(row["plans"]),
                route=row["route"],
                note=row.get("note", ""),
                source=row["source"],
                requires=tuple(row.get("requires", ())),
                seed=row.get("seed", False),
            )
            for row in read("systems")
        }
    )


def system(key: str) -> System:
    """The operating system of that key; raises UnknownSystem, which names the nearest keys."""
    return look_up(systems(), key, UnknownSystem)


def route_on(which: System | str, plan: str) -> str:
    """How that system is onboarded on that plan: a key of ROUTE_LABELS. "cannot" if the plan does not support it."""
    if plan not in PLANS:
        raise ValueError(f"{plan!r} is no plan: {' or '.join(PLANS)}.")
    one = system(which) if isinstance(which, str) else which
    if one.route in ("cannot", "unknown"):
        return one.route
    return one.route if plan in one.plans else "cannot"


def can_be_onboarded(which: System | str, plan: str) -> bool:
    """Whether that plan has a route for the system. A system that was not placed counts as no."""
    return route_on(which, plan) not in ("cannot", "unknown")


def needs_extra_step(which: System | str, plan: str) -> bool:
    """Whether something must be installed or prepared on the device before onboarding."""
    return route_on(which, plan) in EXTRA_STEP_ROUTES
