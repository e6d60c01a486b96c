"""The words of initiatives in mails, and the mail with them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from change_tracker.core.api.bodies import body_of, taken
from change_tracker.core.api.fields import VisibleField
from change_tracker.core.api.filters import FilterSet, IdFilter
from change_tracker.core.api.schema import documented
from change_tracker.core.api.views import DeletableResourceViewSet
from change_tracker.initiatives.models import Initiative
from change_tracker.people.models import Person
from change_tracker.reminders.mailwords import ask_for_test, change_words, create_words
from change_tracker.reminders.models import MailWords, Occasion
from change_tracker.reminders.ownwords import with_lead
from change_tracker.reminders.samples import onlooker, sample_mail


class MailWordsSerializer(serializers.ModelSerializer[MailWords]):
    """`for_new`, `for_soon`, `for_late`: above what is new, comes up, is late; empty for nothing of
    its own. They may name {name}, {initiative}, {lead} and {go_live}. `language` is one in which
    mails go out; it stays.
    """

    initiative = VisibleField(Initiative)

    class Meta:
        model = MailWords
        fields = ["id", "initiative", "language", "for_new", "for_soon", "for_late", "version"]
        read_only_fields = ["version"]
        # What there is already is refused by the service, with 409.
        validators: list[Any] = []


class OccasionSerializer(serializers.Serializer[Any]):
    """Of which mail: one that says what is new, what comes up, or what is late."""

    occasion = serializers.ChoiceField(choices=Occasion.choices, default=Occasion.SOON)


class SampleSerializer(serializers.Serializer[Any]):
    """A mail, with its two parts."""

    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()


class TestSerializer(serializers.Serializer[Any]):
    """The mail in the outbox; see `digests`."""

    digest = serializers.IntegerField()


class MailWordsFilter(FilterSet):
    initiative = IdFilter()

    class Meta:
        model = MailWords
        fields = ["language"]


class MailWordsViewSet(DeletableResourceViewSet):
    """What initiatives say in their own words in mails: one row for each language, or none."""

    model = MailWords
    serializer_class = MailWordsSerializer
    filterset_class = MailWordsFilter

    @property
    def parameters(self) -> frozenset[str]:
        """What a preview is asked; a list has no occasion."""
        return frozenset({"occasion"} if self.action == "preview" else ())

    def joined(self, rows: Any) -> Any:
        """With what the words may name."""
        return with_lead(rows)

    def perform_create(self, values: dict[str, Any]) -> MailWords:
        """In a language in which the initiative has none."""
        return create_words(**values, **self.actor_and_time())

    def perform_change(self, row: Any, values: dict[str, Any]) -> MailWords:
        """Other words."""
        version = self.expected_version()
        return change_words(row, expected_version=version, **values, **self.actor_and_time())

    @documented(
        request=None,
        responses=SampleSerializer,
        parameters=[OpenApiParameter("occasion", enum=Occasion.values)],
    )
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """The mail as somebody whose training the caller may read would get it."""
        row: Any = self.get_object()
        asked = taken(OccasionSerializer(data=request.query_params))
        mine: Any = Person.objects.visible_to(self.user)
        person = mine.filter(pk__in=Person.objects.of_user(self.user)).first()
        mail = sample_mail(
            row.initiative,
            row,
            to=onlooker(person, self.user),
            now=timezone.now(),
            **asked,
        )
        html = mail.alternatives[0][0]
        return Response({"subject": mail.subject, "text": mail.body, "html": html})

    @documented(request=OccasionSerializer, responses=TestSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str | None = None) -> Response:
        """Send it to the caller with the next run; 409 while one waits, and after enough a day."""
        row: Any = self.get_object()
        self.require(row)
        digest = ask_for_test(
            initiative=row.initiative,
            language=row.language,
            **body_of(OccasionSerializer, request),
            **self.actor_and_time(),
        )
        return Response({"digest": digest.pk})
