"""The pages."""

from django.urls import URLPattern, URLResolver, path

from change_tracker.portal import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.MyTrainingPage.as_view(), name="my-training"),
    path("t/<int:pk>/", views.ItemPage.as_view(), name="item"),
    path("t/<int:pk>/done/", views.ItemDone.as_view(), name="item-done"),
    path("t/<int:pk>/undo/", views.ItemUndo.as_view(), name="item-undo"),
    path("initiatives/", views.InitiativesPage.as_view(), name="initiatives"),
    path("i/<slug:slug>/progress/", views.ProgressPage.as_view(), name="initiative-progress"),
]
