"""Who may do what in a project: the one table. Guardian's rows are its projection, written in `projects.access`."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    STAKEHOLDER = "stakeholder", _("stakeholder")
    RESPONDENT = "respondent", _("answers questions")
    VIEWER = "viewer", _("viewer")
    AUDITOR = "auditor", _("auditor")
    EDITOR = "editor", _("editor")
    LEAD = "lead", _("lead")


PERMISSIONS: dict[str, frozenset[str]] = {
    Role.STAKEHOLDER: frozenset({"view_revision"}),  # from the matrix, or as a substitute
    Role.RESPONDENT: frozenset({"answer_project"}),  # a question, an upload link
    Role.VIEWER: frozenset({"view_project", "view_revision"}),
    Role.AUDITOR: frozenset({"view_project", "view_revision", "audit_project"}),
    Role.EDITOR: frozenset({"view_project", "view_revision", "change_project"}),
    Role.LEAD: frozenset(
        {
            "view_project",
            "view_revision",
            "change_project",
            "manage_stakeholders",
            "submit_project",
            "move_phase",
            "share_project",
            "archive_project",
            "audit_project",
        }
    ),
}

OF_TENANT_ADMIN = frozenset({"share_project", "archive_project", "override_gate"})
"""What an administrator of the tenant may do in its projects by membership, without a grant: nothing with content.

Nobody is granted `override_gate`; whoever has it decides on what they read by a role of their own.
"""

SHARED = (Role.VIEWER, Role.AUDITOR, Role.EDITOR, Role.LEAD)
"""Roles that are given on the sharing page; the others come from the matrix, a question or an upload link."""
