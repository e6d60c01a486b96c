"""Loading a catalogue pack: all or nothing, again and again, and never over a local edit."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from change_tracker.core.models import AuditEvent
from change_tracker.resistance.models import (
    CataloguePack,
    Recommendation,
    SourceCategory,
    SourceType,
    StrategyType,
    Technique,
    TechniqueSuggestion,
)
from change_tracker.resistance.services.catalogue import (
    CatalogueReport,
    OlderPackError,
    load_catalogue,
)
from change_tracker.resistance.services.packs import PackError, read_pack
from change_tracker.training.models import ActivityKind
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MODELS = (SourceCategory, SourceType, StrategyType, Technique, ActivityKind)


@pytest.fixture
def content() -> Any:
    return copy.deepcopy(read_pack())


def load(content: Any) -> CatalogueReport:
    return load_catalogue(content, actor=None, now=NOW)


def entry(content: Any, section: str, slug: str) -> Any:
    return next(each for each in content[section] if each["slug"] == slug)


def test_the_pack_that_ships_is_loaded_whole(content: Any) -> None:
    report = load(content)

    assert [model.objects.count() for model in MODELS] == [4, 15, 29, 24, 8]
    assert len(report.created) == 83
    stated = Counter(
        each["basis"] for source in content["sources"] for each in source["recommends"]
    )
    assert Counter(Recommendation.objects.values_list("basis", flat=True)) == stated
    assert stated.keys() == {"stated", "proposed"}
    assert TechniqueSuggestion.objects.count() == 1


def test_every_text_and_provenance_arrives(content: Any) -> None:
    load(content)

    for section, model in (
        ("categories", SourceCategory),
        ("sources", SourceType),
        ("strategies", StrategyType),
        ("techniques", Technique),
        ("activity_kinds", ActivityKind),
    ):
        for each in content[section]:
            row = model.objects.get(slug=each["slug"])
            assert (row.label, row.provenance) == (each["label"], each["provenance"])
    basis = dict(ActivityKind.objects.values_list("slug", "basis"))
    assert (basis["seminar"], basis["reading"]) == ("stated", "proposed")


def test_every_kind_of_resistance_has_signs_an_answer_and_words_for_people() -> None:
    load(read_pack())

    rows = list(SourceType.objects.all())
    for row in rows:
        assert len(row.signs.splitlines()) >= 2
        assert row.recommendations.exists()
        assert row.for_people.endswith(".")
        # Whoever is given a training is not told that they resist, nor what it is called.
        assert not {"resistance", row.label.lower()} & {*row.for_people.lower().split()}
    assert len({row.for_people for row in rows}) == 15


def test_a_repeat_changes_nothing_and_costs_little(content: Any) -> None:
    load(content)
    versions = list(SourceType.objects.values_list("pk", "version"))
    events = AuditEvent.objects.count()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(content)

    assert (len(report.unchanged), report.created, report.updated) == (83, [], [])
    assert list(SourceType.objects.values_list("pk", "version")) == versions
    assert AuditEvent.objects.count() == events
    assert len(queries) < 25


def test_a_new_version_updates_what_it_changes(content: Any) -> None:
    load(content)
    content["version"] = 4
    silos = entry(content, "sources", "silos")
    silos["label"] = "Departments that do not talk"
    silos["recommends"] = [{"strategy": "open-communication", "basis": "proposed"}]
    content["strategies"].append(
        {"slug": "job-rotation", "label": "Swap desks for a day", "action_kind": "collaboration"}
    )

    report = load(content)

    assert report.updated == ["sources/silos"]
    assert report.created == ["strategies/job-rotation"]
    row = SourceType.objects.get(slug="silos")
    assert (row.label, row.version) == ("Departments that do not talk", 2)
    assert [each.basis for each in row.recommendations.all()] == ["proposed"]
    assert CataloguePack.objects.get().pack_version == 4


def test_what_was_edited_here_is_left_alone_and_named(content: Any) -> None:
    load(content)
    SourceType.objects.filter(slug="silos").update(label="Our silos")
    Recommendation.objects.filter(source_type__slug="complacency", basis="proposed")[
        :1
    ].get().delete()
    content["version"] = 4
    for slug in ("silos", "complacency", "time-constraints"):
        entry(content, "sources", slug)["label"] += "!"

    report = load(content)

    assert report.left_alone == ["sources/complacency", "sources/silos"]
    assert report.updated == ["sources/time-constraints"]
    assert SourceType.objects.get(slug="silos").label == "Our silos"


def test_an_edit_that_the_pack_takes_over_is_no_edit_any_more(content: Any) -> None:
    load(content)
    SourceType.objects.filter(slug="silos").update(label="Our silos")
    content["version"] = 4
    entry(content, "sources", "silos")["label"] = "Our silos"
    load(content)
    content["version"] = 5
    entry(content, "sources", "silos")["label"] = "Silos"

    assert load(content).updated == ["sources/silos"]


def test_an_entry_made_here_is_never_taken_over(content: Any) -> None:
    StrategyType.objects.create(slug="clear-goals", label="Ours", action_kind="leadership")

    report = load(content)

    assert report.left_alone == ["strategies/clear-goals"]
    assert StrategyType.objects.get(slug="clear-goals").label == "Ours"


def test_what_a_later_version_no_longer_has_stays_and_is_named(content: Any) -> None:
    load(content)
    content["version"] = 4
    content["techniques"] = [each for each in content["techniques"] if each["slug"] != "network"]

    assert load(content).dropped == ["techniques/network"]
    assert Technique.objects.filter(slug="network").exists()


def test_an_older_version_is_refused(content: Any) -> None:
    content["version"] = 4
    load(content)

    with pytest.raises(OlderPackError, match="Version 4"):
        load(content | {"version": 3})


def _drop(section: str, slug: str, field: str) -> Callable[[Any], object]:
    return lambda content: entry(content, section, slug).pop(field)


def _set(section: str, name: str, **values: Any) -> Callable[[Any], object]:
    return lambda content: entry(content, section, name).update(values)


BROKEN: list[tuple[Callable[[Any], object], str]] = [
    (lambda content: content.update(schema=2), "pack: schema"),
    (lambda content: content.update(pack="Customer Service"), "pack: pack"),
    (lambda content: content.update(version=0), "pack: version"),
    (lambda content: content.update(version=True), "pack: version"),
    (lambda content: content.update(plays=[]), "pack: plays"),
    (lambda content: content.update(sources={}), "pack: sources"),
    (lambda content: content["sources"].append("silos"), "sources 16: entry"),
    (
        lambda content: content["sources"].append(dict(content["sources"][0])),
        "sources/lack-of-awareness: slug",
    ),
    (_drop("strategies", "clear-goals", "slug"), "strategies 3: slug"),
    (_set("strategies", "clear-goals", slug="Clear Goals"), "strategies 3: slug"),
    (_drop("categories", "fear", "label"), "categories/fear: label"),
    (_set("categories", "fear", label=" "), "categories/fear: label"),
    (_set("categories", "fear", label="x" * 201), "categories/fear: label"),
    (_set("categories", "fear", label="Fear\0"), "categories/fear: label: There is a character"),
    (
        _set("techniques", "network", provenance=[{"doc": "x", "phrase": "half \ud83d"}]),
        "techniques/network: provenance: There is a character",
    ),
    (_set("strategies", "clear-goals", action_kind="memo"), "clear-goals: action_kind: “memo”"),
    (_drop("strategies", "clear-goals", "action_kind"), "clear-goals: action_kind"),
    (_set("sources", "silos", readiness_stage="bliss"), "sources/silos: readiness_stage: “bliss”"),
    (_set("sources", "silos", category="nowhere"), "silos: category: There is no entry “nowhere”"),
    (_set("sources", "silos", category=["culture"]), "sources/silos: category"),
    (_set("sources", "silos", signs=["one"]), "sources/silos: signs"),
    (_set("sources", "silos", for_people=7), "sources/silos: for_people"),
    (_set("sources", "silos", recommends=[]), "sources/silos: recommends"),
    (
        _set("sources", "silos", recommends=[{"strategy": "magic", "basis": "stated"}]),
        "sources/silos: recommends: There is no entry “magic” in strategies",
    ),
    (
        _set("sources", "silos", recommends=[{"strategy": "clear-goals", "basis": "felt"}]),
        "sources/silos: recommends: “felt”",
    ),
    (
        _set("sources", "silos", recommends=[{"strategy": "clear-goals", "basis": "stated"}] * 2),
        "sources/silos: recommends: “clear-goals” is named twice",
    ),
    (_set("sources", "silos", recommends=["clear-goals"]), "sources/silos: recommends"),
    (_set("techniques", "network", kind="trick"), "techniques/network: kind: “trick”"),
    (_set("techniques", "network", provenance=[{"doc": "x"}]), "techniques/network: provenance"),
    (
        _set("techniques", "network", provenance=[{"doc": "x", "phrase": "y", "page": "3"}]),
        "techniques/network: provenance",
    ),
    (
        _set(
            "techniques",
            "network",
            provenance=[{"doc": "x", "phrase": "y", "url": "javascript:alert(1)"}],
        ),
        "techniques/network: provenance: javascript:alert(1)",
    ),
    (_set("techniques", "network", colour="red"), "techniques/network: colour"),
    (_set("activity_kinds", "course", basis="felt"), "activity_kinds/course: basis: “felt”"),
]


@pytest.mark.parametrize(("breaks", "named"), BROKEN, ids=[named for _, named in BROKEN])
def test_a_broken_pack_names_entry_and_field_and_loads_nothing(
    breaks: Callable[[Any], object], named: str, content: Any
) -> None:
    breaks(content)

    with pytest.raises(PackError) as error:
        load(content)

    assert any(str(each).startswith(named) or named in str(each) for each in error.value.problems)
    assert [model.objects.count() for model in (*MODELS, CataloguePack)] == [0] * 6


def test_all_problems_are_told_at_once(content: Any) -> None:
    content["strategies"][0]["label"] = ""
    content["sources"][3]["category"] = "nowhere"

    with pytest.raises(PackError) as error:
        load(content)

    assert [each.field for each in error.value.problems] == ["label", "category"]


@pytest.mark.parametrize("content", [None, [], "pack", 3, {}])
def test_what_is_no_pack_at_all_is_refused(content: Any) -> None:
    with pytest.raises(PackError):
        load(content)


def test_the_command_loads_what_ships_and_says_what_it_did() -> None:
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    SourceType.objects.filter(slug="silos").update(label="Our silos")
    call_command("load_catalogue", stdout=out)

    first, second, third = out.getvalue().splitlines()
    assert "83 created" in first
    assert "82 unchanged, 1 left alone" in second
    assert "sources/silos" in third


def test_the_command_takes_a_file(content: Any, tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(content | {"pack": "ours"}), encoding="utf-8-sig")
    out = StringIO()

    call_command("load_catalogue", str(path), stdout=out)

    assert out.getvalue().startswith("ours, version 3: 83 created")


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\x00"])
def test_a_file_that_is_not_json_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_text(text)

    with pytest.raises(CommandError, match="not valid JSON"):
        call_command("load_catalogue", str(path))


def test_an_unknown_name_lists_the_packs_that_ship() -> None:
    with pytest.raises(CommandError, match="customer-service"):
        call_command("load_catalogue", "nonsense")
