"""The API of this slice."""

from change_tracker.core.api.routes import Route
from change_tracker.people.api.absences import AbsenceViewSet
from change_tracker.people.api.audiences import AudienceViewSet
from change_tracker.people.api.holidays import HolidayViewSet
from change_tracker.people.api.persons import PersonViewSet
from change_tracker.people.api.syncs import PeopleSyncViewSet
from change_tracker.people.api.units import OrgUnitViewSet
from change_tracker.people.api.uploads import PeopleUploadViewSet

ROUTES: list[Route] = [
    ("units", OrgUnitViewSet, "unit"),
    ("people", PersonViewSet, "person"),
    ("absences", AbsenceViewSet, "absence"),
    ("holidays", HolidayViewSet, "holiday"),
    ("audiences", AudienceViewSet, "audience"),
    ("people-syncs", PeopleSyncViewSet, "people-sync"),
    ("people-uploads", PeopleUploadViewSet, "people-upload"),
]
