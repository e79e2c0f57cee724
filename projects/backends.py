"""Django's `has_perm` about a project: says what `Project.objects.permitting` says, for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from projects.access import permissions_of
from projects.models import Project


class ProjectRoles(BaseBackend):
    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(obj, Project):
            return False
        app, _, codename = perm.rpartition(".")
        return app in {"", "projects"} and codename in permissions_of(obj, user_obj)
