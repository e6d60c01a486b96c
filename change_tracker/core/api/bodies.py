"""What callers send is taken whole: a name that is no field's is refused, not passed over."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

#: What a row that is sent back may carry from its answer, beside the fields.
OF_ANSWERS = frozenset({"included"})
#: What a form of a browser sends beside its fields.
OF_FORMS = frozenset({"csrfmiddlewaretoken"})

Faults = dict[str, Any]


class NothingSerializer(Serializer[Any]):
    """The body of a verb that takes none."""


def taken(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """The validated values; 400 names what is not valid and what is no field."""
    if faults := faults_of(serializer):
        raise ValidationError(faults)
    values: dict[str, Any] = serializer.validated_data
    return values


def faults_of(serializer: BaseSerializer[Any]) -> Faults:
    """What is wrong with what was sent, by field; nothing where it can be taken.

    Fields that are only read may be sent back as they were answered, and change nothing.
    """
    unknown = _unknown(serializer, serializer.initial_data)
    serializer.is_valid()
    errors: Any = serializer.errors
    return {**unknown, **errors}


def body_of(serializer_class: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body of a verb."""
    return taken(serializer_class(data=request.data, context={"request": request}))


def refuse_unknown(asked: Iterable[str], known: Collection[str]) -> None:
    """400 where a parameter is none: mistyped, it must not answer another question."""
    if unknown := sorted(set(asked) - set(known)):
        message = _("There is no such filter. Known: %(known)s.") % {"known": _listed(known)}
        raise ValidationError({name: [message] for name in unknown})


def _unknown(serializer: Any, sent: Any) -> Faults:
    """By name what has no field, also within the rows of a row."""
    if not isinstance(serializer, Serializer) or not isinstance(sent, Mapping):
        return {}
    fields = serializer.fields
    found: Faults = {}
    for name in sent:
        field = fields.get(name)
        if field is None and name not in OF_ANSWERS | OF_FORMS:
            found[name] = [_no_such_field(serializer)]
        elif isinstance(field, ListSerializer) and isinstance(sent[name], list):
            within = [_unknown(field.child, each) for each in sent[name]]
            found |= {name: within} if any(within) else {}
        elif within_it := _unknown(field, sent[name]):
            found[name] = within_it
    return found


def _no_such_field(serializer: Any) -> str:
    known = [name for name, field in serializer.fields.items() if not field.read_only]
    return _("There is no such field. Known: %(known)s.") % {"known": _listed(known)}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or _("none")
