"""The pages."""

from django.urls import URLPattern, path

from change_tracker.core.files import file_paths
from change_tracker.portal.views.about import AboutPage
from change_tracker.portal.views.catalogue import CataloguePage
from change_tracker.portal.views.chain import ChainPage
from change_tracker.portal.views.gaps import GapsPage
from change_tracker.portal.views.hand_in import ItemHandIn, ItemHandInBack
from change_tracker.portal.views.initiatives import InitiativesFile, InitiativesPage, LoadFile
from change_tracker.portal.views.jobs import JobAgain, JobFile, JobPage, JobsPage
from change_tracker.portal.views.more_time import ItemMoreTime, ItemMoreTimeBack
from change_tracker.portal.views.overview import OverviewPage
from change_tracker.portal.views.progress import ProgressPage
from change_tracker.portal.views.sponsor import SponsorPage
from change_tracker.portal.views.team import TeamFile, TeamPage, TeamPersonPage
from change_tracker.portal.views.training import ItemDone, ItemPage, ItemUndo, MyTrainingPage
from change_tracker.spreadsheets.urls import PAGES as SPREADSHEET_PAGES

PAGES: list[URLPattern] = [
    path("", MyTrainingPage.as_view(), name="my-training"),
    path("t/<int:pk>/", ItemPage.as_view(), name="item"),
    path("t/<int:pk>/done/", ItemDone.as_view(), name="item-done"),
    path("t/<int:pk>/undo/", ItemUndo.as_view(), name="item-undo"),
    path("t/<int:pk>/more-time/", ItemMoreTime.as_view(), name="item-more-time"),
    path("t/<int:pk>/more-time/back/", ItemMoreTimeBack.as_view(), name="item-more-time-back"),
    path("t/<int:pk>/hand-in/", ItemHandIn.as_view(), name="item-hand-in"),
    path("t/<int:pk>/hand-in/back/", ItemHandInBack.as_view(), name="item-hand-in-back"),
    path("initiatives/", InitiativesPage.as_view(), name="initiatives"),
    *file_paths("initiatives/initiatives", InitiativesFile, "initiatives"),
    *file_paths("initiatives/load", LoadFile, "load"),
    path("i/<slug:slug>/", OverviewPage.as_view(), name="initiative"),
    path("i/<slug:slug>/about/", AboutPage.as_view(), name="initiative-about"),
    path("i/<slug:slug>/chain/", ChainPage.as_view(), name="chain"),
    path("i/<slug:slug>/gaps/", GapsPage.as_view(), name="gaps"),
    path("i/<slug:slug>/progress/", ProgressPage.as_view(), name="initiative-progress"),
    path("i/<slug:slug>/sponsor/", SponsorPage.as_view(), name="sponsor"),
    *SPREADSHEET_PAGES,
    path("catalogue/", CataloguePage.as_view(), name="catalogue"),
    path("team/", TeamPage.as_view(), name="team"),
    *file_paths("team/team", TeamFile, "team"),
    path("jobs/", JobsPage.as_view(), name="jobs"),
    path("jobs/<int:pk>/", JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/again/", JobAgain.as_view(), name="job-run-again"),
    *file_paths("jobs/<int:pk>/problems", JobFile, "job-problems"),
    path("team/<int:pk>/", TeamPersonPage.as_view(), name="team-person"),
]
