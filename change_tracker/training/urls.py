"""The pages of training for those who lead it."""

from django.urls import URLPattern, URLResolver, path

from change_tracker.training.views import plans

PAGES: list[URLPattern | URLResolver] = [
    path("i/<slug:slug>/training/", plans.PlansPage.as_view(), name="plans"),
    path("i/<slug:slug>/training/<int:pk>/", plans.PlanPage.as_view(), name="plan"),
    path(
        "i/<slug:slug>/training/<int:pk>/people.csv",
        plans.PlanPeopleCsv.as_view(),
        name="plan-people",
    ),
]
