"""What carries out the access plan elsewhere, made out of the frozen document. Pure: no database, no clock."""

from projects.exports.graph_roles import Roles, roles_as_json, roles_of
from projects.exports.graph_script import Script, script_of
from projects.exports.groups import Group, groups_of, hidden_marks
from projects.exports.run_sheet import Step, steps_of
from projects.exports.seed_tables import personas_table, tiers_table

__all__ = [
    "Group",
    "Roles",
    "Script",
    "Step",
    "groups_of",
    "hidden_marks",
    "personas_table",
    "roles_as_json",
    "roles_of",
    "script_of",
    "steps_of",
    "tiers_table",
]
