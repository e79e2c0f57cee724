"""What exists in demo mode alone: one-click log-ins and the page of mails. Elsewhere they are not found."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import TemplateView
from django.views.generic.base import View

from mdeprep.context import personas
from projects.models import Project
from stakeholders.mails import mails_about
from tenants import emails
from tenants.models import Mail, User
from tenants.views.base import SiteView, Who

MAILS_A_PAGE = 50


class DemoView(SiteView):
    is_abstract = True
    who = Who.PUBLIC

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class DemoSignIn(DemoView, View):
    """Come in as one of the invented people on the log-in page."""

    who = Who.PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        address = request.POST.get("email", "")
        if address not in {persona["email"] for persona in personas()}:
            raise Http404
        user = get_object_or_404(User, email=address, is_active=True)
        record_authentication(request, user, method="demo")
        response: HttpResponse = perform_login(request, user)
        return response


class DemoReset(DemoView, View):
    """Put everything back as it was made. Whoever is signed in is signed out: their account is a new one."""

    who = Who.PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        from mdeprep.demo import story  # loaded where there is a demonstration

        story.reset()
        request.session.flush()
        messages.success(request, gettext("Everything is back as it was. Come in as one of these people."))
        return redirect("account_login")


class DemoMails(DemoView, TemplateView):
    """The mails that a real installation would have sent, newest first."""

    who = Who.PUBLIC
    template_name = "mdeprep/demo_mails.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        of_tests = mails_about(Project.objects.filter(is_hidden=True))
        mails = Mail.objects.exclude(pk__in=of_tests.values("pk")).select_related("tenant")
        mails = mails.order_by("-created_at", "pk")
        page = Paginator(mails, MAILS_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, mails=[(mail, emails.render(mail)) for mail in page], **kwargs)


def _message(pk: uuid.UUID) -> tuple[Mail, EmailMultiAlternatives]:
    mail = get_object_or_404(Mail.objects.select_related("tenant"), pk=pk)
    return mail, emails.render(mail)


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class DemoMail(DemoView, TemplateView):
    who = Who.PUBLIC
    template_name = "mdeprep/demo_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail, message = _message(kwargs["pk"])
        signed_in = getattr(self.request.user, "email", "")
        others = [p for p in personas() if p["email"] == mail.recipient != signed_in]
        return super().get_context_data(mail=mail, message=message, addressee=next(iter(others), None), **kwargs)


MAIL_MAY_ONLY_BE_LOOKED_AT = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
}


@method_decorator([csp_replace(MAIL_MAY_ONLY_BE_LOOKED_AT), xframe_options_exempt], name="dispatch")
class DemoMailHtml(DemoView, View):
    """The HTML part as sent. Mail programs need inline styles, so this page alone allows them, in a sandbox."""

    who = Who.PUBLIC

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        _, message = _message(pk)
        html = str(message.alternatives[0][0])
        # The mail stands in a frame: its links open in the window.
        return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
