"""Mails about what is said around a request: questions, answers, suggestions, what was reported or taken back."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from projects.models import Project, Proposal
from stakeholders.emails.requests import link
from stakeholders.emails.told import ADMINISTERS, ASKED, DECIDED, LEADS, leads_of, page, tell
from stakeholders.models import Decision, Question, Reply, Report, Request
from stakeholders.rules.standing import CHANGES, OBJECT
from stakeholders.words import titles
from tenants.emails import at_place, short_day
from tenants.models import Membership, User


def tell_question(question: Question, *, by: User) -> None:
    """To the leads: somebody cannot decide before this is answered."""
    project = question.request.round.project
    for lead in leads_of(project):
        tell(
            project, to=lead.email, name=lead.name, slot=f"question-{question.pk}", by=by,
            subject=gettext_noop("A question from %(by)s before deciding: %(project)s"),
            lines=[gettext_noop("%(by)s asks before deciding. Reminders pause until you answer.")],
            quote=question.text, url=page("threads", project.slug) + f"#row-question-{question.pk}",
            deed=gettext_lazy("Answer the question"), why=LEADS,
        )  # fmt: skip


def tell_answer(question: Question, *, by: User) -> None:
    """To whoever asked: here is the answer, and the request still waits."""
    project = question.request.round.project
    tell(
        project, to=question.asked_by_email, name=question.asked_by_name, slot=f"answer-{question.pk}", by=by,
        subject=gettext_noop("%(by)s answered your question: %(project)s"),
        lines=[gettext_noop("You asked: “%(question)s” %(by)s answers:")], question=question.text,
        quote=question.answer, url=link(question.request), deed=gettext_lazy("Read and decide"), why=ASKED,
    )  # fmt: skip


SAID_NO = {
    CHANGES: gettext_noop("%(who)s asks for changes to %(sections)s. Answer it, or change the plan and ask again."),
    OBJECT: gettext_noop(
        "%(who)s objects to %(sections)s. It blocks nothing by itself; everybody who approves reads it."
    ),
}


def tell_said_no(decision: Decision, request: Request, *, by: User) -> None:
    """To the leads, where somebody asked for changes or objected: it waits for their answer."""
    project, who = request.round.project, decision.name
    if decision.for_name:
        who = _("%(name)s for %(other)s") % {"name": decision.name, "other": decision.for_name}
    for answer, line in SAID_NO.items():
        about = [name for name, given in decision.answers.items() if given == answer]
        for lead in leads_of(project) if about else ():
            if lead.email == by.email:
                continue
            tell(
                project, to=lead.email, name=lead.name, slot=f"said-{decision.pk}-{answer}", by=by,
                subject=gettext_noop("%(who)s does not agree with %(sections)s: %(project)s"), lines=[line],
                who=who, sections=titles(about), quote=decision.comment,
                url=page("threads", project.slug) + f"#row-said-{decision.pk}", deed=gettext_lazy("Read and answer"),
                why=LEADS,
            )  # fmt: skip


def tell_reply(reply: Reply, decision: Decision, project: Project, *, by: User) -> None:
    """To whoever asked for changes, objected or gave input: it was answered."""
    tell(
        project, to=decision.email, name=decision.name, slot=f"reply-{reply.pk}", by=by,
        subject=gettext_noop("%(by)s answered what you said: %(project)s"),
        lines=[
            gettext_noop("You said about %(sections)s: “%(said)s” %(by)s answers:"),
        ],
        quote=reply.text, said=decision.comment, sections=titles(list(decision.answers)), why=DECIDED,
    )  # fmt: skip


def tell_wrong_person(request: Request, *, by: User) -> None:
    """To the leads: the request went to the wrong person."""
    project = request.round.project
    for lead in leads_of(project):
        tell(
            project, to=lead.email, name=lead.name, slot=f"wrong-person-{request.pk}", by=by,
            subject=gettext_noop("%(by)s is not the right person to ask: %(project)s"),
            lines=[gettext_noop("%(by)s was asked as %(role)s and says: somebody else should be. "
                                "Nobody is reminded until you name the right person in the matrix.")],
            role=request.role, quote=request.disowned_says, url=page("matrix", project.slug),
            deed=gettext_lazy("Name the right person"), why=LEADS,
        )  # fmt: skip


def tell_suggested(proposal: Proposal, title: str, *, by: User) -> None:
    """To the leads: somebody who gives input knows a better value."""
    project = proposal.project
    for lead in leads_of(project):
        tell(
            project, to=lead.email, name=lead.name, slot=f"suggested-{proposal.pk}", by=by,
            subject=gettext_noop("%(by)s suggests a value: %(project)s"),
            lines=[gettext_noop("%(by)s suggests another value for %(row)s. You take it over with one click.")],
            row=title, quote=proposal.why, url=page("threads", project.slug) + f"#row-suggested-{proposal.pk}",
            deed=gettext_lazy("Look at the value"), why=LEADS,
        )  # fmt: skip


def tell_suggestion_settled(proposal: Proposal, title: str, *, by: User, is_accepted: bool) -> None:
    """To whoever suggested it. `title`: of the row, because one person may have suggested several values."""
    lines = [gettext_noop("%(by)s took over the value that you suggested for %(row)s. You are named as its source.")]
    if not is_accepted:
        lines = [gettext_noop("%(by)s left the value of %(row)s as it is.")]
    tell(
        proposal.project, to=proposal.made_by_email, name=proposal.made_by_name, slot=f"settled-{proposal.pk}", by=by,
        subject=gettext_noop("What became of your suggestion: %(project)s"), lines=lines, row=title,
        quote=proposal.why, why=ASKED,
    )  # fmt: skip


def tell_taken_back(decision: Decision, request: Request, *, by: User) -> None:
    project = request.round.project
    for lead in leads_of(project):
        tell(
            project, to=lead.email, name=lead.name, slot=f"taken-back-{decision.pk}", by=by,
            subject=gettext_noop("%(by)s took an answer back: %(project)s"),
            lines=[gettext_noop("%(by)s took back the answer on %(sections)s. It no longer counts.")],
            sections=titles(list(decision.answers)), quote=decision.comment,
            url=page("approvals", project.slug), deed=gettext_lazy("Open the approvals"), why=LEADS,
        )  # fmt: skip


GIVEN = {
    "code": gettext_noop("It was given by %(giver)s, signed in with a code sent to %(address)s."),
    "password": gettext_noop("It was given by %(giver)s, signed in with a password as %(address)s."),
    "": gettext_noop("It was given by %(giver)s, signed in as %(address)s."),
}


def tell_disowned(decision: Decision, request: Request, said: Decision, *, by: User) -> None:
    """To the leads and the administrators: somebody says that an answer in their name was not theirs."""
    project = request.round.project
    admins = Membership.objects.current().filter(tenant=project.tenant, role=Membership.Role.ADMIN)
    readers = {row.user.email: (str(row.user), ADMINISTERS) for row in admins.select_related("user")}
    readers |= {lead.email: (lead.name, LEADS) for lead in leads_of(project)}
    if said.email != by.email:
        readers |= {said.email: (said.name, DECIDED)}
    for email, (name, why) in readers.items():
        tell(
            project, to=email, name=name, slot=f"disowned-{decision.pk}", by=by,
            subject=gettext_noop("%(by)s did not give an answer that stands in their name: %(project)s"),
            lines=[gettext_noop("%(by)s says that the answer on %(sections)s of %(at)s was not theirs. It is set aside."),
                   GIVEN.get(said.authenticated_by, GIVEN[""]),
                   gettext_noop("Find out who used that account or mailbox, and end it there.")],
            sections=titles(list(decision.answers)), at=at_place(said.decided_at, project.tenant.time_zone),
            giver=said.name, address=said.email, quote=decision.comment,
            url=page("approvals", project.slug) if why is LEADS else "", deed=gettext_lazy("Open the approvals"), why=why,
        )  # fmt: skip


def tell_reported(report: Report, *, by: User) -> None:
    """To the person: somebody says that you decided; only you can make it count."""
    request = report.request
    project = request.round.project
    tell(
        project, to=request.email, name=request.name, slot=f"reported-{report.pk}", by=by,
        subject=gettext_noop("Did you decide this? %(project)s"),
        lines=[gettext_noop("%(by)s reports that you decided about %(sections)s on %(day)s: %(place)s."),
               gettext_noop("It does not count until you confirm it. If it is not so, say so on the page.")],
        sections=titles(list(report.answers)), day=short_day(report.decided_on), place=report.place,
        quote=report.comment, url=link(request), deed=gettext_lazy("Read and confirm"), why=ASKED,
    )  # fmt: skip


def tell_denied(report: Report, *, by: User) -> None:
    request = report.request
    project = request.round.project
    for lead in leads_of(project):
        tell(
            project, to=lead.email, name=lead.name, slot=f"denied-{report.pk}", by=by,
            subject=gettext_noop("%(by)s did not decide that: %(project)s"),
            lines=[gettext_noop("%(by)s says that the decision reported about %(sections)s was not made. "
                                "The request is still open.")],
            sections=titles(list(report.answers)), url=page("approvals", project.slug),
            deed=gettext_lazy("Open the approvals"), why=LEADS,
        )  # fmt: skip
