"""Who asked last for the approval of a section is kept with the project; nobody has an open request to themselves."""

from collections import defaultdict

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def keep_askers(apps, schema_editor):
    Request = apps.get_model("stakeholders", "Request")
    approving = Request.objects.filter(part="SO")
    own = approving.filter(email=F("round__opened_by_email"))
    askers = defaultdict(dict)
    asked = approving.filter(round__withdrawn_at=None).exclude(pk__in=own).order_by("round__number")
    for project, sections, email in asked.values_list("round__project", "sections", "round__opened_by_email"):
        if email:
            askers[project].update(dict.fromkeys(sections, email))
    for project, found in askers.items():
        apps.get_model("projects", "Project").objects.filter(pk=project).update(askers=found)
    own.filter(answered_at=None, closed_at=None).update(closed_at=timezone.now())


def keep_addresses(apps, schema_editor):
    Round = apps.get_model("stakeholders", "Round")
    for round_ in Round.objects.exclude(opened_by=None).select_related("opened_by"):
        round_.opened_by_email = round_.opened_by.email
        round_.save(update_fields=["opened_by_email"])


class Migration(migrations.Migration):
    dependencies = [
        ("stakeholders", "0010_words_of_quiet_hours"),
        ("projects", "0013_askers"),
    ]

    operations = [
        migrations.AddField(
            model_name="round",
            name="opened_by_email",
            field=models.EmailField(default="", max_length=254),
            preserve_default=False,
        ),
        migrations.RunPython(keep_addresses, migrations.RunPython.noop),
        migrations.RunPython(keep_askers, migrations.RunPython.noop),
    ]
