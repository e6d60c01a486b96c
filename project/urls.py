"""The intranet's addresses; the plugin is mounted at /change/."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.i18n import set_language
from rest_framework.authtoken.views import obtain_auth_token

from project import views

urlpatterns = [
    path("", views.home, name="home"),
    path("brand/", views.brand, name="brand"),
    path("login/", auth_views.LoginView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("api-token/", obtain_auth_token, name="api-token"),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("change/", include("change_tracker.urls")),
]

if settings.MAILBOX:
    urlpatterns += [
        path("mailbox/", views.mailbox, name="mailbox"),
        path("mailbox/morning/", views.morning, name="morning"),
        path("mailbox/<int:pk>/", views.mail, name="mail"),
        path("mailbox/<int:pk>/html/", views.mail_html, name="mail-html"),
    ]
