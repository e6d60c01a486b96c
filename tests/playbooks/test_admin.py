"""Playbooks in the admin, and in packs."""

import copy
from typing import Any

import pytest
from django.urls import reverse

from change_tracker.playbooks.models import Playbook
from change_tracker.playbooks.sections import PLAYBOOKS
from change_tracker.resistance.services.catalogue import load_catalogue
from change_tracker.resistance.services.contents import content_of_entry
from change_tracker.resistance.services.exporting import export_pack
from change_tracker.resistance.services.packs import PackError, read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_edit_of_a_line_in_the_admin_is_a_new_version(
    playbook: Playbook, sign_in: SignIn
) -> None:
    login = factories.make_user("ada", is_superuser=True, is_staff=True)
    client = sign_in.page(factories.make_person("Ada", login=login))
    url = reverse("admin:change_tracker_playbook_change", args=[playbook.pk])
    shown = client.get(url)
    sent: dict[str, Any] = {}
    forms = [shown.context["adminform"].form]
    for inline in shown.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for field in form:
            value = field.value()
            sent[field.html_name] = "" if value is None else value
    first = playbook.actions.all()[0]
    sent["actions-0-label"] = "Say it in the admin"
    sent = {name: value for name, value in sent.items() if value is not False}

    response = client.post(url, sent)

    assert response.status_code == 302, response.content
    first.refresh_from_db()
    playbook.refresh_from_db()
    assert (first.label, playbook.version) == ("Say it in the admin", 2)
    later = read_pack() | {"version": 3}
    later = copy.deepcopy(later)
    later["playbooks"][0]["summary"] = "Another one."
    report = load_catalogue(later, actor=None, now=NOW)
    assert report.left_alone == ["playbooks/front-line-before-go-live"]


def test_playbooks_are_exported_with_their_pack(catalogue: None) -> None:
    exported, shipped = export_pack("customer-service")["playbooks"], read_pack()["playbooks"]

    assert len(shipped) == 3
    assert [content_of_entry(PLAYBOOKS, each) for each in exported] == [
        content_of_entry(PLAYBOOKS, each) for each in shipped
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("days", 99_999, "actions/say-why/days: This has to be a whole number from"),
        ("answers", [], "actions/say-why/answers: This has to be a list with at least one"),
        ("answers", ["nowhere"], "actions/say-why/answers: There is no entry “nowhere”"),
        ("strategy", "nowhere", "actions/say-why/strategy: There is no entry “nowhere”"),
        ("action_kind", "tools", "actions/say-why/action_kind: Name a strategy or a kind"),
        ("colour", "red", "actions/say-why/colour: There is no such field"),
    ],
)
def test_a_broken_line_is_named_with_its_field(field: str, value: Any, said: str) -> None:
    content = copy.deepcopy(read_pack())
    content["playbooks"][0]["actions"][0][field] = value

    with pytest.raises(PackError) as error:
        load_catalogue(content, actor=None, now=NOW)

    (problem,) = error.value.problems
    assert str(problem).startswith(f"playbooks/front-line-before-go-live: {said}")
    assert not Playbook.objects.exists()
