from django.urls import include, path

urlpatterns = [path("change/", include("change_tracker.urls"))]
