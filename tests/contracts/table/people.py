"""People, units and audiences."""

from tests.contracts.table.rows import ROWS, STAFF, who
from tests.contracts.table.shape import Endpoint, Verb, fixed

PEOPLE: dict[str, Endpoint] = {
    "unit": Endpoint(
        rows="OrgUnit",
        shows="id external_id name parent version",
        takes="external_id name parent",
        create={"": STAFF},
        body=fixed(external_id="u-new", name="New unit"),
    ),
    "person": Endpoint(
        rows="Person",
        shows=(
            "id external_id display_name email job_title location unit manager timezone language"
            " starts_on ends_on has_login version"
        ),
        # Those who work with a group know what its members are called.
        brief={"lead other_lead agent coach: employee colleague other_team": "id display_name"},
        takes=(
            "external_id display_name email job_title location unit manager timezone language"
            " starts_on ends_on"
        ),
        create={"": STAFF},
        body=fixed(external_id="p-new", display_name="New Person"),
    ),
    "absence": Endpoint(
        rows="Absence",
        shows="id person from_on to_on source version",
        takes="person from_on to_on",
        create={"": STAFF},
        body=lambda world, kind: {
            "person": world.people["employee"].pk,
            "from_on": "2026-12-01",
            "to_on": "2026-12-04",
        },
    ),
    "audience": Endpoint(
        rows="Audience",
        shows="id name clauses rule version",
        # The rule of an audience can name people: who is only in it reads what it is called.
        brief={"employee colleague other_team manager head": "id name"},
        takes="name clauses",
        create={"": STAFF | who("lead other_lead")},
        body=fixed(name="Everybody new"),
        verbs={"members": Verb(get=ROWS["Audience"].read)},
    ),
    "people-sync": Endpoint(rows="PeopleSync", shows="id source state ran_at counts problems"),
}
