"""Short mails that tell one thing and lead to one page: a question, an answer, a condition, a substitute."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import Grant, Project
from projects.rules.roles import Role
from tenants import emails
from tenants.models import Mail, User

LEADS = gettext_lazy("you lead the project %(project)s.")
ADMINISTERS = gettext_lazy("you administer the people of the project %(project)s.")
ASKED = gettext_lazy("you were asked in the project %(project)s.")
DECIDED = gettext_lazy("you decided in the project %(project)s.")
APPROVES = gettext_lazy("you approve (SO) in the project %(project)s.")
OWNS = gettext_lazy("you were named in a condition of the project %(project)s.")
SUBSTITUTE = gettext_lazy("you stand in for somebody in the project %(project)s.")


def leads_of(project: Project) -> list[User]:
    rows = User.objects.filter(grants__project=project, grants__role=Role.LEAD, is_active=True)
    return list(rows.filter(grants__in=Grant.objects.filter(project=project)).distinct())


Line = str | tuple[str, Mapping[str, str]]
"""A marked text, with words of its own or those of the whole mail."""


def tell(
    project: Project,
    *,
    to: str,
    name: str,
    slot: str,
    subject: str,
    lines: Collection[Line],
    why: str | Promise,
    url: str = "",
    deed: str | Promise = "",
    quote: str = "",
    code: str = "",
    by: User | None = None,
    due_at: datetime | None = None,
    **words: str,
) -> Mail | None:
    """Queue one mail: `subject` and `lines` are marked texts, filled with `words` in the language of the reader.

    `code`: the reference of a request that the reader answers, to be typed by who would rather not click.
    """
    reader = User.objects.filter(email=to).values_list("language", flat=True).first() or project.tenant.language
    words = {"project": project.name, "by": str(by) if by else "mdeprep", **words}
    with translation.override(reader):
        context = {
            "name": name.split(" ")[0],
            "project": project.name,
            "subject": _(subject) % words,
            "lines": [_(line) % words if isinstance(line, str) else _(line[0]) % line[1] for line in lines],
            "quote": quote,
            "url": url,
            "deed": str(deed),
            "code": code,
            "reason": str(why) % words,
        }
    return emails.queue(
        recipient=to,
        kind="told",
        about=f"project-{project.pk}",
        slot=slot,
        tenant=project.tenant,
        language=reader,
        reply_to=by.email if by else "",
        from_name=f"{by} ({project.tenant.name})" if by else "",
        context=context,
        due_at=due_at,
    )


def page(name: str, *args: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(f'stakeholders:{name}', args=args)}"
