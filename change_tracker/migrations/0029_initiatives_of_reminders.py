from django.db import migrations, models


def name_initiatives(apps, schema_editor):
    """Reminders keep the initiative that they are of, so that a hold is found without joins."""
    reminders = apps.get_model("change_tracker", "Reminder").objects
    for subject in ("enrolment", "record"):
        rows = apps.get_model("change_tracker", {"record": "TrainingRecord"}.get(subject, "Enrolment"))
        of_subject = rows.objects.filter(pk=models.OuterRef(subject)).values("plan__initiative")
        reminders.filter(**{f"{subject}__isnull": False}).update(
            initiative=models.Subquery(of_subject)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('change_tracker', '0028_reminder_policies'),
    ]

    operations = [
        migrations.RunPython(name_initiatives, migrations.RunPython.noop),
    ]
