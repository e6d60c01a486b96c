"""People, the units they work in, who reports to whom, and named groups of them."""

from change_tracker.people.models.audiences import Audience, AudienceClause, AudienceMember
from change_tracker.people.models.persons import Person, ReportingLine
from change_tracker.people.models.syncs import PeopleSync
from change_tracker.people.models.units import OrgUnit

__all__ = [
    "Audience",
    "AudienceClause",
    "AudienceMember",
    "OrgUnit",
    "PeopleSync",
    "Person",
    "ReportingLine",
]
