"""What an initiative says in its own words in mails: written, looked at, and sent as a test."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from change_tracker.core.formpages import FormPage, words_after
from change_tracker.core.pages import the_one_or_404
from change_tracker.core.toasts import leave_toast
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.models import Person
from change_tracker.reminders.forms import MailWordsForm
from change_tracker.reminders.mailwords import (
    FIELDS,
    NoTestError,
    ask_for_test,
    change_words,
    create_words,
    words_of,
)
from change_tracker.reminders.models import MailWords, Occasion
from change_tracker.reminders.ownwords import languages, set_up_with_mails
from change_tracker.reminders.placeholders import placeholders
from change_tracker.reminders.samples import onlooker, sample_mail

#: A mail brings its own looks, and nothing else.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
PREVIEW = "preview"


class MailWordsMixin(InitiativePage):
    """About the words of one initiative in one language, for those who read its policies."""

    @cached_property
    def initiative(self) -> Any:
        """The initiative in the address; 404 also for those whom its mails do not concern."""
        return the_one_or_404(set_up_with_mails(self.user, slug=self.kwargs["slug"]))

    @cached_property
    def may_write(self) -> bool:
        """Whether the caller writes them."""
        return MailWords.objects.all().may_create(self.user, {"initiative": self.initiative})

    @property
    def asked(self) -> Any:
        """What the address or the form asks for."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @property
    def language(self) -> str:
        """The one that is asked for; the site's own where it is none in which mails go out."""
        codes = [code for code, _name in languages()]
        return str(self.asked.get("language") if self.asked.get("language") in codes else codes[0])

    @property
    def occasion(self) -> str:
        """The one of which the mail is shown."""
        wanted = self.asked.get("occasion")
        return str(wanted if wanted in Occasion.values else Occasion.SOON)

    @cached_property
    def words(self) -> MailWords:
        """What it says now; not saved where that is nothing."""
        return words_of(self.initiative, self.language)

    @property
    def said(self) -> dict[str, str]:
        """The same by the names of its columns."""
        return {name: getattr(self.words, name) for name in FIELDS}

    def mail(self, said: dict[str, str]) -> EmailMultiAlternatives:
        """The mail with these words."""
        words: Any = MailWords(initiative=self.initiative, language=self.language, **said)
        words.lead_name = self.initiative.lead_name
        mine: Any = Person.objects.visible_to(self.user)
        person = mine.filter(pk__in=Person.objects.of_user(self.user)).first()
        return sample_mail(
            self.initiative,
            words,
            to=onlooker(person, self.user),
            occasion=self.occasion,
            now=timezone.now(),
        )

    def here(self) -> str:
        """The page on which they are written, as it was."""
        url = reverse("change_tracker:mail-words", args=[self.initiative.slug])
        return f"{url}?{self.query()}"

    def query(self) -> str:
        """What the page shows, for an address."""
        return urlencode({"language": self.language, "occasion": self.occasion})


class MailWordsPage(FormPage, MailWordsMixin):
    """The words, and the mail as somebody gets it with them."""

    template_name = "change_tracker/mailing/words.html"
    form_class = MailWordsForm
    heading = _("Mails in your own words")
    button = _("Save")

    def form_options(self) -> dict[str, Any]:
        """What is said now."""
        version = self.words.version if self.words.pk else None
        return {"initial": self.said | {"version": version}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`words` as they are, and `mail` with them or with what was typed."""
        form = kwargs.get("form")
        typed = getattr(form, "cleaned_data", {})
        shown = {name: typed.get(name, said) for name, said in self.said.items()}
        return super().get_context_data(
            words=[(Occasion(each).label, self.words.of(each)) for each in Occasion.values],
            mail=self.mail(shown),
            is_typed=form is not None,
            may_write=self.may_write,
            placeholders=placeholders(),
            # Not `language`: the host's own template may set that for itself.
            mail_language=self.language,
            mail_languages=languages(),
            occasion=self.occasion,
            occasions=Occasion.choices,
            query=self.query(),
            back=self.back("mails"),
            current="setup",
            shows_register=self.initiative.is_within,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save, or show what the mail would look like, with every value kept."""
        if not self.may_write:
            raise PermissionDenied
        if PREVIEW not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form(request.POST)
        return self.again(form, 200 if form.is_valid() else 400)

    def save(self, form: Any) -> tuple[str, str]:
        """Write them down, if nobody was quicker."""
        said = dict(form.cleaned_data)
        version = said.pop("version")
        words, by = gettext("Saved. Mails say it from now on."), self.by()
        if not self.words.pk:
            create_words(initiative=self.initiative, language=self.language, **by, **said)
            return self.here(), words
        change_words(self.words, expected_version=version or 0, **by, **said)
        return self.here(), words_after(self.words, version or 0, words)


class MailWordsHtml(MailWordsMixin):
    """The saved mail as mail programs show it; a page of its own, as it brings its own looks."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing of it is loaded from anywhere."""
        html = str(self.mail(self.said).alternatives[0][0])
        return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


class MailWordsTest(MailWordsMixin):
    """Send it to the one who asks."""

    http_method_names = ["post", "head", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Put it into the outbox; who has one waiting is told so."""
        if not self.may_write:
            raise PermissionDenied
        try:
            ask_for_test(
                initiative=self.initiative,
                occasion=self.occasion,
                language=self.language,
                **self.by(),
            )
        except NoTestError as refused:
            leave_toast(request, str(refused))
        else:
            leave_toast(request, gettext("The test comes with the next run, in a minute or two."))
        return redirect(f"{self.here()}#ct-preview")
