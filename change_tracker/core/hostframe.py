"""Which template of the host is around our pages."""

from typing import Any

from django.template.backends.django import Template
from django.template.loader import select_template

from change_tracker.core.conf import get_conf

OWN_SHELL = "change_tracker/shell.html"


def base_template() -> Any:
    """The host's template, or our own shell where the host has none that ours can extend."""
    base = select_template([get_conf().base_template, OWN_SHELL])
    return base if isinstance(base, Template) else OWN_SHELL


def frame() -> dict[str, Any]:
    """What `change_tracker/base.html` needs."""
    return {"ct_base": base_template(), "ct_head_block": get_conf().head_block}
