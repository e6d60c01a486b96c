"""The intranet itself, as an app: it keeps a mailbox and starts the demonstration."""

from django.apps import AppConfig

from project.celery import app as celery_app

__all__ = ["ProjectConfig", "celery_app"]  # with Django comes Celery: tasks find their app


class ProjectConfig(AppConfig):
    name = "project"
    verbose_name = "Demonstration intranet"
    default_auto_field = "django.db.models.BigAutoField"
