"""The pages."""

from django.urls import URLPattern, URLResolver, path

from change_tracker.portal.views.about import AboutPage
from change_tracker.portal.views.initiatives import InitiativesPage
from change_tracker.portal.views.overview import OverviewPage
from change_tracker.portal.views.progress import ProgressPage
from change_tracker.portal.views.training import ItemDone, ItemPage, ItemUndo, MyTrainingPage

urlpatterns: list[URLPattern | URLResolver] = [
    path("", MyTrainingPage.as_view(), name="my-training"),
    path("t/<int:pk>/", ItemPage.as_view(), name="item"),
    path("t/<int:pk>/done/", ItemDone.as_view(), name="item-done"),
    path("t/<int:pk>/undo/", ItemUndo.as_view(), name="item-undo"),
    path("initiatives/", InitiativesPage.as_view(), name="initiatives"),
    path("i/<slug:slug>/", OverviewPage.as_view(), name="initiative"),
    path("i/<slug:slug>/about/", AboutPage.as_view(), name="initiative-about"),
    path("i/<slug:slug>/progress/", ProgressPage.as_view(), name="initiative-progress"),
]
