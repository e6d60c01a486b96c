"""A host like yours, for trying Change Tracker and for its tests."""

from project.celery import app as celery_app

__all__ = ["celery_app"]
