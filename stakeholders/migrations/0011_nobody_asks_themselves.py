"""Who asked last for the approval of a section is kept with the project; nobody has an open request to themselves."""

from collections import defaultdict

from django.db import migrations
from django.db.models import F


def keep_askers(apps, schema_editor):
    Round, Request = apps.get_model("stakeholders", "Round"), apps.get_model("stakeholders", "Request")
    askers = defaultdict(dict)
    rounds = Round.objects.filter(withdrawn_at=None).order_by("project", "number")
    for project, sections, email in rounds.values_list("project", "sections", "opened_by__email"):
        askers[project].update(dict.fromkeys(sections, email))
    for project, found in askers.items():
        kept = {section: email for section, email in found.items() if email}
        apps.get_model("projects", "Project").objects.filter(pk=project).update(askers=kept)
    own = Request.objects.filter(part="SO", email=F("round__opened_by__email"), answered_at=None, closed_at=None)
    for request in own.select_related("round"):
        request.closed_at = request.round.opened_at
        request.save(update_fields=["closed_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("stakeholders", "0010_words_of_quiet_hours"),
        ("projects", "0013_askers"),
    ]

    operations = [migrations.RunPython(keep_askers, migrations.RunPython.noop)]
