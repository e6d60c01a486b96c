"""A host with opinions: its own REST framework defaults, base template, CSP, atomic requests."""

from bare.settings import *  # noqa: F403

ROOT_URLCONF = "bare.urls_opinionated"
AUTH_USER_MODEL = "accounts.Member"
INSTALLED_APPS = ["django.contrib.admin", "drf_spectacular", *INSTALLED_APPS]  # noqa: F405
MIDDLEWARE = ["bare.habits.StrictPolicyMiddleware", *MIDDLEWARE]  # noqa: F405
LOGIN_URL = "None/login/"
LANGUAGE_CODE = "de"
TIME_ZONE = "Pacific/Auckland"
EMAIL_TIMEOUT = 15
CHANGE_TRACKER = {"SITE_URL": "https://intranet.example", "BASE_TEMPLATE": "host/shell.html"}
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]  # noqa: F405
TEMPLATES[0]["OPTIONS"]["context_processors"] += [  # noqa: F405
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
DATABASES["default"]["ATOMIC_REQUESTS"] = True  # noqa: F405
REST_FRAMEWORK = {
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.URLPathVersioning",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 3,
    "EXCEPTION_HANDLER": "bare.habits.own_errors",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.TemplateHTMLRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
    "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.openapi.AutoSchema",
    "DATE_FORMAT": "%d/%m/%Y",
    "NON_FIELD_ERRORS_KEY": "oops",
}
