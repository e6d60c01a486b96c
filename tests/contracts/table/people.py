"""People, units and audiences."""

from tests.contracts.table.rows import ROWS, STAFF, ByKind, who
from tests.contracts.table.shape import Endpoint, Page, Verb, fixed
from tests.contracts.world import NOWHERE, SIGNED_IN

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
    "holiday": Endpoint(
        rows="Holiday",
        shows="id day name version",
        takes="day name",
        create={"": STAFF},
        body=fixed(day="2026-12-26", name="Boxing Day"),
    ),
    "audience": Endpoint(
        rows="Audience",
        shows="id name clauses rule people nobody_because version",
        not_in_files="nobody_because",
        # The rule of an audience can name people: who is only in it reads what it is called.
        brief={"employee colleague other_team manager head": "id name"},
        takes="name clauses digest",
        create={"": STAFF | who("lead other_lead")},
        body=fixed(name="Everybody new"),
        verbs={
            "members": Verb(get=ROWS["Audience"].read),
            "preview": Verb(by=ROWS["Audience"].change, takes="clauses", body=fixed(clauses=[])),
        },
    ),
    "people-upload": Endpoint(
        rows="PeopleUpload",
        shows="id name is_full from_source headings mapping uploaded_at preview digest job",
        takes="name text file is_full from_source",
        create={"": who("hr")},
        body=fixed(name="roster.csv", text="external_id,name\nK1,Ana\n"),
        verbs={
            "check": Verb(by={"upload": who("hr")}, takes="mapping"),
            # Nobody has looked at that of the world.
            "apply": Verb(
                by={"upload": who("hr")},
                takes="digest allow",
                body=fixed(digest="0"),
                codes=frozenset({409}),
            ),
        },
    ),
    "people-sync": Endpoint(rows="PeopleSync", shows="id source state ran_at counts problems"),
}

#: Not site admins either: they read about people, and bring none in.
OTHERS = who("stranger employee lead site_admin")

#: They are refused before any row is looked for.
ELSEWHERE: ByKind = dict.fromkeys(("upload", *NOWHERE), frozenset(SIGNED_IN) - who("hr"))

PEOPLE_PAGES: dict[str, Page] = {
    "people": Page(
        title="the latest imports, and the way to the next",
        by={"": who("hr")},
        refused={"": OTHERS},
        post=frozenset({400}),
    ),
    "people-source": Page(
        title="have a worker look at what the host's people source would do",
        by={"": who("hr")},
        refused={"": OTHERS},
        post=frozenset({302}),
    ),
    "people-import-columns": Page(
        title="which column of a sent roster is which",
        rows="PeopleUpload",
        by={"upload": who("hr")},
        refused=ELSEWHERE,
        post=frozenset({400}),
    ),
    "people-import": Page(
        title="what a sent roster does (before anybody has looked: the columns)",
        rows="PeopleUpload",
        by={"upload": who("hr")},
        refused=ELSEWHERE,
        get=frozenset({302}),
        post=frozenset({302}),
    ),
}
