"""Home: what you lead, what waits for you, and for whom you wait."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from mdeprep import by_name, home
from mdeprep.admin.overview import of_tenants
from mdeprep.home import MOST_ON_HOME, WORST_FIRST
from projects.models import owed
from readiness.rules.verdict import State
from stakeholders.models import look_for
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import Membership, Tenant
from tenants.views.base import SiteView, Who

MOST_TENANTS = 5


class Home(SiteView, TemplateView):
    who = Who.SIGNED_IN
    template_name = "mdeprep/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = home.first_lines(self.user)
        has_more, lines = len(found) > MOST_ON_HOME, found[:MOST_ON_HOME]
        lines.sort(key=lambda each: (WORST_FIRST.index(State(each.state)) if each.state else 99, each.name))
        asked = owed([line.pk for line in lines], email=self.user.email)
        my_questions = [each for each in asked if each.email == self.user.email and not each.is_answered]
        look = look_for(self.user)
        named = by_name.asked_by_name(self.user, look)
        of_others = [each for each in asked if each.email != self.user.email]
        mine, others = home.waiting_for(lines, self.user, of_others, by_name.said_to(self.user, look))
        tenants = {line.tenant_id for line in lines}
        memberships = _memberships.rows(self.user.pk)
        administered = self._administered(memberships)
        # The menu asks it again.
        self.request.may_administer = bool(administered or self.user.is_superuser)  # type: ignore[attr-defined]
        return super().get_context_data(
            lines=lines,
            has_more=has_more,
            first=home.first_deed(lines, self.user),
            mine=mine,
            others=others,
            named=named,
            my_questions=my_questions,
            waiting_for_you=mine.how_many + named.how_many + len(my_questions),
            is_portfolio=len(tenants) > 1,
            customers=len(tenants),
            stopped=sum(1 for line in lines if line.state == State.STOPPED),
            can_start=sum(1 for line in lines if line.state == State.CAN_START),
            common=home.most_common_blocker(lines) if len(tenants) > 1 else None,
            ends=home.access_that_ends(memberships, tenants) if len(tenants) > 1 else (),
            may_audit=bool(lines) and home.may_audit(lines, self.user),
            answered=by_name.answered_by(self.user, look) if not named.requests and not administered else (),
            administered=administered,
            overviews=of_tenants(self.user) if administered and not lines and not named.requests else (),
            may_create=bool(memberships),
            now=timezone.localtime(clock.now()),
            **kwargs,
        )

    def _administered(self, memberships: list[Membership]) -> list[Tenant]:
        if self.user.is_superuser:
            return list(Tenant.objects.all()[:MOST_TENANTS])
        found = [each.tenant for each in memberships if each.role == Membership.Role.ADMIN]
        return sorted(found, key=lambda tenant: tenant.name)[:MOST_TENANTS]


_memberships = CompiledQuery(
    lambda user_id: Membership.objects.filter(user_id=user_id, ended_at=None).select_related("tenant")
)


class ProjectList(SiteView, TemplateView):
    """All projects that the person may read, in pages, by name or state. Verdicts are shown as stored."""

    who = Who.SIGNED_IN
    template_name = "mdeprep/project_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words, state = self.request.GET.get("q", "").strip()[:100], self.request.GET.get("state", "")
        projects = home.archived(self.user) if state == home.ARCHIVED else home.listed(self.user)
        found = home.searched(projects, words=words, state=state if state in list(State) else "")
        page, lines = home.page_of(found, self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            lines=lines,
            words=words,
            state=state,
            states=[*home.state_words().items(), (home.ARCHIVED, _("Archived"))],
            **kwargs,
        )
