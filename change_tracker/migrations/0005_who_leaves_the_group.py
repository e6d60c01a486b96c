"""What becomes of the unfinished work of somebody who leaves a group of a plan."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('change_tracker', '0004_words_for_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='planaudience',
            name='on_leave',
            field=models.CharField(
                choices=[('withdraw', 'it is withdrawn'), ('keep', 'they keep it')],
                default='withdraw',
                max_length=20,
                verbose_name='who leaves the group',
            ),
        ),
        migrations.AddConstraint(
            model_name='planaudience',
            constraint=models.CheckConstraint(
                condition=models.Q(('on_leave__in', ['withdraw', 'keep'])),
                name='ct_plan_audience_on_leave',
            ),
        ),
    ]
