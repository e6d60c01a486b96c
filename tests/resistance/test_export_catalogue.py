"""The catalogue as a file: it loads again without change, here and on an empty site."""

import copy
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from change_tracker.core.models import AuditEvent
from change_tracker.resistance.models import CataloguePack, SourceType, StrategyType
from change_tracker.resistance.points import CATALOGUE_SECTIONS
from change_tracker.resistance.services.catalogue import CatalogueReport, load_catalogue
from change_tracker.resistance.services.exporting import ALL, as_text, export_pack
from change_tracker.resistance.services.packs import read_pack
from tests import factories
from tests.conftest import SignIn
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PACKS = "admin:change_tracker_cataloguepack"


def load(content: Any) -> CatalogueReport:
    return load_catalogue(copy.deepcopy(content), actor=None, now=NOW)


def empty_the_catalogue() -> None:
    for section in reversed(list(CATALOGUE_SECTIONS)):
        section.model._default_manager.all().delete()
    CataloguePack.objects.all().delete()


def edit() -> None:
    """A label of the pack, and an own strategy that an entry of the pack is answered by."""
    ours = StrategyType.objects.create(slug="our-way", label="Our way", action_kind="tools")
    silos = SourceType.objects.get(slug="silos")
    silos.recommendations.create(strategy=ours, basis="proposed")
    SourceType.objects.filter(pk=silos.pk).update(label="Our silos")


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    login = factories.make_user("ada", is_superuser=True, is_staff=True)
    return sign_in.page(factories.make_person("Ada", login=login))


def test_a_pack_as_it_reads_here_changes_nothing_here_and_is_the_same_elsewhere() -> None:
    load(read_pack())
    edit()
    events = AuditEvent.objects.count()
    exported = export_pack("customer-service")

    again = load(exported)
    assert (again.created, again.updated, again.dropped) == ([], [], [])
    assert again.left_alone == ["strategies/our-way"]
    assert AuditEvent.objects.count() == events
    # Bringing it back is no way to make an edit the pack's: the next version leaves it alone.
    later = load(read_pack() | {"version": 3})
    assert "sources/silos" in later.left_alone
    empty_the_catalogue()
    load(exported)
    assert export_pack("customer-service") == exported
    assert SourceType.objects.get(slug="silos").label == "Our silos"


def test_everything_is_a_pack_under_a_name_of_its_own() -> None:
    load(read_pack())
    edit()
    everything = export_pack("our-house")

    assert (everything["pack"], everything["version"]) == ("our-house", 1)
    assert "our-way" in [each["slug"] for each in everything["strategies"]]
    report = load(everything)
    assert (report.created, report.updated, report.unchanged) == ([], [], [])
    CataloguePack.objects.filter(slug="our-house").delete()
    empty_the_catalogue()
    load(everything)
    assert export_pack("our-house") == everything


def test_all_of_it_is_all_of_it_also_where_such_a_file_was_loaded() -> None:
    load(read_pack())
    everything = export_pack(ALL)
    load(everything)
    assert export_pack(ALL) == everything

    edit()
    assert "our-way" in [each["slug"] for each in export_pack(ALL)["strategies"]]


def test_the_pack_that_ships_is_what_it_is_exported_as() -> None:
    load(read_pack())

    exported = export_pack("customer-service")
    for key, entries in read_pack().items():
        wanted = entries if isinstance(entries, list) else None
        assert wanted is None or len(exported[key]) == len(wanted)
    assert load(exported).unchanged


def test_the_command_writes_what_the_other_command_loads(tmp_path: Path) -> None:
    load(read_pack())
    printed, path = StringIO(), tmp_path / "ours.json"
    call_command("export_catalogue", "customer-service", stdout=printed)
    call_command("export_catalogue", "customer-service", output=str(path))

    assert printed.getvalue() == path.read_text(encoding="utf-8")
    said = StringIO()
    call_command("load_catalogue", str(path), stdout=said)
    assert "0 created, 0 updated" in said.getvalue()
    with pytest.raises(CommandError, match="lower-case"):
        call_command("export_catalogue", "No Name")


def test_a_file_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "pack.json"):
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_catalogue", output=str(path))


def test_site_staff_load_a_pack_in_the_admin_and_read_what_is_wrong_with_it(
    admin: Client,
) -> None:
    content = read_pack()
    broken = copy.deepcopy(content)
    broken["sources"][5]["category"] = "nowhere"
    url = reverse(f"{PACKS}_add")

    refused = admin.post(url, {"file": SimpleUploadedFile("ours.json", as_text(broken).encode())})
    assert b"sources/silos: category: There is no entry" in refused.content
    assert not CataloguePack.objects.exists()
    nonsense = admin.post(url, {"file": SimpleUploadedFile("ours.json", b"{")})
    assert b"not valid JSON" in nonsense.content
    good = SimpleUploadedFile("ours.json", as_text(content).encode())
    loaded = admin.post(url, {"file": good}, follow=True)
    assert b"ustomer-service, version 3: 83 created" in loaded.content
    assert CataloguePack.objects.get().slug == "customer-service"
    older = SimpleUploadedFile("ours.json", as_text(content).encode())
    CataloguePack.objects.update(pack_version=4)
    assert (
        b"Version 4 of this pack is loaded" in admin.post(url, {"file": older}, follow=True).content
    )


def test_site_staff_download_a_pack_in_the_admin(admin: Client) -> None:
    load(read_pack())
    pack = CataloguePack.objects.get()
    url = reverse(f"{PACKS}_changelist")

    for action, name in (("export_chosen", pack.slug), ("export_all", "our-catalogue")):
        file = admin.post(url, {"action": action, "_selected_action": [pack.pk]})
        assert f'filename="{name}.json"' in file["Content-Disposition"]
        assert json.loads(file.content) == export_pack(name)
