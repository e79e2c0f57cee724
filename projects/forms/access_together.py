"""What must be true of the fields of an access row together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from projects import catalog
from projects.actions.policy import refused_end
from projects.forms.access import RULE, rule_values
from projects.models import Assignment, DeviceGroup
from projects.rules.device_group_list import DEFAULT_GROUP
from projects.rules.granted import wrong_grant
from projects.rules.temporary import LASTS
from projects.rules.writing import same_name
from tenants import clock

if TYPE_CHECKING:
    from projects.forms.rows import RowForm

GLOBAL_ADMINISTRATOR = "global-administrator"
LONGEST_GDAP_YEARS = 2


def _today(form: RowForm) -> date:
    return clock.today(form.project.tenant.time_zone)


def assignment(form: RowForm) -> None:
    _lasts(form)
    _is_justified(form)


def _lasts(form: RowForm) -> None:
    cleaned = form.cleaned_data
    ends, is_temporary = cleaned.get("ends_on"), cleaned.get("duration") == "temporary"
    if is_temporary and not ends and "ends_on" not in form.errors:
        form.add_error("ends_on", _("Until which day? A role that is held until a date needs the date."))
    if cleaned.get("duration") == "permanent" and ends:
        form.add_error("duration", _("It has an end: choose “until a date”, or clear the day."))
    elif ends and "ends_on" not in form.errors:
        present = form.row or Assignment(project=form.project)
        if why := refused_end(present, {name: cleaned[name] for name in LASTS if name in cleaned}):
            form.add_error("ends_on", why)
    if is_temporary and not cleaned.get("remover") and "remover" not in form.errors:
        form.add_error("remover", _("Who removes it when it ends? A role without that name stays."))


def _is_justified(form: RowForm) -> None:
    cleaned = form.cleaned_data
    if cleaned.get("justification") or "justification" in form.errors:
        return
    role = catalog.entra_roles().get(cleaned.get("entra_role") or "")
    if role and role.privileged:
        words = {"role": role.name}
        form.add_error("justification", _("%(role)s is a privileged role: say what it is needed for.") % words)
    elif cleaned.get("duration") == "temporary":
        form.add_error("justification", _("Say what it is needed for until then."))


def partner(form: RowForm) -> None:
    cleaned = form.cleaned_data
    if cleaned.get("is_extended") and GLOBAL_ADMINISTRATOR in (cleaned.get("entra_roles") or ()):
        form.add_error("is_extended", _cited("gdap_global_administrator"))
    ends, today = cleaned.get("ends_on"), _today(form)
    if ends and ends > _years_after(today, LONGEST_GDAP_YEARS):
        form.add_error("ends_on", _cited("gdap_longest"))


def _cited(fact: str) -> str:
    """A rule of Microsoft's, with its source."""
    known = catalog.fact(fact)
    words = {"rule": known.text, "title": catalog.source(known.source).title}
    return _("%(rule)s (Microsoft: %(title)s)") % words


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def settings(form: RowForm) -> None:
    last = form.cleaned_data.get("review_last_on")
    if last and last > _today(form):
        form.add_error("review_last_on", _("This day is still to come: on which day was it reviewed?"))


def device_group(form: RowForm) -> None:
    cleaned = form.cleaned_data
    present = form.row or DeviceGroup(project=form.project)
    if "rule" in cleaned:
        cleaned |= rule_values(cleaned["rule"], {name: getattr(present, name) for name in RULE})
    name = cleaned.get("name", "")
    if same_name(name) == same_name(DEFAULT_GROUP):
        form.add_error("name", _("This is the default group: it is there, last, and not to be changed."))
    others = form.around.groups
    if others is None:
        return
    mine = form.row.key if form.row else ""
    twin = next((key for key, other in others.device_groups.items() if same_name(other) == same_name(name)), None)
    if twin is not None and twin != mine and name:
        form.twin = twin  # type: ignore[attr-defined]
        form.add_error("name", _("There is a device group “%(name)s” already.") % {"name": others.device_groups[twin]})
    for granted in cleaned.get("granted_to") or ():
        names = [other for key, other in others.device_groups.items() if key != mine]
        wrong = wrong_grant(granted, own=name, device_groups=names, entra_groups=others.entra_groups)
        if wrong:
            form.add_error("granted_to", wrong)
