"""The published JSON Schema of packs says what loading checks."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from change_tracker.resistance.services.packs import read_pack, shipped_packs
from change_tracker.resistance.services.schema import pack_schema
from tests.contracts.documents import assert_up_to_date
from tests.resistance.test_load_catalogue import BROKEN

#: What only loading can tell: what there is already, what refers to it, and what cannot be stored.
NOT_OF_THE_SCHEMA = (
    "There is no entry",
    "named twice",
    "sources/lack-of-awareness: slug",
    "There is a character",
)


@pytest.mark.parametrize("path", ["docs", "change_tracker/resistance"])
def test_the_schema_is_published_with_the_docs_and_the_package(path: str) -> None:
    text = json.dumps(pack_schema(), indent=2, ensure_ascii=False) + "\n"

    assert_up_to_date(f"{path}/pack.schema.json", text)


def test_the_packs_that_ship_keep_to_it() -> None:
    jsonschema.Draft202012Validator.check_schema(pack_schema())

    for name in shipped_packs():
        jsonschema.validate(read_pack(name), pack_schema())


def test_it_refuses_what_loading_refuses_for_its_form() -> None:
    validator: Any = jsonschema.Draft202012Validator(pack_schema())
    content, accepted = read_pack(), []
    for breaks, named in BROKEN:
        broken = copy.deepcopy(content)
        breaks(broken)
        if validator.is_valid(broken):
            accepted.append(named)

    assert [each for each in accepted if not any(it in each for it in NOT_OF_THE_SCHEMA)] == []
