from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pilotwerk.audit import triggers


def create(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.create(schema_editor.connection)


def drop(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
