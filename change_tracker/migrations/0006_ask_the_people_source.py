"""What the host's people source says is looked at and applied on the way of a sent roster."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('change_tracker', '0005_who_leaves_the_group'),
    ]

    operations = [
        migrations.AddField(
            model_name='peopleupload',
            name='from_source',
            field=models.BooleanField(default=False, verbose_name='asked of the people source'),
        ),
    ]
