"""Whether our pages show in the host's base template: one is rendered in it and looked at.

Django shows nothing of a block that the parent lacks, and says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Context, TemplateDoesNotExist, TemplateSyntaxError
from django.template.backends.django import Template
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.templatetags.static import static

from change_tracker.core.conf import Conf, get_conf
from change_tracker.core.hostframe import frame

OURS = "change_tracker/base.html"
PROBE = (
    '{% extends "change_tracker/base.html" %}'
    "{% block ct_title %}ct-probe-title{% endblock %}"
    "{% block ct_content %}ct-probe-content{% endblock %}"
)
#: The parts of a page, in the order in which they matter.
PARTS = ("content", "title", "stylesheet")
PACKAGED = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: `missing` are parts of a page, with the block that should have shown each.

    `blocks` are those of the host's template. `is_theirs`: it was the host's own
    change_tracker/base.html that chose the blocks. `failure`: why nothing could be rendered, so
    that templates were only read. `unstyled`: why nobody knows the address of our stylesheet,
    without which none of our pages can be shown.
    """

    base: str = ""
    missing: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()
    is_theirs: bool = False
    failure: str = ""
    unstyled: str = ""


def look_at_base() -> Look:
    """Render a page outside of any request, and see which parts of it arrive.

    A base that needs a real request cannot be rendered so; then its blocks are read.
    """
    try:
        ours: Any = get_template(OURS)
        above = list(_ancestors(ours.template)) if isinstance(ours, Template) else []
    except (TemplateDoesNotExist, TemplateSyntaxError):
        return Look()  # Django's own errors say it better
    if not above:
        return Look()
    known = {name for template in above for name in _names(template)}
    filled = _filled(ours.template, get_conf())
    stylesheet, unstyled = _stylesheet()
    shown, failure = _render(ours.template.engine)
    if failure or unstyled:
        missing = [part for part in PARTS if filled[part] not in known]
    else:
        marks = {"content": "ct-probe-content", "title": "ct-probe-title", "stylesheet": stylesheet}
        missing = [part for part in PARTS if marks[part] not in shown]
    if "content" in missing and filled["stylesheet"] == filled["content"]:
        missing = [part for part in missing if part != "stylesheet"]
    return Look(
        base=str(above[0].name),
        missing=tuple((part, filled[part]) for part in missing),
        blocks=tuple(sorted(known)),
        is_theirs=PACKAGED not in Path(ours.template.origin.name).parents,
        failure=failure,
        unstyled=unstyled,
    )


def wanted_base_is_missing() -> bool:
    """Whether the settings name a base template that there is not."""
    wanted = get_conf().base_template
    if wanted == Conf().base_template:
        return False
    try:
        get_template(wanted)
    except TemplateDoesNotExist:
        return True
    except TemplateSyntaxError:
        return False  # Django's own error says it better
    return False


def _stylesheet() -> tuple[str, str]:
    """Its address, or why there is none: a storage with a manifest knows what was collected."""
    try:
        return static("change_tracker/ct.css"), ""
    except Exception as error:  # noqa: BLE001  a host's storage may raise whatever it likes
        return "", f"{type(error).__name__}: {error}"


def _render(engine: Any) -> tuple[str, str]:
    """The page, or why it could not be rendered."""
    request: Any = HttpRequest()
    request.method, request.path, request.user = "GET", "/", AnonymousUser()
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    # Without a token, Django warns of a form that could not be sent.
    outside = {"request": request, "user": request.user, "csrf_token": "probe"}
    try:
        return engine.from_string(PROBE).render(Context(frame() | outside)), ""
    except Exception as error:  # noqa: BLE001  a host's base may raise whatever it likes
        return "", f"{type(error).__name__}: {error}"


def _filled(ours: Any, conf: Conf) -> dict[str, str]:
    """The block of the host that is to show each part; the name of ours where none holds it."""
    held = {
        inner: next((each.name for each in _blocks(ours) if inner in _names(each)), inner)
        for inner in ("ct_content", "ct_title")
    }
    return {
        "content": held["ct_content"],
        "title": held["ct_title"],
        "stylesheet": conf.head_block or held["ct_content"],
    }


def _ancestors(template: Any) -> Iterator[Any]:
    seen = {template.origin.name}
    while extends := template.nodelist.get_nodes_by_type(ExtendsNode):
        parent = extends[0].parent_name.resolve(Context(frame()))
        found: Any = get_template(parent) if isinstance(parent, str) else parent
        template = getattr(found, "template", found)
        if template.origin.name in seen:
            return  # a host's base.html that extends the next base.html
        seen.add(template.origin.name)
        yield template


def _blocks(part: Any) -> list[Any]:
    return cast("list[Any]", part.nodelist.get_nodes_by_type(BlockNode))


def _names(part: Any) -> set[str]:
    return {each.name for each in _blocks(part)}
