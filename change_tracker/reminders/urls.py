"""The pages of reminders."""

from django.urls import URLPattern, path

from change_tracker.reminders.views import (
    actions,
    ahead,
    calendar,
    health,
    inbox,
    remind,
    wishes,
    words,
)

WORDS = "i/<slug:slug>/mail-words/"

PAGES: list[URLPattern] = [
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("calendar/revoke/", calendar.CalendarRevoke.as_view(), name="calendar-revoke"),
    path("calendar/<str:secret>.ics", calendar.CalendarFeedView.as_view(), name="calendar-feed"),
    path("health/", health.HealthView.as_view(), name="health"),
    path(
        "i/<slug:slug>/training/<int:pk>/people/remind/",
        remind.PeopleRemind.as_view(),
        name="plan-people-remind",
    ),
    path("inbox/", inbox.InboxPage.as_view(), name="inbox"),
    path("mail-ahead/", ahead.OwnAhead.as_view(), name="own-mail-ahead"),
    path("i/<slug:slug>/mail-ahead/", ahead.AheadPage.as_view(), name="mail-ahead"),
    path("mail/", wishes.WishesPage.as_view(), name="mail-preferences"),
    path("mail/<str:signed>/", wishes.SignedWishesPage.as_view(), name="mail-wishes"),
    path("go/<str:signed>/", actions.ActionPage.as_view(), name="mail-action"),
    path(WORDS, words.MailWordsPage.as_view(), name="mail-words"),
    path(f"{WORDS}html/", words.MailWordsHtml.as_view(), name="mail-words-html"),
    path(f"{WORDS}test/", words.MailWordsTest.as_view(), name="mail-words-test"),
]
