"""The five steps of the tour through the demonstration, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mdeprep.demo import contoso_endpoint
from projects.models import DeviceCount
from tenants.models import Mail

LEAD, APPROVER = "lead@contoso.example", "ciso@contoso.example"


def _of_project(name: str, **args: str) -> Callable[[str], str]:
    return lambda slug: reverse(name, kwargs={"slug": slug, **args})


def _count(slug: str) -> str:
    """The row that counts Windows Server 2019: it came with an import, so its key is known to nobody before."""
    rows = DeviceCount.objects.filter(project__slug=slug, system="windows-server-2019")
    key = rows.values_list("key", flat=True).first()
    return _of_project("projects:row_edit", section="environment", table="devices", key=key)(slug) if key else ""


def _mail(_slug: str) -> str:
    """The newest request for a decision in the CISO's mailbox."""
    mails = Mail.objects.filter(recipient=APPROVER, kind="decision_request").order_by("-created_at")
    newest = mails.values_list("pk", flat=True).first()
    return reverse("demo_mail", kwargs={"pk": newest}) if newest else ""


class Step(NamedTuple):
    """One line of the tour. `name` is that of its link in the template's context."""

    name: str
    label: str | Promise
    url: Callable[[str], str]


STEPS = (
    Step("blocked", _("Read why the project is blocked."), _of_project("readiness:overview")),
    Step(
        "environment",
        _("Open the Environment section: two signatures are out of date, and here is why."),
        _of_project("projects:section", section="environment"),
    ),
    Step("mail", _("Open Dana’s mail and decide as Dana."), _mail),
    Step(
        "count",
        _("Change the number of Windows Server 2019 from 141 to 190, say why, and watch her signature go out of date."),
        _count,
    ),
    Step("evidence", _("Open the evidence as the auditor."), _of_project("readiness:evidence")),
)


def tour(slug: str) -> dict[str, str]:
    """The links of the tour by the name of the step; empty for a project that the tour does not tell of."""
    if slug != contoso_endpoint.SLUG:
        return {}
    return {step.name: step.url(slug) for step in STEPS}
