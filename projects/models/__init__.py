from projects.models.access import AccessSettings, Assignment, DeviceGroup, PartnerAccess, Persona, Tier
from projects.models.environment import (
    CdocTeam,
    DeviceCount,
    ExistingProtection,
    Impact,
    ManagementEngine,
    Siem,
    Source,
    Topic,
)
from projects.models.imports import DeviceImport
from projects.models.learned import LearnedColumns, LearnedName
from projects.models.project import (
    Grant,
    Project,
    ProjectGroupPermission,
    ProjectUserPermission,
    SectionOwner,
)
from projects.models.rollout import (
    Component,
    Entitlement,
    Licensing,
    MigrationItem,
    NetworkSettings,
    Route,
    TimelineItem,
)
from projects.models.rows import PlanRow, new_key
from projects.rules.roles import Role

__all__ = [
    "AccessSettings",
    "Assignment",
    "CdocTeam",
    "Component",
    "DeviceCount",
    "DeviceGroup",
    "DeviceImport",
    "Entitlement",
    "ExistingProtection",
    "Grant",
    "Impact",
    "LearnedColumns",
    "LearnedName",
    "Licensing",
    "ManagementEngine",
    "MigrationItem",
    "NetworkSettings",
    "PartnerAccess",
    "Persona",
    "PlanRow",
    "Project",
    "ProjectGroupPermission",
    "ProjectUserPermission",
    "Role",
    "Route",
    "SectionOwner",
    "Siem",
    "Source",
    "Tier",
    "TimelineItem",
    "Topic",
    "new_key",
]
