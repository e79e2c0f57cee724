from projects.models.access import AccessSettings, Assignment, DeviceGroup, PartnerAccess, Persona, Tier
from projects.models.asked import Asked, Owed, Proposal, Question, UploadRequest, find_asked, owed
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
    "Asked",
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
    "Owed",
    "PartnerAccess",
    "Persona",
    "PlanRow",
    "Project",
    "ProjectGroupPermission",
    "ProjectUserPermission",
    "Proposal",
    "Question",
    "Role",
    "Route",
    "SectionOwner",
    "Siem",
    "Source",
    "Tier",
    "TimelineItem",
    "Topic",
    "UploadRequest",
    "find_asked",
    "new_key",
    "owed",
]
