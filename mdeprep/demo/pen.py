"""Somebody at work in a project: every stroke is an action, at the hour that the step says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.core.files.base import ContentFile

from projects import actions as plan_actions
from projects.document import as_json
from projects.models import Project, TimelineItem
from projects.rules import device_group_list
from projects.tables import TABLES, Table
from readiness import actions as readiness
from stakeholders import actions as stakeholders
from stakeholders.models import Decision, Request, Round
from stakeholders.plan import as_plain, load
from tenants import clock, outbox
from tenants.models import Mail, User

MAIL_TAKES = timedelta(minutes=2)
Values = Mapping[str, Any]
Filled = Mapping[str, Mapping[str, Values]]
"""Rows by table ("access.tiers") and key."""


def table(where: str) -> Table:
    """The table of "environment.devices"."""
    section, _, name = where.partition(".")
    return TABLES[section, name]


class Pen(NamedTuple):
    """Writes into one project as one person."""

    project: Project
    by: User

    def of(self, by: User) -> Pen:
        return self._replace(by=by)

    def add(self, where: str, rows: Mapping[str, Values], why: str = "") -> None:
        """Add rows, by key."""
        for key, values in rows.items():
            plan_actions.add_row(project=self.project, table=table(where), key=key, values=values, by=self.by, why=why)

    def change(self, where: str, key: str, why: str = "", **values: Any) -> None:
        plan_actions.change_row(project=self.project, table=table(where), key=key, values=values, by=self.by, why=why)

    def fill_in(self, filled: Filled, why: str) -> None:
        """Export the plan, write into rows of the document or add some, and replace the plan by it."""
        body = as_plain(load([self.project])[self.project.pk], self.project)
        for where, wanted in filled.items():
            section, _, name = where.partition(".")
            rows = {row["key"]: row for row in body[section][name]}
            for key, values in wanted.items():
                as_written = {field: as_json(value) for field, value in values.items()}
                rows[key] = {**rows.get(key, {"key": key}), **as_written}
            body[section][name] = list(rows.values())
        stakeholders.import_plan(
            document=stakeholders.read_document(body),
            tenant=self.project.tenant,
            project=self.project,
            by=self.by,
            why=why,
        )

    def import_devices(self, source: str, export: str, *, take_over: Collection[str] = ()) -> None:
        """Let an export be read, and its counts become those of the plan."""
        file = ContentFile(export.encode(), "export.csv")
        row = plan_actions.start_import(project=self.project, file=file, by=self.by, source=source, is_queued=False)
        plan_actions.read_import(row.pk)
        plan_actions.apply_import(device_import=row, by=self.by, take_over=take_over)

    def paste_device_groups(self, text: str) -> None:
        groups, problems = device_group_list.read(text)
        if problems:
            raise ValueError(problems)
        plan_actions.add_device_groups(project=self.project, groups=groups, by=self.by)

    def set_aside(self, where: str, reasons: Mapping[str, str]) -> None:
        """Say of rows, by key, why they do not apply."""
        for key, because in reasons.items():
            plan_actions.set_aside(project=self.project, table=table(where), key=key, because=because, by=self.by)

    def place_timeline(self, ends_on: date) -> None:
        """Lay down the template's dates, counted back from the end of Onboard."""
        plan_actions.place_timeline(project=self.project, ends_on=ends_on, by=self.by)

    def change_titled(self, titled: str, **values: Any) -> None:
        """Change the date of the timeline that is called so."""
        key = TimelineItem.objects.get(project=self.project, title=titled).key
        self.change("timeline.items", key, **values)

    def own(self, owners: Mapping[str, User]) -> None:
        """Name the owner of each section."""
        for section, person in owners.items():
            plan_actions.set_owner(project=self.project, section=section, person=person, by=self.by)

    def name(self, people: Mapping[str, User]) -> None:
        """Put people on rows of the matrix, by key."""
        for key, person in people.items():
            stakeholders.assign(project=self.project, key=key, email=person.email, name=person.name, by=self.by)

    def nobody(self, reasons: Mapping[str, str]) -> None:
        """Say of rows of the matrix, by key, why they do not apply."""
        for key, because in reasons.items():
            stakeholders.change_stakeholder(
                project=self.project, key=key, values={"does_not_apply": because}, by=self.by, why=because
            )

    def ask(self, sections: Collection[str], due_on: date, *, note: str = "", again: Collection[str] = ()) -> Round:
        """Send sections for approval, with what is known at that hour."""
        return readiness.ask_for_approval(
            project=self.project, sections=sections, due_on=due_on, by=self.by, note=note, ask_again=again
        )

    def answer(
        self, answer: str | Mapping[str, str], *, comment: str = "", signed_in_by: str = "code", tolerance: int = 5
    ) -> Decision:
        """Read and answer the newest open request to this person: one answer for all, or one per section."""
        request = self.request()
        stakeholders.record_opened(request=request)
        answers = dict.fromkeys(request.sections, answer) if isinstance(answer, str) else dict(answer)
        digests = Project.objects.get(pk=self.project.pk).digests
        return stakeholders.decide(
            request=request,
            by=self.by,
            answers=answers,
            read={section: digests[section] for section in answers},
            authenticated_by=signed_in_by,
            comment=comment,
            tolerance=tolerance,
        )

    def request(self) -> Request:
        """The newest open request to this person."""
        rows = Request.objects.open().of_person(self.by).filter(round__project=self.project)
        found = rows.select_related("round").order_by("pk").last()
        if found is None:
            raise LookupError(f"{self.by} is not asked for anything in {self.project}.")
        return found


@contextmanager
def step(moment: datetime, *projects: Project) -> Iterator[None]:
    """Let it be `moment`; then do what the workers would have done: deliver the mails, judge the projects.

    A step that changes nothing in the verdict needs no project: judging takes time.
    """
    with clock.set_to(moment):
        yield
    with clock.set_to(moment + MAIL_TAKES):
        deliver_mails()
        for project in projects:
            readiness.recompute(project.pk)
        deliver_mails()  # what the new verdicts say


def deliver_mails() -> None:
    """Record what waits as delivered, as a mail service would say. Nothing leaves this computer: the addresses are invented."""
    for pk in list(Mail.objects.due().order_by("created_at").values_list("pk", flat=True)):
        mail = outbox.claim(pk)
        if mail is not None:
            outbox.sent(mail, forget=False)
            Mail.objects.filter(pk=mail.pk).update(delivered_at=clock.now())
