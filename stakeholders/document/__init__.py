"""The stakeholder matrix, and the whole document: the plan together with it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from pydantic import Field

from projects.document import Plan, Row, Section
from projects.document.fields import Line, Text, material, wording


class Part(TextChoices):
    SO = "SO", gettext_lazy("Approves (SO)")
    R = "R", gettext_lazy("Gives input (R)")
    I = "I", gettext_lazy("Is informed (I)")  # noqa: E741 - the matrix calls it so


class Quorum(TextChoices):
    ALL = "all", gettext_lazy("everybody who approves")
    ANY = "any", gettext_lazy("any one who approves")


class MatrixSettings(Row):
    called: ClassVar[str] = _("Who must approve")

    quorum: Quorum = material(_("Who must approve a section"), "all")


class StakeholderRow(Row):
    """A row of the matrix. Rows of people who are only informed (I) are not signed."""

    role: Line = material(_("Role"))
    part: Part = material(_("Part"))
    name: Line = material(_("Name"), "")
    email: Line = material(_("E-mail"), "")
    scope: tuple[Line, ...] = material(_("Sections"), ())
    question: Text = wording(_("Question that is asked"), "")
    description: Text = wording(_("Description"), "")
    substitute: Line = wording(_("Substitute"), "")
    substitute_email: Line = wording(_("Substitute's e-mail"), "")
    substitute_from: date | None = wording(_("Substitute from"), None)
    substitute_until: date | None = wording(_("Substitute until"), None)
    escalation: Line = wording(_("Escalation contact"), "")
    telephone: Line = wording(_("Telephone"), "")

    @property
    def is_approver(self) -> bool:
        """Whether a person in this row approves anything."""
        return self.part == Part.SO and not self.does_not_apply and bool(self.email)

    def signs(self, section: str) -> bool:
        """Whether this row stands for a signature on `section`."""
        return self.part == Part.SO and not self.does_not_apply and self.covers(section)

    def covers(self, section: str) -> bool:
        return not self.scope or section in self.scope


class Stakeholders(Section):
    title = _("Stakeholders")
    settings: tuple[MatrixSettings, ...] = ()
    rows: tuple[StakeholderRow, ...] = ()

    @property
    def quorum(self) -> str:
        return self.settings[0].quorum if self.settings else Quorum.ALL

    def approvers(self, section: str) -> tuple[StakeholderRow, ...]:
        """The SO rows whose scope has `section`."""
        return tuple(row for row in self.rows if row.signs(section))


class Document(Plan):
    """A project as it leaves the database: the one shape for approval, checks, exports and evidence."""

    stakeholders: Stakeholders = Field(default_factory=Stakeholders)

    def section(self, name: str) -> Section:
        found = getattr(self, name)
        assert isinstance(found, Section)
        return found
