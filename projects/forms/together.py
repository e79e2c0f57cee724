"""What must be true of several fields of a row together, in the words of the person who typed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.choices import Engine, StepState
from projects.forms import access_together
from projects.forms.fields import LONGEST_LINE
from projects.models import DeviceCount, Impact
from projects.rules.labels import system_name
from tenants import clock

if TYPE_CHECKING:
    from projects.forms.rows import RowForm


def over(form: RowForm) -> None:
    """What has been done, tested or verified was so on a day that is over, or today."""
    for name in ("done_on", "tested_on", "up_to_date_on", "verified_on"):
        if _is_to_come(form, name):
            form.add_error(name, _("This day is still to come."))


def _is_to_come(form: RowForm, name: str) -> bool:
    day = form.cleaned_data.get(name)
    return isinstance(day, date) and day > clock.today(form.project.tenant.time_zone)


def _device(form: RowForm) -> None:
    cleaned = form.cleaned_data
    if _is_to_come(form, "counted_on"):
        form.add_error("counted_on", _("This day is still to come: on which day was it counted?"))
    if "system" not in form.fields:
        return
    system = cleaned.get("system")
    if not system:
        return
    known = catalog.systems().get(system)
    if known and system != catalog.OTHER:
        cleaned["kind"], cleaned["other_name"] = known.kind, ""
    else:
        if not cleaned.get("other_name"):
            form.add_error("other_name", _("Say what this system is called."))
        if not cleaned.get("kind"):
            form.add_error("kind", _("Say whether these are computers, phones or servers."))
    if not form.errors:
        _counted_once(form)


def _counted_once(form: RowForm) -> None:
    same = DeviceCount.objects.filter(
        project=form.project, **{name: form.cleaned_data[name] for name in ("system", "other_name", "kind")}
    )
    twin = same.exclude(key=form.row.key if form.row else "").first()
    if twin:
        name = system_name(twin.system, twin.other_name)
        form.twin = twin.key  # type: ignore[attr-defined]
        form.add_error("system", _("%(system)s is counted already: change that row.") % {"system": name})


def _engine(form: RowForm) -> None:
    cleaned = form.cleaned_data
    if cleaned.get("engine") != Engine.OTHER:
        cleaned["other_name"] = ""
    elif not cleaned.get("other_name") and "other_name" not in form.errors:
        form.add_error("other_name", _("Say what this engine is called."))


def _impact(form: RowForm) -> None:
    """The words of the chosen row are kept with it: they are shown where the row itself is not at hand."""
    cause = form.cleaned_data.get("cause", "")
    names = {key: name for _section, inside in form.around.causes for key, name in inside}
    if cause in names:
        form.cleaned_data["caused_by"] = names[cause][:LONGEST_LINE]
    elif not cause and isinstance(form.row, Impact) and form.row.cause:
        form.cleaned_data["caused_by"] = ""


def _migration_item(form: RowForm) -> None:
    if form.cleaned_data.get("state") == StepState.DONE:
        for name, said in (
            ("done_on", _("It is done: say since which day.")),
            ("done_by", _("It is done: say who did it.")),
        ):
            if name in form.fields and not form.cleaned_data.get(name) and name not in form.errors:
                form.add_error(name, said)
    done, of = form.cleaned_data.get("devices_done"), form.cleaned_data.get("devices_total")
    if done is not None and of is not None and done > of:
        form.add_error("devices_done", _("More devices are up to date than there are (%(of)s).") % {"of": f"{of:,}"})


def _timeline_item(form: RowForm) -> None:
    starts, due = form.cleaned_data.get("starts_on"), form.cleaned_data.get("due_on")
    if starts and due and due < starts:
        form.add_error("due_on", _("It is due before it starts."))


CHECKS: Mapping[tuple[str, str], Callable[[RowForm], None]] = {
    ("environment", "devices"): _device,
    ("environment", "engines"): _engine,
    ("environment", "impacts"): _impact,
    ("access", "assignments"): access_together.assignment,
    ("access", "partners"): access_together.partner,
    ("access", "settings"): access_together.settings,
    ("access", "device_groups"): access_together.device_group,
    ("migration", "items"): _migration_item,
    ("timeline", "items"): _timeline_item,
}
