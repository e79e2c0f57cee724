"""Contoso Pharma: nothing but the standard template. Shows the tables of the planning documents untouched."""

from __future__ import annotations

from mdeprep.demo.days import Days
from mdeprep.demo.pen import step
from mdeprep.demo.people import Cast
from projects import access
from projects.models import Project
from projects.rules.roles import Role
from stakeholders import actions as stakeholders

NAME, SLUG = "Contoso Pharma", "contoso-pharma"


def make(cast: Cast, days: Days) -> Project:
    with step(days.at(-6, "14:30")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"), lead=cast.lena, by=cast.lena, name=NAME, slug=SLUG, kind="deployment"
        )
    with step(days.at(-6, "14:35"), project):
        access.grant(project=project, user=cast.noah, role=Role.LEAD, by=cast.lena)
        for editor in (cast.priya, cast.tomas):
            access.grant(project=project, user=editor, role=Role.EDITOR, by=cast.lena)
        access.grant(project=project, user=cast["auditor"], role=Role.AUDITOR, by=cast.lena, ends_on=days.day(30))
    return project
