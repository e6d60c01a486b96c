"""What people learnt elsewhere: reporting it, deciding about it, and the way to its file."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.access import roles_of
from change_tracker.core.conf import get_conf
from change_tracker.core.files import FilePage, sent_file
from change_tracker.core.formpages import FormPage
from change_tracker.core.lists import Asked, Filter, read_asked
from change_tracker.core.pages import PageMixin
from change_tracker.core.tables.batches import in_order
from change_tracker.people.models import Person
from change_tracker.training import services
from change_tracker.training.elsewhereforms import ElsewhereForm, ElsewhereVerdictForm
from change_tracker.training.forms import NothingForm
from change_tracker.training.matching import Match, matches_of
from change_tracker.training.models import ExternalLearning
from change_tracker.training.services import is_oneself
from change_tracker.training.unconfirmed import unconfirmed_for, waiting_words
from change_tracker.training.views.submissions import RETURN

#: Of whom nobody could confirm anything but human resources.
NOBODY = "nobody"


class ElsewhereNew(FormPage):
    """Report it."""

    template_name = "change_tracker/elsewhere_new.html"
    tab = "my-training"
    form_class = ElsewhereForm
    heading = _("What did you learn elsewhere?")
    button = _("Report it")

    def form_options(self) -> dict[str, Any]:
        """The caller's own work is what it may count for; the address may name one of it."""
        return {"user": self.user, "initial": {"activity": self.request.GET.get("activity")}}

    def get_form(self, data: Any = None) -> forms.Form:
        """With the file that was sent."""
        form = super().get_form(data)
        if data is not None:
            form.files = self.request.FILES
        return form

    def save(self, form: Any) -> tuple[str, str]:
        """Report it; it then stands in the transcript, as waiting."""
        services.report_learning(**form.cleaned_data, **self.actor_and_time())
        words = gettext("“%(title)s” is reported. Your manager or human resources confirms it.")
        return reverse("change_tracker:my-transcript"), words % form.cleaned_data


class ElsewherePage(FormPage):
    """One of them: to decide for managers and HR, to take back for whose it is."""

    template_name = "change_tracker/elsewhere.html"

    @cached_property
    def learning(self) -> ExternalLearning:
        """It, or 404."""
        rows = ExternalLearning.objects.visible_to(self.user).select_related(
            "person__unit", "activity", "decided_by"
        )
        row: ExternalLearning = get_object_or_404(rows, pk=self.kwargs["pk"])
        return row

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return self.learning.state == ExternalLearning.State.REPORTED

    @cached_property
    def matches(self) -> list[Match]:
        """What it may complete, for those who decide."""
        return matches_of(self.learning) if self.waits and not self.is_own else []

    @property
    def heading(self) -> str:  # type: ignore[override]  # it names what it is about
        """What was learnt."""
        return self.learning.title

    @property
    def is_own(self) -> bool:
        """Whether it is the caller's."""
        return is_oneself(self.learning.person, self.user)

    @cached_property
    def is_team(self) -> bool:
        """Whether the person reports to the caller."""
        people: Any = Person.objects.team_of(self.user)
        return bool(people.filter(pk=self.learning.person_id).exists())

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on whose it is
        """My training for one's own; human resources have a tab of their own."""
        if self.is_own:
            return "my-training"
        return "team" if self.is_team else "elsewhere"

    def get_form(self, data: Any = None) -> forms.Form:
        """What decides it, or nothing but a button."""
        self.form_class = NothingForm if self.is_own else ElsewhereVerdictForm
        return super().get_form(data)

    def form_options(self) -> dict[str, Any]:
        """Which button was pressed, and what else it could count for."""
        if self.is_own:
            return {}
        alike = [match for match in self.matches if not match.is_named]
        return {"gives_back": self.request.POST.get("do") == RETURN, "alike": alike}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`learning` with what it is about and counted for, whether it still `waits` and is one's
        own, whether what it names is open (`completes`), and where `back` leads: the list, or the
        transcript.
        """
        row = self.learning
        return super().get_context_data(**kwargs) | {
            "learning": row,
            "topics": row.topics.order_by("label"),
            "counted": row.counted_for.select_related("activity", "plan").order_by("pk"),
            "completes": any(match.is_named for match in self.matches),
            "waits": self.waits,
            "is_own": self.is_own,
            "back": self.back(),
            "from_list": not (self.is_own or self.is_team) and self.waits,
        }

    def again(self, form: forms.Form, status: int) -> Any:
        """Read anew: what was refused is often refused because it was decided meanwhile."""
        self.__dict__.pop("learning", None)
        self.__dict__.pop("matches", None)
        return super().again(form, status)

    def back(self) -> str:
        """One's transcript, or that of the person; what else waits, for human resources."""
        if self.is_own or self.is_team or not self.waits:
            return reverse("change_tracker:transcript", args=[self.learning.person_id])
        return reverse("change_tracker:elsewhere-waiting")

    def save(self, form: Any) -> tuple[str, str]:
        """Take it back, confirm it, or give it back."""
        row, context, back = self.learning, self.actor_and_time(), self.back()
        words = {"person": row.person.display_name, "title": row.title}
        if self.is_own:
            services.take_back_learning(learning=row, actor=context["actor"], now=context["now"])
            return back, gettext("“%(title)s” is taken back.") % words
        answer = form.cleaned_data["answer"]
        if form.gives_back:
            services.return_learning(learning=row, answer=answer, **context)
            said = gettext("“%(title)s” is given back. %(person)s reads your note.")
        else:
            also = form.cleaned_data.get("also", ())
            services.confirm_learning(learning=row, answer=answer, also=also, **context)
            said = gettext("“%(title)s” is confirmed for %(person)s.")
        return back, said % words


class WaitingMixin(PageMixin):
    """What people report and the caller may confirm; of everybody, or of whom nobody else could."""

    @property
    def tab(self) -> str:  # type: ignore[override]  # it depends on the caller
        """Human resources have one of their own."""
        return "elsewhere" if roles_of(self.user).manages_people else "team"

    @cached_property
    def asked(self) -> Asked:
        """Whether only those are asked for whom nobody else could answer."""
        choices = [("", gettext("All")), (NOBODY, gettext("Nobody but human resources"))]
        who = Filter(name="who", label=gettext("Who can confirm it"), choices=choices)
        return read_asked(self.request.GET, [who], ["waiting"], gettext("Order"))

    def rows(self) -> Any:
        """What the filter finds."""
        rows = unconfirmed_for(self.user, self.today)
        return rows.filter(confirmer=None) if self.asked.values["who"] == NOBODY else rows


class ElsewhereWaiting(WaitingMixin):
    """The list, first what waits for nobody else."""

    template_name = "change_tracker/elsewhere_waiting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of it, and how much there is in a sentence."""
        rows = unconfirmed_for(self.user, self.today)
        counts = rows.aggregate(total=Count("pk"), alone=Count("pk", filter=Q(confirmer=None)))
        is_alone = self.asked.values["who"] == NOBODY
        paginator = Paginator(self.rows(), get_conf().page_size)
        paginator.count = counts["alone" if is_alone else "total"]  # known: one query less
        return super().get_context_data(
            asked=self.asked,
            query=self.asked.query(),
            sentence=waiting_words(counts["total"], counts["alone"]),
            page=paginator.get_page(self.request.GET.get("page")),
            **kwargs,
        )


class ElsewhereWaitingFile(WaitingMixin, FilePage):
    """The same as a file."""

    def file_name(self) -> str:
        """What it lists."""
        return "learnt-elsewhere"

    def head(self) -> list[str]:
        """As on the page."""
        return [
            gettext("Person"),
            gettext("Unit"),
            gettext("Training"),
            gettext("Kind"),
            gettext("Day"),
            gettext("Reported on"),
            gettext("Counts for"),
            gettext("Who can confirm it"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """All of it, not one page."""
        return (
            [
                row.person.display_name,
                row.person.unit.name if row.person.unit else "",
                row.title,
                str(row.get_kind_display()),
                row.learnt_on,
                row.reported_on,
                row.activity.title if row.activity else "",
                row.confirmer or gettext("Nobody but human resources"),
            ]
            for row in in_order(self.rows())
        )


class ElsewhereFile(PageMixin):
    """The file that was sent with it, for whoever may read it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a file
        """To be kept."""
        rows = ExternalLearning.objects.visible_to(self.user)
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        return sent_file(row.file, row.file_name)
