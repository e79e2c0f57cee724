from django.db import migrations

from tenants import triggers

TABLES = ("stakeholders_revision", "stakeholders_decision")


def install(apps, schema_editor):
    for table in TABLES:
        triggers.install(schema_editor.connection, table)


def remove(apps, schema_editor):
    for table in TABLES:
        triggers.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("stakeholders", "0002_initial")]
    operations = [migrations.RunPython(install, remove)]
