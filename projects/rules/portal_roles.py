"""What the roles of the portal are called that carry a plan's tiers: the same in what is exported and compared."""

from __future__ import annotations

from collections.abc import Collection

from projects.document.rows import Tier

LONGEST = 120


def role_names(tiers: Collection[Tier]) -> dict[str, str]:
    """Key of a tier -> the name of its role. Two tiers never share one; the names are no translation."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for tier in tiers:
        name = " ".join(f"Tier {tier.number} {tier.name}".split())[:LONGEST]
        if tier.region:
            name = f"{name} ({' '.join(tier.region.split())[:60]})"
        wanted, number = name, 1
        while wanted.casefold() in taken:
            number += 1
            wanted = f"{name} {number}"
        taken.add(wanted.casefold())
        found[tier.key] = wanted
    return found
