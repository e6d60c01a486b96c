"""While a job runs in one long transaction, a second connection says that it is alive.

What the transaction itself writes cannot be seen before it ends; so progress and the lease are
written beside it. SQLite has one writer, who is the job: there nothing is written beside it, and
nobody else could begin the job meanwhile either.
"""

from datetime import timedelta
from threading import Event, Thread
from types import TracebackType

from django.db import DatabaseError, connection

from change_tracker.core.clock import database_now
from change_tracker.core.conf import get_conf
from change_tracker.core.jobs.models import JobRun

#: So soon a page shows progress.
SECONDS = 2.0


class Beating:
    """Within it, `tell` takes note of progress, and a thread writes it down every two seconds."""

    def __init__(self, job: JobRun) -> None:
        self._job = job
        self._done, self._total = 0, 0
        self._over = Event()
        self._thread: Thread | None = None
        if connection.vendor != "sqlite":
            self._thread = Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def tell(self, done: int, total: int) -> None:
        """Remember how far the work is."""
        self._done, self._total = done, total

    @property
    def progress(self) -> tuple[int, int]:
        """Steps done, and steps in all."""
        return self._done, self._total

    def stop(self) -> None:
        """Write nothing any more; what is being written is waited for."""
        self._over.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> "Beating":
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _beat(self) -> None:
        lease = get_conf().lease_seconds
        try:
            while not self._over.wait(min(SECONDS, lease / 3)):
                self._write(lease)
        finally:
            connection.close()

    def _write(self, lease: int) -> None:
        try:
            JobRun.objects.filter(pk=self._job.pk, lease_token=self._job.lease_token).update(
                done=self._done,
                total=self._total,
                lease_until=database_now() + timedelta(seconds=lease),
            )
        except DatabaseError:
            # The next beat tries again; if none comes through, the lease ends and says so.
            connection.close()
