"""Long work that somebody began."""

from tests.contracts.table.rows import ADMIN, BEGUN_BY, OWN_JOBS
from tests.contracts.table.shape import Endpoint, Page, Verb, files

JOBS: dict[str, Endpoint] = {
    "job": Endpoint(
        rows="JobRun",
        shows=(
            "id kind title state done total summary failure problems result_url queued_at"
            " started_at finished_at attempts can_run_again found"
        ),
        # Those of the world broke off.
        verbs={"again": Verb(by=BEGUN_BY)},
    ),
}

JOB_PAGES: dict[str, Page] = {
    "jobs": Page(title="one's own background jobs"),
    "job": Page(title="how far a job is, and what came of it", rows="JobRun", by=OWN_JOBS),
    **files("job-problems", "what happened row by row", rows="JobRun", by=OWN_JOBS),
    "job-run-again": Page(
        title="run it again, where it broke off",
        rows="JobRun",
        by=BEGUN_BY,
        refused=dict.fromkeys(BEGUN_BY, ADMIN),
        get=frozenset({302}),
        post=frozenset({302}),
    ),
}
