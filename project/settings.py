"""Settings of the demonstration intranet: a host as yours might be.

Everything is switched by the environment: DATABASE_URL (default: SQLite beside manage.py),
REDIS_URL (default: Celery's file-system broker), DEMO_DIR, SITE_URL, SECRET_KEY, DEBUG,
ALLOWED_HOSTS, EMAIL_HOST and EMAIL_PORT (default: a mailbox that is a page of the demonstration).
"""

import os
from typing import Any

import dj_database_url
import django

from project import BASE_DIR, DEMO_DIR

SECRET_KEY = os.environ.get("SECRET_KEY", "for-the-demonstration-only")
DEBUG = os.environ.get("DEBUG", "1") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "change_tracker",
    "project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Django's database dict for a URL; SQLite gets WAL and immediate transactions."""
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a reader that turns writer in mid-transaction cannot wait for the lock.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    if config["ENGINE"] == "django.db.backends.mysql":
        config["OPTIONS"] = {"charset": "utf8mb4", "isolation_level": "read committed"}
    return config


DATABASES = {
    "default": database(os.environ.get("DATABASE_URL", f"sqlite:///{DEMO_DIR / 'demo.sqlite3'}"))
}
# Migrations make link tables by this setting, not by an app's; Django 6 begins with it.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# MariaDB has no covering or partial indexes; ours are for speed only (see docs/operating).
SILENCED_SYSTEM_CHECKS = ["models.W037", "models.W040"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "project" / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# What people hand in; no address leads there.
MEDIA_ROOT = DEMO_DIR / "files"
# The demonstration starts without collecting anything.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
LOGIN_URL = "login"
# Says what to do with a page that was opened before its reader signed in anew.
CSRF_FAILURE_VIEW = "change_tracker.core.notsent.csrf_failure"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# Mail stays in the demonstration's mailbox (/mailbox/) unless EMAIL_HOST says where it shall go.
MAILBOX = not os.environ.get("EMAIL_HOST")
mail_backend = "django.core.mail.backends.smtp.EmailBackend"
mail_options: dict[str, Any] = {
    "host": os.environ.get("EMAIL_HOST", ""),
    "port": int(os.environ.get("EMAIL_PORT", "25")),
    "timeout": 15,
}
if MAILBOX:
    mail_backend, mail_options = "project.mailbox.MailboxBackend", {}
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": mail_backend, "OPTIONS": mail_options}}
else:
    EMAIL_BACKEND = mail_backend
    EMAIL_HOST = mail_options.get("host", "localhost")
    EMAIL_PORT = mail_options.get("port", 25)
    EMAIL_TIMEOUT = mail_options.get("timeout", 15)
DEFAULT_FROM_EMAIL = "Tidewater Change Team <change@tidewater.example>"

if not DEBUG:  # then no page shows what went wrong
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
    }

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
}

CHANGE_TRACKER: dict[str, Any] = {
    # One tries it on a Sunday evening, too; an organisation keeps the defaults.
    "SEND_DAYS": (0, 1, 2, 3, 4, 5, 6),
    "SEND_FROM_HOUR": 0,
    "SITE_URL": os.environ.get("SITE_URL", "http://127.0.0.1:8000"),
}
