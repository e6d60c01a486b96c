"""What training against a kind of resistance is meant to help with, in words for people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('change_tracker', '0003_follow_go_live'),
    ]

    operations = [
        migrations.AddField(
            model_name='sourcetype',
            name='for_people',
            field=models.TextField(
                blank=True,
                default='',
                help_text='A sentence that everybody reads who is given training against it: what it is meant to help with. Nothing of who said what; without it nothing is said.',
                verbose_name='in words for people',
            ),
            preserve_default=False,
        ),
    ]
