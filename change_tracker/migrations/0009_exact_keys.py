"""Keys are told apart by every character, on MariaDB as elsewhere."""

from django.db import migrations

import change_tracker.core.modelfields


class Migration(migrations.Migration):

    dependencies = [
        ('change_tracker', '0008_drafts_given_up'),
    ]

    operations = [
        migrations.AlterField(
            model_name='idempotencykey',
            name='key',
            field=change_tracker.core.modelfields.KeyField(max_length=200, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='orgunit',
            name='external_id',
            field=change_tracker.core.modelfields.KeyField(max_length=200, unique=True, verbose_name='key in the roster'),
        ),
        migrations.AlterField(
            model_name='person',
            name='external_id',
            field=change_tracker.core.modelfields.KeyField(max_length=200, unique=True, verbose_name='key in the roster'),
        ),
    ]
