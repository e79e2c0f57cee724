"""What each plan contains."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read


class Feature(NamedTuple):
    """A capability, the plans that contain it, and the document that says so."""

    key: str
    name: str
    plans: frozenset[str]
    source: str


class UnknownFeature(UnknownKey):
    """No capability or component has this key."""

    what = "component"


FEATURE_ROWS: Mapping[str, Feature] = MappingProxyType(
    {
        row["key"]: Feature(
            key=row["key"],
            name=row["name"],
            plans=frozenset(row["plans"]),
            source=row.get("source", "business_overview"),
        )
        for row in read("features")
    }
)

# Plan to the keys of its capabilities; the six components of the adoption order are among them.
FEATURES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        plan: frozenset(key for key, feature in FEATURE_ROWS.items() if plan in feature.plans)
        for plan in ("P1", "P2", "MDB")
    }
)


def component_available(component_key: str, plan: str) -> bool:
    """Whether that plan ("P1", "P2" or "MDB") contains the component or capability; raises UnknownFeature."""
    if plan not in FEATURES:
        raise ValueError(f"{plan!r} is no plan: {', '.join(FEATURES)}.")
    return plan in look_up(FEATURE_ROWS, component_key, UnknownFeature).plans
