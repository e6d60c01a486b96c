from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import TemplateView

urlpatterns = [
    path("back/office/", admin.site.urls),
    path("staff/tools/change/", include("change_tracker.urls")),
    # A catch-all, as content systems have one, behind us.
    re_path(r"^.*$", TemplateView.as_view(template_name="host/shell.html")),
]
