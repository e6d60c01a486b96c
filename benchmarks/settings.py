"""The demonstration intranet on a database of its own, with the defaults of an organisation."""

import os
from importlib.util import find_spec

from project.settings import *  # noqa: F403

URL = "postgres://postgres@127.0.0.1:5432/change_tracker_bench"

DATABASES = {"default": database(os.environ.get("BENCH_POSTGRES_URL", URL))}  # noqa: F405
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
# A roster of a million people is measured, too.
CHANGE_TRACKER = {
    "SITE_URL": "https://intranet.example",
    "IMPORT_MAX_MEGABYTES": 500,
    "IMPORT_MAX_ROWS": 2_000_000,
    # The bare statement beside the tick knows nothing of the one day of a week that has summaries.
    "SUMMARY_DAYS": (),
}

# One work is measured beside it where it is installed.
if find_spec("post_office"):
    INSTALLED_APPS += ["post_office"]  # noqa: F405
# No files are served here, and none have been collected.
MIDDLEWARE = [each for each in MIDDLEWARE if "whitenoise" not in each]  # noqa: F405
