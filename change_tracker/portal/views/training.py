"""What the caller has to learn."""

from abc import ABC, abstractmethod
from typing import Any

from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from change_tracker.core.errors import ChangeTrackerError
from change_tracker.core.pages import PageMixin
from change_tracker.core.toasts import leave_toast
from change_tracker.people.models import Person
from change_tracker.portal.agenda import agenda_of, chip_of
from change_tracker.portal.owned import owned_actions
from change_tracker.reminders.inbox import unread_number
from change_tracker.training.coming import what_comes_with
from change_tracker.training.models import TrainingRecord
from change_tracker.training.queries import WorkItem, my_item, my_work
from change_tracker.training.services import complete_record, undo_completion
from change_tracker.training.sessionwords import session_words

#: Dates that the page of an item lists; the next ones.
MOST_SESSIONS = 10


class MyTrainingPage(PageMixin):
    """What the caller must do, by when and why."""

    template_name = "change_tracker/my_training.html"
    tab = "my-training"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`agenda`, none for a login that belongs to no person; `actions` that the caller owns."""
        work = my_work(self.user, self.today, timezone.now())
        known = work.items or work.done or Person.objects.of_user(self.user).exists()
        agenda = agenda_of(work, self.today) if known else None
        actions = owned_actions(self.user, self.today) if agenda else ()
        return super().get_context_data(agenda=agenda, actions=actions, **kwargs)

    def about_the_caller(self) -> dict[str, Combinable]:
        """How much of the inbox is `unread`."""
        return {"unread": unread_number(self.user)}


class ItemPage(PageMixin):
    """One piece of the caller's own training; mails lead here."""

    template_name = "change_tracker/item.html"
    tab = "my-training"

    def item(self) -> WorkItem:
        """The caller's own item, or 404."""
        item = my_item(self.user, self.kwargs["pk"], self.today)
        if item is None:
            raise Http404
        return item

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`item`, `chip`, `files`, coming `sessions`; `refusal` after a POST that was refused."""
        item = self.item()
        sessions, files = what_comes_with(
            self.user,
            activity=item.activity_id,
            initiative=item.initiative_id if item.is_open else None,
            now=timezone.now(),
        )
        return super().get_context_data(
            item=item,
            chip=chip_of(item, self.today),
            files=files,
            sessions=[
                (session, session_words(session, self.today))
                for session in sessions[:MOST_SESSIONS]
            ],
            **kwargs,
        )


class ItemVerb(ItemPage, ABC):
    """A POST to an item. Anything else leads to the item: signing in repeats a POST as a GET."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the item."""
        return redirect("change_tracker:item", pk=self.item().record_id)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, and say so on my training; say why not on the item's own page."""
        item = self.item()
        record = get_object_or_404(TrainingRecord.objects.visible_to(self.user), pk=item.record_id)
        try:
            self.act(item, record)
        except ChangeTrackerError as refused:
            return self.render_to_response(
                self.get_context_data(refusal=refused.message), status=409
            )
        return redirect("change_tracker:my-training")

    @abstractmethod
    def act(self, item: WorkItem, record: TrainingRecord) -> None:
        """Change the record and leave a toast."""


class ItemDone(ItemVerb):
    def act(self, item: WorkItem, record: TrainingRecord) -> None:
        """Mark it as done; a second time changes nothing."""
        complete_record(record=record, **self.actor_and_time())
        undo = reverse("change_tracker:item-undo", args=[record.pk])
        words = gettext("“%(title)s” is marked as done.")
        if item.state == TrainingRecord.State.COMPLETED:
            undo = undo if item.can_undo else ""
            words = gettext("“%(title)s” was marked as done already.")
        leave_toast(self.request, words % {"title": item.title}, undo)


class ItemUndo(ItemVerb):
    def act(self, item: WorkItem, record: TrainingRecord) -> None:
        """Open it again."""
        undo_completion(record=record, **self.actor_and_time())
        words = gettext("“%(title)s” is on your list again.") % {"title": item.title}
        leave_toast(self.request, words)
