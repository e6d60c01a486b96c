"""Our pages inside the templates of unlike hosts, and the shape that every page has."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from change_tracker.people.models import Person
from change_tracker.training.models import TrainingRecord
from tests import factories
from tests.conftest import SignIn
from tests.portal.browsing import INITIATIVES, MY_TRAINING, item_url, progress_url, title, words

pytestmark = pytest.mark.django_db

BARE = (
    "<title>{% block title %}{% endblock %}</title><main>{% block content %}{% endblock %}</main>"
)
OTHER_NAMES = (
    "<title>{% block head_title %}{% endblock %}</title><main>{% block body %}{% endblock %}</main>"
)
#: The one file with which a host maps our blocks to its own.
OVERRIDE = """{% extends "base.html" %}{% load change_tracker %}
{% block head_title %}{% block ct_title %}{% endblock %}{% endblock %}
{% block body %}{% change_tracker_css %}<div class="ct">{% block ct_content %}{% endblock %}</div>
{% endblock %}"""


HEAD = "<head>{% block extra_head %}<link href='/theirs.css'>{% endblock %}</head>"
#: Bases that take from the context what a host puts there, not we.
EXPECTING = {
    "a request": "{% load wagtailish %}<p>{% signed_in_as %} at {{ request.path }}</p>",
    "a page of its own": (
        "{% load wagtailish %}{% if page %}<a href='{% pageurl page %}'>{{ page.title }}</a>"
        "{% else %}<p>no page of mine</p>{% endif %}"
    ),
}


def templates(**files: str) -> Any:
    """The settings of a host that has these templates, and none of our demonstration's."""
    locmem = ("django.template.loaders.locmem.Loader", files)
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [locmem, "django.template.loaders.app_directories.Loader"],
            "libraries": {"wagtailish": "tests.portal.wagtailish"},
        },
    }
    return override_settings(TEMPLATES=[engine])


def is_whole(response: Any) -> bool:
    """Whether title and content arrived."""
    return title(response) == "My training" and "2 things to do" in words(response)


@pytest.fixture
def record(employee: Person, lead: Person) -> TrainingRecord:
    group = factories.make_audience(employee, name="Call takers")
    initiative = factories.make_initiative(title="One Front Door", lead=lead, group=group)
    plan = factories.make_plan(initiative, items=2)
    rule = factories.make_rule(plan, group)
    records = factories.make_enrolment(plan, employee, rule=rule).records
    return records.earliest("pk")


def test_a_bare_base_shows_title_content_and_style(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates(**{"base.html": BARE}):
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)
    assert (
        '<link rel="stylesheet" href="/static/change_tracker/ct.css">' in response.content.decode()
    )


def test_one_short_file_maps_our_blocks_to_a_host_with_other_names(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    files = {"base.html": OTHER_NAMES, "change_tracker/base.html": OVERRIDE}
    with templates(**files):
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)


def test_without_a_base_of_the_host_we_bring_our_own_shell(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates():
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)
    assert '<html lang="en"' in response.content.decode()


@override_settings(CHANGE_TRACKER={"BASE_TEMPLATE": "intranet/page.html"})
def test_the_base_is_the_template_of_the_setting(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates(**{"intranet/page.html": f"<p>Ours</p>{BARE}", "base.html": "wrong"}):
        response = sign_in.page(employee).get(MY_TRAINING)

    assert "<p>Ours</p>" in response.content.decode()
    assert "2 things to do" in words(response)


@override_settings(CHANGE_TRACKER={"TITLE_BLOCK": "head_title", "CONTENT_BLOCK": "body"})
def test_two_settings_map_our_blocks_to_a_host_with_other_names(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates(**{"base.html": OTHER_NAMES}):
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)
    assert response.content.decode().count("change_tracker/ct.css") == 1


@override_settings(CHANGE_TRACKER={"HEAD_BLOCK": "extra_head"})
def test_the_stylesheet_joins_what_the_host_has_in_its_head(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates(**{"base.html": HEAD + BARE}):
        html = sign_in.page(employee).get(MY_TRAINING).content.decode()

    head = html.partition("</head>")[0]
    assert "/theirs.css" in head
    assert "change_tracker/ct.css" in head
    assert html.count("change_tracker/ct.css") == 1


@override_settings(CHANGE_TRACKER={"CONTENT_BLOCK": "nonsense", "HEAD_BLOCK": "nonsense too"})
def test_the_file_of_a_host_wins_over_its_settings(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    files = {"base.html": OTHER_NAMES, "change_tracker/base.html": OVERRIDE}
    with templates(**files):
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)


@override_settings(
    CHANGE_TRACKER={"TITLE_BLOCK": "name", "CONTENT_BLOCK": "main", "HEAD_BLOCK": "links"}
)
def test_our_own_shell_follows_the_settings(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    with templates():
        response = sign_in.page(employee).get(MY_TRAINING)

    assert is_whole(response)
    assert "change_tracker/ct.css" in response.content.decode().partition("</head>")[0]


@pytest.mark.parametrize("expecting", EXPECTING)
def test_a_base_gets_from_the_context_what_it_expects(
    expecting: str, record: TrainingRecord, sign_in: SignIn
) -> None:
    """`page` is the host's: on our lists, which have pages too, it is not taken for ours."""
    lead = Person.objects.get(display_name="Priya Nair")
    with templates(**{"base.html": EXPECTING[expecting] + BARE}):
        answers = [sign_in.page(lead).get(url) for url in (MY_TRAINING, INITIATIVES)]

    shown = {"a request": "<p>priya at /change/", "a page of its own": "no page of mine"}
    assert all(shown[expecting] in each.content.decode() for each in answers)
    assert "One Front Door" in words(answers[1])


def test_a_host_without_messages_and_context_processors_gets_the_toast_too(
    record: TrainingRecord, employee: Person, sign_in: SignIn
) -> None:
    apps = [app for app in settings.INSTALLED_APPS if app not in _WITH_MESSAGES]
    middleware = [each for each in settings.MIDDLEWARE if "messages" not in each]
    client = sign_in.page(employee)
    with (
        templates(**{"base.html": BARE}),
        override_settings(INSTALLED_APPS=apps, MIDDLEWARE=middleware),
    ):
        response = client.post(item_url(record.pk, "done"), follow=True)

    assert "is marked as done. Undo" in words(response)
    assert 'role="status"' in response.content.decode()


_WITH_MESSAGES = {"django.contrib.messages"}

Page = Callable[[TrainingRecord], str]
PAGES: dict[str, Page] = {
    "my training": lambda record: MY_TRAINING,
    "item": lambda record: item_url(record.pk),
    "initiatives": lambda record: INITIATIVES,
    "progress": lambda record: progress_url(record.plan.initiative.slug),
    "progress, wrong day": lambda record: f"{progress_url(record.plan.initiative.slug)}?on=x",
}


@pytest.fixture
def html(request: pytest.FixtureRequest, record: TrainingRecord, sign_in: SignIn) -> str:
    """A page as the lead sees it, who also has an item to do."""
    lead = Person.objects.get(display_name="Priya Nair")
    own = factories.make_enrolment(record.plan, lead).records.earliest("pk")
    url = PAGES[request.param](own)
    body: str = sign_in.page(lead).get(url).content.decode()
    return body


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_pages_work_under_a_strict_content_security_policy(html: str) -> None:
    assert "<script" not in html
    assert " style=" not in html
    assert "<style" not in html
    assert re.findall(r"\son[a-z]+=", html) == []
    assert "javascript:" not in html


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_pages_have_one_heading_a_title_and_one_frame_of_ours(html: str) -> None:
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert re.search(r"<title>\s*\S", html)
    assert len(re.findall(r'<div class="ct">', html)) == 1
    assert len(re.findall(r"<main[ >]", html)) == 1


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_ids_on_a_page_are_unique_and_labels_lead_somewhere(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    wanted = re.findall(r'(?:aria-labelledby|for)="([^"]+)"', html)

    assert len(ids) == len(set(ids))
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_pages_mark_the_current_tab(html: str) -> None:
    assert html.count('aria-current="page"') == 1


@override_settings(USE_THOUSAND_SEPARATOR=True)
def test_bars_are_right_where_the_host_groups_its_thousands(lead: Person, sign_in: SignIn) -> None:
    from django.template.loader import render_to_string

    bar = render_to_string(
        "change_tracker/parts/bar.html", {"of": 12000, "done": 1640, "late": 1200}
    )

    assert 'viewBox="0 0 12000 1"' in bar
    assert 'width="1640"' in bar
    assert 'x="1640"' in bar


@override_settings(USE_THOUSAND_SEPARATOR=True)
def test_people_are_chosen_where_the_host_groups_its_thousands(
    lead: Person, sign_in: SignIn
) -> None:
    initiative = factories.make_initiative(lead=lead)
    plan = factories.make_plan(initiative)
    for name in ("Ann", "Bo"):
        person = factories.make_person(name, pk=4000 + len(name))
        factories.make_enrolment(plan, person, pk=5000 + len(name), due_on=date(2026, 11, 16))
    page = sign_in.page(lead)
    training = f"/change/i/{initiative.slug}/training/{plan.pk}/"

    listed = page.get(training).content.decode()
    chosen = re.findall(r'name="chosen"\s+value="([^"]*)"', listed)
    checked = page.get(f"{training}people/check/", {"do": "exempt", "chosen": chosen})

    assert chosen == ["5003", "5002"]
    assert "Exempt 2 people" in words(checked)
