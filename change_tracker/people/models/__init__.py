"""People, the units they work in, who reports to whom, and named groups of them."""

from change_tracker.people.models.absences import Absence
from change_tracker.people.models.audiences import Audience, AudienceMember
from change_tracker.people.models.clauses import AudienceClause
from change_tracker.people.models.holidays import Holiday
from change_tracker.people.models.persons import (
    Person,
    ReportingLine,
    oneself,
    oneself_or_team,
    team_of,
)
from change_tracker.people.models.syncs import PeopleSync
from change_tracker.people.models.units import OrgUnit
from change_tracker.people.models.uploads import PeopleUpload

__all__ = [
    "Absence",
    "Audience",
    "AudienceClause",
    "AudienceMember",
    "Holiday",
    "OrgUnit",
    "PeopleSync",
    "PeopleUpload",
    "Person",
    "ReportingLine",
    "oneself",
    "oneself_or_team",
    "team_of",
]
