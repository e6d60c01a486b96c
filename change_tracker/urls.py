"""Index: every address of Change Tracker, under the prefix that the host chooses."""

from django.urls import URLPattern, URLResolver, include, path

from change_tracker.core.addresses import tree
from change_tracker.core.api import audit, jobs
from change_tracker.core.api.routes import paths_of, router_of
from change_tracker.initiatives import api as initiatives
from change_tracker.initiatives.urls import PAGES as INITIATIVE_PAGES
from change_tracker.mitigation import api as mitigation
from change_tracker.mitigation.urls import PAGES as MITIGATION_PAGES
from change_tracker.people import api as people
from change_tracker.people.urls import PAGES as PEOPLE_PAGES
from change_tracker.playbooks import api as playbooks
from change_tracker.playbooks.urls import PAGES as PLAYBOOK_PAGES
from change_tracker.portal.urls import PAGES as PORTAL_PAGES
from change_tracker.progress import api as progress
from change_tracker.reminders import api as reminders
from change_tracker.reminders.urls import PAGES as REMINDER_PAGES
from change_tracker.resistance import api as resistance
from change_tracker.resistance.urls import PAGES as RESISTANCE_PAGES
from change_tracker.spreadsheets import api as spreadsheets
from change_tracker.training import api as training
from change_tracker.training.urls import PAGES as TRAINING_PAGES
from change_tracker.voice import api as voice
from change_tracker.voice.urls import PAGES as VOICE_PAGES

app_name = "change_tracker"

slices = (people, initiatives, resistance, mitigation, spreadsheets, training, playbooks, voice)
router = router_of(*(each.ROUTES for each in (*slices, progress, reminders, jobs, audit)))

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(paths_of(router))),
    *tree(  # what most people read comes first
        *(PORTAL_PAGES, INITIATIVE_PAGES, TRAINING_PAGES, RESISTANCE_PAGES, MITIGATION_PAGES),
        *(VOICE_PAGES, PLAYBOOK_PAGES, REMINDER_PAGES, PEOPLE_PAGES),
    ),
]
