from django.db import migrations

from tenants import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, "tenants_ledgerentry")


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, "tenants_ledgerentry")


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
