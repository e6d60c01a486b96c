"""Settings of worker processes under test: leases of seconds, mail to the sink of the test.

Longer ones where nothing dies: what the machine was too slow for is then not tried a second time.

DATABASE_URL, REDIS_URL, CELERY_QUEUE, TICK_SECONDS, EMAIL_HOST and EMAIL_PORT come from it too.
"""

import os

from project.settings import *  # noqa: F403

LEASE_SECONDS = int(os.environ.get("LEASE_SECONDS", "5"))
CHANGE_TRACKER = {
    "SITE_URL": os.environ.get("SITE_URL", "https://intranet.example"),
    # At any hour of any day: tests run on Sundays, too.
    "SEND_DAYS": (0, 1, 2, 3, 4, 5, 6),
    "SEND_FROM_HOUR": 0,
    "LEASE_SECONDS": LEASE_SECONDS,
    "MAIL_DEADLINE_SECONDS": LEASE_SECONDS * 2 // 5,
    # Every test can wait for these.
    "RETRY_MINUTES": (1, 1, 1, 1, 1, 1),
    "CLAIM_SIZE": 20,
}
