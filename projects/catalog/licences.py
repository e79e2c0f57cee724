"""Products: what a licence grants, and which devices it covers."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read

DEVICES_PER_USER_SEAT = 5  # concurrently onboarded computers and phones (subscription_settings)
BUSINESS_MAX_SERVERS = 60  # Defender for Business servers, per tenant (requirements)
BUSINESS_MAX_USERS = 300  # Defender for Business (business_faq)

POOLS = (("users", "User licences"), ("servers", "Server licences"))


class Product(NamedTuple):
    """A product that an organisation may own.

    `grants` is the plan that it brings ("P1", "P2", "MDB") or None; `pool` is what it covers, "users" (computers and
    phones of people) or "servers", or None if it covers neither: the two pools are never added.
    `has_pim` and `has_intune`: the product also brings Entra ID P2 (eligible roles) or Intune.
    """

    key: str
    name: str
    sku_part_number: str
    grants: str | None
    pool: str | None
    devices_per_seat: int
    note: str
    source: str
    has_pim: bool
    has_intune: bool


class UnknownProduct(UnknownKey):
    """No product has this key."""

    what = "product"


@cache
def products() -> Mapping[str, Product]:
    """Every product by its key, those most often owned first."""
    per_seat = {"users": DEVICES_PER_USER_SEAT, "servers": 1, None: 0}
    return MappingProxyType(
        {
            row["key"]: Product(
                key=row["key"],
                name=row["name"],
                sku_part_number=row.get("sku", ""),
                grants=row.get("grants"),
                pool=row.get("pool"),
                devices_per_seat=per_seat[row.get("pool")],
                note=row.get("note", ""),
                source=row["source"],
                has_pim=row.get("has_pim", False),
                has_intune=row.get("has_intune", False),
            )
            for row in read("products")["products"]
        }
    )


def product(key: str) -> Product:
    """The product of that key; raises UnknownProduct."""
    return look_up(products(), key, UnknownProduct)


@cache
def _by_sku() -> Mapping[str, Product]:
    return {one.sku_part_number.lower(): one for one in products().values() if one.sku_part_number}


def product_for_sku(sku_part_number: str) -> Product | None:
    """The product of that SKU part number (as in the tenant's list of subscribed SKUs), case ignored, or None."""
    return _by_sku().get(sku_part_number.strip().lower())


@cache
def service_plans() -> Mapping[str, str]:
    """Name and id of a service plan, lower case, to the plan granted. Match it first: no list of SKUs is complete."""
    return MappingProxyType({name.lower(): grants for name, grants in read("products")["service_plans"].items()})
