"""The stakeholder matrix, and the whole document: the plan together with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from msgspec import field

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

    quorum: Annotated[Quorum, material(_("Who must approve a section"))] = Quorum.ALL


class StakeholderRow(Row):
    """A row of the matrix. Rows of people who are only informed (I) are not signed."""

    role: Annotated[Line, material(_("Role"))]
    part: Annotated[Part, material(_("Part"))]
    name: Annotated[Line, material(_("Name"))] = ""
    email: Annotated[Line, material(_("E-mail"))] = ""
    scope: Annotated[tuple[Line, ...], material(_("Sections"))] = ()
    question: Annotated[Text, wording(_("Question that is asked"))] = ""
    description: Annotated[Text, wording(_("Description"))] = ""
    substitute: Annotated[Line, wording(_("Substitute"))] = ""
    substitute_email: Annotated[Line, wording(_("Substitute's e-mail"))] = ""
    substitute_from: Annotated[date | None, wording(_("Substitute from"))] = None
    substitute_until: Annotated[date | None, wording(_("Substitute until"))] = None
    escalation: Annotated[Line, wording(_("Escalation contact"))] = ""
    telephone: Annotated[Line, wording(_("Telephone"))] = ""

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

    stakeholders: Stakeholders = field(default_factory=Stakeholders)

    def section(self, name: str) -> Section:
        found = getattr(self, name)
        assert isinstance(found, Section)
        return found
