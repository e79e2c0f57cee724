"""8. A decision, from its POST to what is committed, and the page on which it is made.

The decision is compared with a bare path that locks, inserts, updates and puts a mail into the outbox; the page with
the bare list of 25 rows. The first to read a revision in a process also reads its text; the others do not.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.start import Row, django, report, sizes

MOST_QUERIES, MOST_TIMES = 17, 2.0
MOST_TIMES_OF_THE_PAGE = 3.5
LEAD, DECIDER, OTHER = "Lena Fischer", "Dana Reyes", "Marcus Webb"


def main() -> None:
    django()
    from bench import data
    from bench.web import Form, Page, cpu, session_of
    from mdeprep.wsgi import application
    from stakeholders import revisions
    from tenants.wake import nobody_woken

    few, many, batches, each = sizes(full=(20, 500, 25, 5), quick=(20, 60, 2, 2))
    rows_read, changed = sizes(full=(300, 40), quick=(60, 5))
    turns = 4 + batches * (each + 2)
    with nobody_woken():
        firsts: list[Page] = []
        bare_list = Page("bare list", "/bench/bare/", "", ("Bare list", "<td>"), application)
        forms, pages = [], []
        for count in (few, many):
            tenant, lead, decider = _people(f"Bench deciding {count}")
            cookie = session_of(decider)
            asked = _asked_of(_project(tenant, lead, decider, count), tenant, lead, decider, turns)
            forms.append(
                Form(f"decide, {count} rows", "", cookie, (), application, posts=[one.form() for one in asked])
            )
        for count, difference in ((few, 1), (rows_read, changed)):
            tenant, lead, decider = _people(f"Bench reading {count}")
            project = _project(tenant, lead, decider, count)
            [one] = _asked_of(project, tenant, lead, decider, 1)
            one.decide()
            again = _changed_and_asked_again(project, lead, difference)
            cookie = session_of(decider)
            shows = (lead.short_name, "Site 0000", *(["changed"] if difference else []))
            name = f"read, {count} rows, {difference} changed"
            pages.append(Page(name, again.path, cookie, shows, application))
            first = f"first {name}"
            firsts.append(Page(first, again.path, cookie, shows, application, prepare=revisions.forget))
            bare_list.cookie = cookie
        insert = Form("bare insert", "", cookie, (), application, posts=[("/bench/insert/", {})] * (turns + 2))
        data.analyse()
        queries = {page.name: page.queries() for page in (*forms, *pages)}
        costs = cpu([bare_list, insert, *forms, *pages, *firsts], batches=batches, each=each)
    names = [form.name for form in forms]
    read, first_read = [page.name for page in pages], [page.name for page in firsts]
    report(
        [
            Row("bare insert path", "x bare (CPU)", costs.ratio("bare insert", "bare list"), None,
                costs.median("bare insert")),
            Row(names[0], "queries", queries[names[0]], MOST_QUERIES),
            Row(names[1], "queries", queries[names[1]], queries[names[0]]),
            *(Row(n, "x bare insert path (CPU)", costs.ratio(n, "bare insert"), MOST_TIMES, costs.median(n))
              for n in names),
            Row(read[1], "queries", queries[read[1]], queries[read[0]]),
            *(Row(n, "x bare (CPU)", costs.ratio(n, "bare list"), MOST_TIMES_OF_THE_PAGE, costs.median(n))
              for n in read),
            *(Row(n, "x bare (CPU)", costs.ratio(n, "bare list"), None, costs.median(n)) for n in first_read),
        ]
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """An open request of the decider, in a project of its own."""

    request: Any
    decider: Any

    @property
    def path(self) -> str:
        from stakeholders.views.landing import decide_url

        return decide_url(self.request)

    def form(self) -> tuple[str, dict[str, str]]:
        """Where the page posts an approval of everything, and what."""
        project, request = self.request.round.project, self.request
        read = {f"read_{name}": project.digests[name] for name in request.sections}
        return self.path, {
            "code": request.code, "briefing": request.round.briefing_digest, "sign": "approve", "tolerance": "5", **read
        }  # fmt: skip

    def decide(self) -> None:
        from stakeholders import actions

        request = self.request
        actions.decide(
            request=request, by=self.decider, answers=dict.fromkeys(request.sections, "approve"),
            read=request.round.project.digests, authenticated_by="code",
        )  # fmt: skip


def _people(name: str) -> tuple[Any, Any, Any]:
    from bench import data
    from tenants.actions import invite

    tenant, lead = data.tenant_with_lead(name)
    address = f"ciso@{tenant.slug}.example"
    decider = invite(tenant=tenant, email=address, name=DECIDER, role="member", by=None, is_mailed=False).user
    return tenant, lead, decider


def _project(tenant: Any, lead: Any, decider: Any, count: int) -> Any:
    """A project whose plan has `count` rows, most of them device groups, and two people who approve."""
    from bench import data
    from bench.device_groups import group
    from projects import plan
    from projects.models import DeviceGroup, Project
    from projects.tables import TABLES
    from stakeholders import actions
    from stakeholders.models import Stakeholder

    project = actions.start_project(tenant=tenant, lead=lead, by=lead, name=tenant.name, kind="deployment")
    actions.assign(project=project, key="role-ciso", email=decider.email, name=DECIDER, by=lead)
    other = f"cdoc@{tenant.slug}.example"
    actions.assign(project=project, key="role-head-of-cdoc", email=other, name=OTHER, by=lead)
    of_matrix = Stakeholder.objects.filter(project=project).count()
    for table in TABLES.values():
        table.model._default_manager.filter(project=project).delete()
    data.in_batches(DeviceGroup, (group(project, n) for n in range(count - of_matrix)))
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    project.digests = plan.digests(project, plan.section_names(project))
    project.save(update_fields=["digests"])
    return project


def _asked_of(project: Any, tenant: Any, lead: Any, decider: Any, copies: int) -> Sequence[Asked]:
    """The decider is asked to approve everything, in as many copies of the project."""
    from bench import data
    from projects.models import Grant, ProjectUserPermission
    from projects.rules.roles import Role
    from stakeholders.models import Request

    _ask(project, lead)
    made = data.multiply(project, tenant, lead, copies - 1) if copies > 1 else []
    Grant.objects.bulk_create(Grant(project=p, user=decider, role=Role.STAKEHOLDER) for p in made)
    data.permit(ProjectUserPermission, "user_id", decider.pk, Role.STAKEHOLDER, [p.pk for p in made])
    rows = Request.objects.filter(email=decider.email).select_related("round__project")
    return [Asked(request, decider) for request in rows.order_by("pk")]


def _ask(project: Any, lead: Any, sections: Collection[str] = ()) -> None:
    from projects import plan
    from readiness.actions import ask_for_approval
    from tenants import clock

    wanted = sections or plan.section_names(project)
    ask_for_approval(project=project, sections=wanted, due_on=clock.today("UTC") + timedelta(days=9), by=lead)


def _changed_and_asked_again(project: Any, lead: Any, changed: int) -> Asked:
    """`changed` rows of what was signed are changed, with a reason each; the page then tells the difference."""
    from projects import actions
    from projects.models import Project
    from projects.tables import TABLES
    from stakeholders.models import Request

    table = TABLES["access", "device_groups"]
    for n in range(changed):
        actions.change_row(
            project=project, table=table, key=f"g-{n}", values={"rule_value": f"new-{n}.contoso.example"}, by=lead,
            why="The site has another domain.",
        )  # fmt: skip
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    _ask(project, lead, ["access"])
    found = Request.objects.filter(round__project=project, name=DECIDER).select_related("round__project")
    return Asked(found.latest("pk"), None)


if __name__ == "__main__":
    sys.exit(main())
