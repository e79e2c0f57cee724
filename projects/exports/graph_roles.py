"""The tiers as roles of the portal, as the interface for unified roles takes them (graph_role_definitions).

The service refuses the property "@odata.type" that its documentation shows for assignments, so there is none.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from projects import catalog
from projects.catalog import BUILT_IN_ONLY, RoleAction
from projects.document import ProjectFacts
from projects.document.rows import Tier
from projects.document.sections import Access
from projects.rules.granted import granted_by_group
from projects.rules.labels import permission_name
from projects.rules.portal_roles import role_names
from projects.rules.writing import same_name

ADDRESS = "https://graph.microsoft.com/beta/roleManagement/defender"
RIGHT = "RoleManagement.ReadWrite.Defender"
DATA_SOURCE = "Mde"
LONGEST_DESCRIPTION = 1_000


class Roles(NamedTuple):
    """`inferred`: names of permissions that nobody has confirmed. `lost`: (role, permission) without a counterpart.

    `empty`: roles that are left out, for they would hold no permission. `scoped`: role -> each of
    its Entra groups -> the device groups that are granted to that one. `of_everybody`: those that are granted to nobody.
    """

    definitions: tuple[dict[str, Any], ...]
    assignments: tuple[dict[str, Any], ...]
    inferred: tuple[RoleAction, ...]
    lost: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]
    without_group: tuple[str, ...]
    scoped: dict[str, dict[str, tuple[str, ...]]]
    of_everybody: tuple[str, ...]


def roles_of(access: Access) -> Roles:
    """A definition and an assignment for each tier. Permissions of the classic model become their counterparts."""
    tiers = [tier for tier in access.tiers if not tier.does_not_apply]
    names = role_names(tiers)
    definitions, assignments, lost, empty, without = [], [], [], [], []
    used: dict[str, RoleAction] = {}
    scoped: dict[str, dict[str, tuple[str, ...]]] = {}
    granted = granted_by_group(access.device_groups)
    for tier in tiers:
        name = names[tier.key]
        keys, gone = _unified(tier)
        lost += [(name, permission_name(key)) for key in gone]
        actions = [catalog.role_actions()[key] for key in keys if key in catalog.role_actions()]
        if not actions:
            empty.append(name)
            continue
        used |= {one.permission: one for one in actions}
        definitions.append(_definition(name, tier, actions))
        groups = tuple(dict.fromkeys(" ".join(group.split()) for group in tier.groups if group.strip()))
        if groups:
            assignments.append(_assignment(name, groups))
        else:
            without.append(name)
        scoped[name] = {group: tuple(one.name for one in granted.get(same_name(group), ())) for group in groups}
    inferred = tuple(one for one in used.values() if one.basis == catalog.INFERRED)
    return Roles(
        tuple(definitions),
        tuple(assignments),
        inferred,
        tuple(lost),
        tuple(empty),
        tuple(without),
        scoped,
        tuple(one.name for one in granted.get("", ())),
    )


def _unified(tier: Tier) -> tuple[list[str], list[str]]:
    """The unified permissions of a tier, each once; and those of the classic model that have no counterpart."""
    unified, classic = catalog.unified_permissions(), catalog.classic_permissions()
    found: dict[str, None] = {}
    gone = []
    for key in tier.permissions:
        if key in unified:
            found[key] = None
        elif key in classic and classic[key].unified and key != BUILT_IN_ONLY:
            found |= dict.fromkeys(classic[key].unified)
        else:
            gone.append(key)
    return list(found), gone


def _definition(name: str, tier: Tier, actions: list[RoleAction]) -> dict[str, Any]:
    return {
        "displayName": name,
        "description": " ".join(tier.description.split())[:LONGEST_DESCRIPTION],
        "rolePermissions": [{"allowedResourceActions": list(dict.fromkeys(one.action for one in actions))}],
    }


def _assignment(name: str, groups: tuple[str, ...]) -> dict[str, Any]:
    return {
        "role": name,
        "groups": list(groups),
        "request": {
            "displayName": name,
            "roleDefinitionId": f"{{id of the role {name}}}",
            "principalIds": [f"{{id of the group {group}}}" for group in groups],
            "directoryScopeIds": ["/"],
            "appScopeIds": [DATA_SOURCE],
        },
    }


def roles_as_json(roles: Roles, project: ProjectFacts) -> str:
    """The file: what to post where, and what to know before. Letters beyond ASCII are escaped, so nothing hides in it."""
    told = {
        "plan": project.name,
        "facts": catalog.VERSION,
        "interface": {
            "address": ADDRESS,
            "permission": RIGHT,
            "sources": [catalog.source(key).url for key in ("graph_role_definitions", "graph_role_assignments")],
        },
        "remarks": [
            "Post each of roleDefinitions to roleDefinitions, then the request of each of roleAssignments to "
            "roleAssignments. Look a role up by its displayName first: posting it twice makes two of it.",
            "What stands in braces is an ID that only your tenant knows: of the role just made, and of the Entra group.",
            "The service may answer a post with a redirect although the role was made: look it up before posting again.",
            "Which devices a group sees is not set here but on the page of the device groups. deviceGroups says of each "
            "Entra group which are granted to it, by this plan: a member of one does not see those of another.",
            "deviceGroupsOfEverybody are granted to nobody: everybody who holds a role sees them, and so all do the "
            "devices that are in no group.",
            "This interface is a beta: Microsoft may change it. Try it with one role first.",
        ],
        "roleDefinitions": list(roles.definitions),
        "roleAssignments": list(roles.assignments),
        "deviceGroups": {
            role: {group: list(names) for group, names in groups.items()} for role, groups in roles.scoped.items()
        },
        "deviceGroupsOfEverybody": list(roles.of_everybody),
        "namesToCheck": [
            {"permission": permission_name(one.permission), "action": one.action} for one in roles.inferred
        ],
        "withoutCounterpart": [{"role": role, "permission": permission} for role, permission in roles.lost],
        "leftOutWithoutPermission": list(roles.empty),
        "withoutGroup": list(roles.without_group),
    }
    return json.dumps(told, indent=2) + "\n"
