"""The themes of the chapters, each on a page where the one whom it is for sees it."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from change_tracker.people.models import Person
from change_tracker.resistance.models import SourceType, Technique
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW, TODAY
from tests.portal.browsing import words

pytestmark = pytest.mark.django_db
AT = "/change/i/seeds/"

#: theme → who sees it, where, and in which words
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("sources and their signs", "lead", "/change/catalogue/", "Departments hear of each other"),
    ("sources in the register", "lead", f"{AT}resistance/", "They never ask us"),
    ("strategies from the chapters", "lead", "{entry}", "cross-departmental collaboration"),
    ("what worked here", "lead", "{entry}", "Lunch together eased it"),
    ("strategies as playbooks", "lead", "/change/playbooks/", "Leadership that backs it"),
    ("benefits, purpose, impact", "employee", f"{AT}about/", "You answer every call"),
    ("purpose", "employee", f"{AT}about/", "So that callers are helped at once"),
    ("clear goals", "employee", f"{AT}about/", "Calls solved at once"),
    ("why was I given this", "employee", "/change/", "So that callers are helped at once"),
    ("open communication", "lead", f"{AT}actions/communication/", "A round for questions"),
    ("safe to raise concerns", "employee", "/change/say/", "seeds"),
    ("past experiences", "employee", f"{AT}about/", "It was dropped after a month"),
    ("leadership support", "sponsor", f"{AT}sponsor/", "I tell every team why"),
    ("silos and collaboration", "lead", f"{AT}actions/", "One table for two departments"),
    ("groups that share resistance", "lead", f"{AT}resistance/", "Call takers and Repairs share 1"),
    ("outdated tools", "lead", f"{AT}actions/tools/", "A faster telephone"),
    ("training", "employee", "/change/", "Listening"),
    ("transcript", "employee", "/change/transcript/", "A talk on service"),
    ("conferences and seminars", "lead", "/change/catalogue/", "Conference"),
    ("techniques", "lead", "/change/catalogue/", "Practise empathy"),
    ("experiments", "lead", f"{AT}actions/experiments/", "Calls without a script"),
    ("learning from failures", "lead", f"{AT}lessons/", "Posters did not help"),
    ("celebrating successes", "employee", f"{AT}about/", "First thousand calls"),
)


def test_each_theme_has_a_page_for_the_one_whom_it_is_for(
    lead: Person, sponsor: Person, employee: Person, sign_in: SignIn
) -> None:
    load_catalogue(read_pack(), actor=None, now=NOW)
    entry = make_story(lead, sponsor, employee)
    readers = {"lead": lead, "sponsor": sponsor, "employee": employee}
    browsers = {name: sign_in.page(person) for name, person in readers.items()}
    seen: dict[tuple[str, str], str] = {}

    missing = []
    for theme, who, address, phrase in PAGES:
        url = address.format(entry=f"{AT}resistance/{entry.pk}/")
        if (who, url) not in seen:
            seen[who, url] = unescape(words(browsers[who].get(url, follow=True)))
        if phrase not in seen[who, url]:
            missing.append(f"{theme}: “{phrase}” on {url} for the {who}: {seen[who, url][:900]}")

    assert not missing, "\n".join(missing)


def make_story(lead: Person, sponsor: Person, employee: Person) -> Any:
    """An initiative in which every theme happens; returns the entry about silos."""
    group = factories.make_audience(employee, name="Call takers")
    repairs = factories.make_audience(name="Repairs")
    initiative = factories.make_initiative(
        title="One number for seeds",
        slug="seeds",
        purpose="So that callers are helped at once.",
        lead=lead,
        sponsor=sponsor,
        state="active",
    )
    factories.make_group(initiative, group, message="You answer every call.", impact=3)
    initiative.objectives.update(title="Calls solved at once")
    kinds = {each.slug: each for each in SourceType.objects.all()}
    silos = factories.make_source(
        initiative, type=kinds["silos"], statement="They never ask us.", audiences=[group, repairs]
    )
    factories.make_source(
        initiative,
        type=kinds["negative-past-experiences"],
        last_time="It was dropped after a month.",
        this_time="It has a budget.",
        audiences=[group],
    )
    strategy = silos.type.recommendations.order_by("pk")[0].strategy
    factories.make_lesson(initiative, strategy=strategy, words="Lunch together eased it")
    factories.make_lesson(initiative, eased=False, words="Posters did not help")
    for kind, title, more in (
        ("communication", "A round for questions", {}),
        ("leadership", "I tell every team why", {"owner": sponsor}),
        ("collaboration", "One table for two departments", {}),
        ("tools", "A faster telephone", {}),
        ("experiment", "Calls without a script", {}),
    ):
        due: dict[str, Any] = {"due_on": TODAY + timedelta(days=7)}
        factories.make_action(initiative, kind=kind, title=title, sources=[silos], **due | more)
    factories.make_milestone(initiative, title="First thousand calls", reached_on=TODAY)
    activity = factories.make_activity(initiative, title="Listening")
    activity.topics.set(Technique.objects.filter(slug="active-listening"))
    plan = factories.make_plan(initiative, items=[activity])
    factories.make_enrolment(plan, employee, rule=factories.make_rule(plan, group))
    factories.make_learning(employee, title="A talk on service")
    return silos
