"""The demonstration intranet under test: same settings, quick hashing, its own database."""

import os

from project.settings import *  # noqa: F403

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "sqlite://:memory:"))}  # noqa: F405
# The tables are made from the models, which takes a tenth of the time; that the migrations make the
# same ones, on each of the databases, is a test of its own.
DATABASES["default"]["TEST"] = {"MIGRATE": False}
if "init_command" in DATABASES["default"].get("OPTIONS", {}):
    # SQLite hands out backwards what no query puts in order, so that nothing can rest on it.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA reverse_unordered_selects=ON;"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEBUG = False
# The summaries of managers and leads come beside whatever else is sent: tests of them turn them on.
CHANGE_TRACKER = {"SITE_URL": "https://intranet.example", "SUMMARY_DAYS": ()}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files come from where they are written; nothing has been collected.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
