"""Tags as hosts have them in their base templates, which are strict about what they get."""

from typing import Any

from django import template

register = template.Library()


class HostPage:
    """A page of the host's content system."""

    url = "/news/"


@register.simple_tag(takes_context=True)
def pageurl(context: template.Context, page: Any) -> str:
    """As in Wagtail: refuses what is no page of the host."""
    if not isinstance(page, HostPage):
        raise TypeError(f"pageurl tag expected a Page object, got {page!r}")
    return page.url


@register.simple_tag(takes_context=True)
def signed_in_as(context: template.Context) -> str:
    """As in many an intranet: cannot do without the request."""
    return str(context["request"].user)
