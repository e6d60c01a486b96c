"""Another day of go-live takes dates along: they are shown before it is saved."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from change_tracker.core.formpages import FormPage
from change_tracker.initiatives.points import Following
from change_tracker.initiatives.services import foresee_go_live

#: So many things that follow are named on a page; all are counted.
MOST_NAMED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GoLiveMove:
    """What another day takes along: `named` are the first of `lines`, `more` how many are not."""

    to: date | None
    lines: list[Following]

    @property
    def named(self) -> list[Following]:
        """Those that the page names."""
        return self.lines[:MOST_NAMED]

    @property
    def more(self) -> int:
        """How many it does not."""
        return max(0, len(self.lines) - MOST_NAMED)

    @property
    def digest(self) -> str:
        """What tells what was shown from what has become of it since."""
        said = [(each.title, each.from_on, each.to_on, str(each.words)) for each in self.lines]
        return sha256(repr((self.to, said)).encode()).hexdigest()


class GoLiveMixin(FormPage):
    """A form with a day of go-live. Where it takes dates along, the page comes once more and lists
    them; what was listed is saved with the next press, and listed anew if it is other by then.
    """

    initiative: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what follows, or save."""
        form = self.get_form(self.sent)
        if not self.looks_up(form) and form.is_valid():
            to = form.cleaned_data["go_live_on"]
            found = foresee_go_live(self.initiative, to=to, user=self.user, today=self.today)
            move = GoLiveMove(to=to, lines=found)
            if move.lines and self.sent.get("seen") != move.digest:
                return self.render_to_response(self.get_context_data(form=form, move=move))
        return super().post(request, *args, **kwargs)
