"""Why somebody had a plan is kept when they leave the group."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('change_tracker', '0006_ask_the_people_source'),
    ]

    operations = [
        migrations.AddField(
            model_name='enrolmentreason',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='left the group on'),
        ),
    ]
