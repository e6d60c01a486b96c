"""A draft that is given up is known to nobody else afterwards."""

from typing import Any

from django.db import migrations, models


def withhold_what_was_given_up(apps: Any, schema_editor: Any) -> None:
    """Those of which history says that they went from a draft to their end."""
    events = apps.get_model('change_tracker', 'AuditEvent').objects.filter(
        object_type='initiative', from_state='draft', to_state='cancelled'
    )
    keys = [int(key) for key in events.values_list('object_id', flat=True)]
    initiatives = apps.get_model('change_tracker', 'Initiative').objects
    initiatives.filter(pk__in=keys, state='cancelled').update(is_withheld=True)


class Migration(migrations.Migration):
    dependencies = [
        ('change_tracker', '0007_reasons_that_ended'),
    ]

    operations = [
        migrations.AddField(
            model_name='initiative',
            name='is_withheld',
            field=models.BooleanField(
                default=False, editable=False, verbose_name='given up before it was published'
            ),
        ),
        migrations.RunPython(withhold_what_was_given_up, migrations.RunPython.noop, elidable=True),
    ]
