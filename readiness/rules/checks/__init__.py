"""The checks, one module per section. Importing one registers its checks; the order is that of the blocker list."""

from readiness.rules.checks import (  # isort: skip - the order of the list
    licences,
    signatures,
    environment,
    operations,
    access,
    access_roles,
    access_tiers,
    device_groups,
    temporary,
    switch,
    connectivity,
    adoption,
    migration,
    timeline,
    stakeholders,
)

__all__ = [
    "access",
    "access_roles",
    "access_tiers",
    "adoption",
    "connectivity",
    "device_groups",
    "environment",
    "licences",
    "migration",
    "operations",
    "signatures",
    "stakeholders",
    "switch",
    "temporary",
    "timeline",
]
