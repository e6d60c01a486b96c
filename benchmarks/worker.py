"""A process that sends the mails of the morning, under the cap of a provider, until it is ended.

`python -m benchmarks.worker 600`: what the provider takes in a minute; 0: as many as go.
"""

import sys
import time
from datetime import timedelta

READY = "sending"


def main() -> None:
    """Send as the tick does, on clocks that show that morning."""
    import django
    from django.conf import settings

    django.setup()
    from benchmarks.crowd import NOW
    from change_tracker.reminders.send import drain

    settings.CHANGE_TRACKER["MAILS_PER_MINUTE"] = int(sys.argv[1])
    began = time.monotonic()
    print(READY, flush=True)
    while True:
        drain(clock=lambda: NOW + timedelta(seconds=time.monotonic() - began))
        time.sleep(1)


if __name__ == "__main__":
    main()
