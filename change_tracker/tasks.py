"""Index: Celery looks for tasks here."""
