"""What was written to whom."""

from tests.contracts.table.rows import ADMIN, OWN_MAIL
from tests.contracts.table.shape import Endpoint, Verb

REMINDERS: dict[str, Endpoint] = {
    "reminder": Endpoint(
        rows="Reminder",
        shows=(
            "id recipient recipient_name kind step enrolment record digest state closed_reason"
            " send_on expires_at planned_at"
        ),
    ),
    "digest": Endpoint(
        rows="Digest",
        shows=(
            "id recipient recipient_name local_on slot state available_at attempts message_id"
            " sent_at log"
        ),
        verbs={
            # It was sent already: whoever may send again what was given up is told so.
            "retry": Verb(by=dict.fromkeys(OWN_MAIL, ADMIN), codes=frozenset({409})),
        },
    ),
}
