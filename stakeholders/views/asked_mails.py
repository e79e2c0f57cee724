"""What a lead does about the mails of a request: remind, send again to an address that works, end the link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.views.base import ProjectView
from stakeholders import actions
from stakeholders.models import Request
from tenants import outbox
from tenants.views.base import page_before


class Remind(ProjectView):
    """One more mail to somebody who has not answered, at most once a day."""

    permission = "submit_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        found = get_object_or_404(Request, code=code, round__project=self.project)
        if reminded := actions.remind(request=found, by=self.user):
            messages.success(request, _reminded(reminded))
        else:
            words = _(
                "%(name)s gets no reminder now: they were reminded today, have answered, asked a question, chose a later "
                "day, said that somebody else should be asked, or take no mail."
            )
            messages.warning(request, words % {"name": found.name})
        return redirect(page_before(request, reverse("stakeholders:approvals", args=[self.project.slug])))


def _reminded(reminded: actions.Reminded) -> str:
    """The time is that of the person: they chose on which clock they are left alone."""
    if reminded.not_before is None:
        return _("%(name)s gets a reminder by mail.") % {"name": reminded.name}
    words = {"name": reminded.name, "time": f"{reminded.not_before:%H:%M}"}
    return _("%(name)s gets a reminder by mail at %(time)s, on their clock: until then they are left alone.") % words


class AddressWorks(ProjectView):
    """The lead says that an address which was refused takes mail again: the request is sent once more."""

    permission = "submit_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        found = get_object_or_404(Request, code=code, round__project=self.project)
        if actions.address_works(request=found, by=self.user):
            messages.success(request, _("The mail is sent once more, to %(name)s.") % {"name": found.name})
        else:
            messages.warning(request, _("This address is not refused, or the request is closed. Nothing was sent."))
        return redirect("stakeholders:approvals", self.project.slug)


class NewLink(ProjectView):
    """The link in the mails to somebody ends at once; they get a new one."""

    permission = "submit_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        found = get_object_or_404(Request, code=code, round__project=self.project)
        if not actions.renew_link(request=found, by=self.user):
            messages.warning(request, _("This request is not open any more. Nothing was changed."))
        elif outbox.refused_among([found.handed_to or found.email]):
            said = _("The link has ended. No new one was mailed to %(name)s: the address refuses mail.")
            messages.warning(request, said % {"name": found.name})
        else:
            messages.success(request, _("The link has ended. %(name)s gets a new one.") % {"name": found.name})
        return redirect("stakeholders:approvals", self.project.slug)
