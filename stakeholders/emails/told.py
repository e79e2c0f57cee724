"""Short mails that tell one thing and lead to one page: a question, an answer, a condition, a substitute."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from projects.models import Grant, Project, Proposal
from projects.rules.roles import Role
from stakeholders.document import Part
from stakeholders.emails.requests import link
from stakeholders.models import Condition, Decision, Question, Reply, Report, Request, Stakeholder
from stakeholders.words import section_title
from tenants import emails
from tenants.emails import long_day, short_day
from tenants.models import User

LEADS = gettext_lazy("you lead the project %(project)s.")
ASKED = gettext_lazy("you were asked in the project %(project)s.")
DECIDED = gettext_lazy("you decided in the project %(project)s.")
APPROVES = gettext_lazy("you approve (SO) in the project %(project)s.")
OWNS = gettext_lazy("you were named in a condition of the project %(project)s.")
SUBSTITUTE = gettext_lazy("you stand in for somebody in the project %(project)s.")


def leads_of(project: Project) -> list[User]:
    rows = User.objects.filter(grants__project=project, grants__role=Role.LEAD, is_active=True)
    return list(rows.filter(grants__in=Grant.objects.filter(project=project)).distinct())


def _tell(
    project: Project,
    *,
    to: str,
    name: str,
    slot: str,
    subject: str,
    lines: Collection[str],
    why: str | Promise,
    url: str = "",
    deed: str | Promise = "",
    quote: str = "",
    by: User | None = None,
    **words: str,
) -> None:
    """Queue one mail: `subject` and `lines` are marked texts, filled with `words` in the language of the reader."""
    reader = User.objects.filter(email=to).values_list("language", flat=True).first() or project.tenant.language
    words = {"project": project.name, "by": by.name if by else "mdeprep", **words}
    with translation.override(reader):
        context = {
            "name": name.split(" ")[0],
            "project": project.name,
            "subject": _(subject) % words,
            "lines": [_(line) % words for line in lines],
            "quote": quote,
            "url": url,
            "deed": str(deed),
            "reason": str(why) % words,
        }
    emails.queue(
        recipient=to,
        kind="told",
        about=f"project-{project.pk}",
        slot=slot,
        tenant=project.tenant,
        language=reader,
        reply_to=by.email if by else "",
        from_name=f"{by.name} ({project.tenant.name})" if by else "",
        context=context,
    )


def _page(name: str, *args: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(f'stakeholders:{name}', args=args)}"


def _titles(sections: Collection[str]) -> str:
    return get_text_list([section_title(name) for name in sections], _("and"))


def tell_question(question: Question, *, by: User) -> None:
    """To the leads: somebody cannot decide before this is answered."""
    project = question.request.round.project
    for lead in leads_of(project):
        _tell(
            project, to=lead.email, name=lead.name, slot=f"question-{question.pk}", by=by,
            subject=gettext_noop("A question from %(by)s before deciding: %(project)s"),
            lines=[gettext_noop("%(by)s asks before deciding. Reminders pause until you answer.")],
            quote=question.text, url=_page("threads", project.slug) + f"#row-question-{question.pk}",
            deed=gettext_lazy("Answer the question"), why=LEADS,
        )  # fmt: skip


def tell_answer(question: Question, *, by: User) -> None:
    """To whoever asked: here is the answer, and the request still waits."""
    project = question.request.round.project
    _tell(
        project, to=question.asked_by_email, name=question.asked_by_name, slot=f"answer-{question.pk}", by=by,
        subject=gettext_noop("%(by)s answered your question: %(project)s"),
        lines=[gettext_noop("You asked: “%(question)s” %(by)s answers:")], question=question.text,
        quote=question.answer, url=link(question.request), deed=gettext_lazy("Read and decide"), why=ASKED,
    )  # fmt: skip


def tell_reply(reply: Reply, decision: Decision, project: Project, *, by: User) -> None:
    """To whoever asked for changes, objected or gave input: it was answered."""
    _tell(
        project, to=decision.email, name=decision.name, slot=f"reply-{reply.pk}", by=by,
        subject=gettext_noop("%(by)s answered what you said: %(project)s"),
        lines=[
            gettext_noop("You said about %(sections)s: “%(said)s” %(by)s answers:"),
        ],
        quote=reply.text, said=decision.comment, sections=_titles(list(decision.answers)), why=DECIDED,
    )  # fmt: skip


def tell_wrong_person(request: Request, *, by: User) -> None:
    """To the leads: the request went to the wrong person."""
    project = request.round.project
    for lead in leads_of(project):
        _tell(
            project, to=lead.email, name=lead.name, slot=f"wrong-person-{request.pk}", by=by,
            subject=gettext_noop("%(by)s is not the right person to ask: %(project)s"),
            lines=[gettext_noop("%(by)s was asked as %(role)s and says: somebody else should be. "
                                "Nobody is reminded until you name the right person in the matrix.")],
            role=request.role, quote=request.disowned_says, url=_page("matrix", project.slug),
            deed=gettext_lazy("Name the right person"), why=LEADS,
        )  # fmt: skip


def tell_handed_over(request: Request, *, by: User, note: str) -> None:
    """To the substitute: this one request is yours."""
    project = request.round.project
    _tell(
        project, to=request.handed_to, name=request.handed_to_name, slot=f"handed-{request.pk}-{request.handed_at}"[:40],
        by=by,
        subject=gettext_noop("Decide for %(by)s by %(due)s: %(project)s"),
        lines=[gettext_noop("%(by)s hands you one request: %(sections)s, as %(role)s, due %(due_long)s. "
                            "What you decide is recorded as yours, for %(by)s."),
               gettext_noop("Nobody signs what they wrote, nor for somebody who wrote it.")],
        sections=_titles(request.open_sections()), role=request.role, due=short_day(request.round.due_on),
        due_long=long_day(request.round.due_on), quote=note, url=link(request),
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip


def tell_stands_in(request: Request, *, email: str, name: str, slot: str) -> None:
    """To a substitute whose days have begun: this request is open."""
    project = request.round.project
    _tell(
        project, to=email, name=name, slot=f"{slot}-{request.pk}",
        subject=gettext_noop("Decide for %(other)s by %(due)s: %(project)s"),
        lines=[gettext_noop("You stand in for %(other)s, who was asked about %(sections)s as %(role)s, due %(due_long)s. "
                            "What you decide is recorded as yours, for %(other)s.")],
        other=request.name, sections=_titles(request.open_sections()), role=request.role,
        due=short_day(request.round.due_on), due_long=long_day(request.round.due_on), url=link(request),
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip


def tell_substitute_named(row: Stakeholder, *, by: User | None, is_confirmed: bool) -> None:
    """To everybody who approves: who stands in for whom; and, before it counts, that somebody must confirm it."""
    project = row.project
    told = row.substitute_from and row.substitute_until
    words = {
        "substitute": row.substitute or row.substitute_email,
        "other": row.name or row.email,
        "first": short_day(row.substitute_from) if row.substitute_from else "–",
        "last": short_day(row.substitute_until) if row.substitute_until else "–",
    }
    lines = [gettext_noop("%(substitute)s stands in for %(other)s from %(first)s to %(last)s.")]
    if not is_confirmed:
        lines = [gettext_noop("%(by)s named %(substitute)s as the substitute of %(other)s, from %(first)s to %(last)s. "
                              "It counts once %(other)s, or another who approves, confirms it.")]  # fmt: skip
    rows = Stakeholder.objects.filter(project=project, does_not_apply="").exclude(email="")
    for each in rows:
        if told and (each.part == Part.SO or each.pk == row.pk) and (by is None or each.email != by.email):
            _tell(
                project, to=each.email, name=each.name or each.email, by=by,
                slot=f"stands-in-{row.pk}-{project.ledger_seq}",
                subject=gettext_noop("A substitute for %(other)s: %(project)s"), lines=lines,
                url="" if is_confirmed else _page("substitute", project.slug, row.key),
                deed=gettext_lazy("Look and confirm"), why=APPROVES, **words,
            )  # fmt: skip


def tell_decided_for(decision: Decision, request: Request) -> None:
    """To the person themselves: somebody answered in their place."""
    project = request.round.project
    by = User.objects.filter(email=decision.email).first()
    _tell(
        project, to=decision.for_email, name=decision.for_name, slot=f"decided-for-you-{decision.pk}", by=by,
        subject=gettext_noop("%(by)s decided for you: %(project)s"),
        lines=[gettext_noop("%(by)s answered for you about %(sections)s, as %(role)s. "
                            "You can take it back on the page until the request closes.")],
        sections=_titles(list(decision.answers)), role=decision.role, quote=decision.comment, url=link(request),
        deed=gettext_lazy("Read what was decided"), why=ASKED,
    )  # fmt: skip


def tell_taken_back(decision: Decision, request: Request, *, by: User) -> None:
    project = request.round.project
    for lead in leads_of(project):
        _tell(
            project, to=lead.email, name=lead.name, slot=f"taken-back-{decision.pk}", by=by,
            subject=gettext_noop("%(by)s took an answer back: %(project)s"),
            lines=[gettext_noop("%(by)s took back the answer on %(sections)s. It no longer counts.")],
            sections=_titles(list(decision.answers)), quote=decision.comment,
            url=_page("approvals", project.slug), deed=gettext_lazy("Open the approvals"), why=LEADS,
        )  # fmt: skip


def tell_evidence(condition: Condition, *, by: User) -> None:
    """To whoever set the condition: look, and accept it."""
    _tell(
        condition.project, to=condition.set_by_email, name=condition.set_by_name, by=by,
        slot=f"evidence-{condition.pk}-{condition.project.ledger_seq}",
        subject=gettext_noop("Is your condition met? %(project)s"),
        lines=[gettext_noop("You approved on condition that %(who)s does this by %(day)s: %(what)s"),
               gettext_noop("%(by)s says how it was done. Accept it, or say what is missing: "
                            "if it is not accepted by that day, your approval lapses.")],
        who=condition.who, what=condition.what, day=short_day(condition.due_on), quote=condition.evidence,
        url=_page("condition", condition.project.slug, condition.pk), deed=gettext_lazy("Look and accept"), why=DECIDED,
    )  # fmt: skip


def _owners(condition: Condition) -> list[tuple[str, str]]:
    """Who sees to a condition: its owner if they have an address here, else the leads."""
    if condition.who_email:
        return [(condition.who_email, condition.who)]
    return [(lead.email, lead.name) for lead in leads_of(condition.project)]


def tell_condition_set(condition: Condition, *, by: User) -> None:
    for email, name in _owners(condition):
        _tell(
            condition.project, to=email, name=name, slot=f"condition-{condition.pk}", by=by,
            subject=gettext_noop("A condition to meet by %(day)s: %(project)s"),
            lines=[gettext_noop("%(by)s approved on condition that %(who)s does this by %(day)s: %(what)s"),
                   gettext_noop("Say on the page how it was done; %(by)s accepts it there.")],
            who=condition.who, what=condition.what, day=short_day(condition.due_on),
            url=_page("condition", condition.project.slug, condition.pk), deed=gettext_lazy("Open the condition"),
            why=OWNS,
        )  # fmt: skip


def tell_returned(condition: Condition, *, by: User) -> None:
    for email, name in _owners(condition):
        _tell(
            condition.project, to=email, name=name, by=by,
            slot=f"returned-{condition.pk}-{condition.project.ledger_seq}",
            subject=gettext_noop("Not met yet: a condition of %(project)s"),
            lines=[gettext_noop("%(by)s does not accept it yet. Due %(day)s: %(what)s")],
            what=condition.what, day=short_day(condition.due_on), quote=condition.returned_because,
            url=_page("condition", condition.project.slug, condition.pk), deed=gettext_lazy("Open the condition"),
            why=OWNS,
        )  # fmt: skip


def tell_lapsed(condition: Condition) -> None:
    """To both, once: the day is over, and the approval with it."""
    both = {condition.set_by_email: condition.set_by_name, **dict(_owners(condition))}
    for email, name in both.items():
        _tell(
            condition.project, to=email, name=name, slot=f"lapsed-{condition.pk}",
            subject=gettext_noop("An approval lapsed: %(project)s"),
            lines=[gettext_noop("%(setter)s approved %(sections)s on condition that %(who)s does this by %(day)s: "
                                "%(what)s"),
                   gettext_noop("It was not accepted as done by then, so the approval lapsed. "
                                "When it is done, it must be asked for again.")],
            setter=condition.set_by_name, sections=_titles(condition.sections), who=condition.who, what=condition.what,
            day=short_day(condition.due_on), url=_page("condition", condition.project.slug, condition.pk),
            deed=gettext_lazy("Open the condition"),
            why=DECIDED if email == condition.set_by_email else OWNS,
        )  # fmt: skip


def tell_reported(report: Report, *, by: User) -> None:
    """To the person: somebody says that you decided; only you can make it count."""
    request = report.request
    project = request.round.project
    _tell(
        project, to=request.email, name=request.name, slot=f"reported-{report.pk}", by=by,
        subject=gettext_noop("Did you decide this? %(project)s"),
        lines=[gettext_noop("%(by)s reports that you decided about %(sections)s on %(day)s: %(place)s."),
               gettext_noop("It does not count until you confirm it. If it is not so, say so on the page.")],
        sections=_titles(list(report.answers)), day=short_day(report.decided_on), place=report.place,
        quote=report.comment, url=link(request), deed=gettext_lazy("Read and confirm"), why=ASKED,
    )  # fmt: skip


def tell_denied(report: Report, *, by: User) -> None:
    request = report.request
    project = request.round.project
    for lead in leads_of(project):
        _tell(
            project, to=lead.email, name=lead.name, slot=f"denied-{report.pk}", by=by,
            subject=gettext_noop("%(by)s did not decide that: %(project)s"),
            lines=[gettext_noop("%(by)s says that the decision reported about %(sections)s was not made. "
                                "The request is still open.")],
            sections=_titles(list(report.answers)), url=_page("approvals", project.slug),
            deed=gettext_lazy("Open the approvals"), why=LEADS,
        )  # fmt: skip


def tell_suggested(proposal: Proposal, title: str, *, by: User) -> None:
    """To the leads: somebody who gives input knows a better value."""
    project = proposal.project
    for lead in leads_of(project):
        _tell(
            project, to=lead.email, name=lead.name, slot=f"suggested-{proposal.pk}", by=by,
            subject=gettext_noop("%(by)s suggests a value: %(project)s"),
            lines=[gettext_noop("%(by)s suggests another value for %(row)s. You take it over with one click.")],
            row=title, quote=proposal.why, url=_page("threads", project.slug) + f"#row-suggested-{proposal.pk}",
            deed=gettext_lazy("Look at the value"), why=LEADS,
        )  # fmt: skip


def tell_suggestion_settled(proposal: Proposal, *, by: User, is_accepted: bool) -> None:
    lines = [gettext_noop("%(by)s took over the value that you suggested. You are named as its source.")]
    if not is_accepted:
        lines = [gettext_noop("%(by)s left the value as it is.")]
    _tell(
        proposal.project, to=proposal.made_by_email, name=proposal.made_by_name, slot=f"settled-{proposal.pk}", by=by,
        subject=gettext_noop("What became of your suggestion: %(project)s"), lines=lines, quote=proposal.why, why=ASKED,
    )  # fmt: skip
