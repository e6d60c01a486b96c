"""Pages behind the signed links of mails: opening one shows, pressing its button acts."""

from typing import Any, ClassVar

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext

from change_tracker.core.pages import PublicPage
from change_tracker.people.models import Person
from change_tracker.reminders import links
from change_tracker.reminders.recipients import language_of, zone_of


class SignedPage(PublicPage):
    """What the link is good for, in the language of the person whose it is, where it is known.

    What is not ours is 404; what is too old says so with 410, and so does what is about
    something else by now.
    """

    #: What links of this page may be good for.
    verbs: ClassVar[tuple[str, ...]]
    link: links.MailLink
    person: Person

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the link before anything else; the page is made in the person's language."""
        try:
            self.link = links.read_link(kwargs["signed"], self.today)
            is_expired = False
        except links.ExpiredLinkError as error:
            self.link, is_expired = error.link, True
        except (BadSignature, TypeError, ValueError) as error:
            raise Http404 from error
        person = links.person_of(self.link, self.today)
        if person is None or self.link.verb not in self.verbs:
            raise Http404
        self.person = person
        zone = zone_of(person.timezone)
        spoken = language_of(person.language) if person.language else translation.get_language()
        with translation.override(spoken), timezone.override(zone):
            # From here on it is the day on the person's wall.
            self.today = timezone.localdate()
            if is_expired:
                return self.gone(gettext("This link is too old."))
            if not self.still_holds():
                return self.gone(gettext("This has changed since the mail was sent."))
            response = super().respond(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    def still_holds(self) -> bool:
        """Hook: whether what the link is about is as it was when the mail left."""
        return True

    def gone(self, words: str) -> HttpResponseBase:
        """Nothing can be done here any more; signing in helps."""
        context = PublicPage.get_context_data(self, words=words)
        page = TemplateResponse(
            self.request, "change_tracker/mailing/gone.html", context, status=410
        )
        return page.render()

    def done(self, words: str) -> HttpResponseBase:
        """What was done, or had been done before."""
        context = PublicPage.get_context_data(self, words=words)
        return TemplateResponse(self.request, "change_tracker/mailing/done.html", context)
