"""The pages of training for those who lead it."""

from django.urls import URLPattern, URLResolver, path

from change_tracker.training.views import planning, plans

PAGES: list[URLPattern | URLResolver] = [
    path("i/<slug:slug>/training/", plans.PlansPage.as_view(), name="plans"),
    path("i/<slug:slug>/training/new/", planning.PlanNew.as_view(), name="plan-new"),
    path("i/<slug:slug>/training/<int:pk>/", plans.PlanPage.as_view(), name="plan"),
    path(
        "i/<slug:slug>/training/<int:pk>/people.csv",
        plans.PlanPeopleCsv.as_view(),
        name="plan-people",
    ),
    path(
        "i/<slug:slug>/training/<int:pk>/items/new/",
        planning.ItemNew.as_view(),
        name="plan-item-new",
    ),
    path(
        "i/<slug:slug>/training/<int:pk>/groups/new/",
        planning.RuleNew.as_view(),
        name="plan-rule-new",
    ),
    path(
        "i/<slug:slug>/training/<int:pk>/assign/",
        planning.PlanAssign.as_view(),
        name="plan-check",
    ),
]
