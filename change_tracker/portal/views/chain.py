"""The chain of one initiative, or of one record in it, as a picture and as its table."""

from typing import Any

from change_tracker.core.keys import key_in
from change_tracker.progress.chain import BEGINNINGS, Link, chain_of
from change_tracker.progress.chainpicture import level_words, people_words, picture_of
from change_tracker.resistance.views.register import RegisterMixin


class ChainPage(RegisterMixin):
    """From what people say to whether it worked; `?entry=`, `?action=`, `?plan=` or `?concern=`
    begins at one record."""

    template_name = "change_tracker/chain.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`chain`, its `picture`, and its `lines` with words."""
        begin, key = self.asked_beginning()
        chain = chain_of(self.user, self.initiative, begin, key)
        return super().get_context_data(
            initiative=self.initiative,
            chain=chain,
            begin=begin,
            picture=picture_of(chain) if chain.links else None,
            lines=[
                {
                    "link": link,
                    "level": level_words(link.entry),
                    "plans": [
                        (plan, people_words(plan), titles_of(link).get(action))
                        for action, plan in link.plans
                    ],
                }
                for link in chain.links
            ],
            **kwargs,
        )

    def asked_beginning(self) -> tuple[str, int | None]:
        """The record that the address names; nothing for the whole initiative."""
        for begin in BEGINNINGS:
            key = key_in(self.request.GET.get(begin, ""))
            if key is not None:
                return begin, key
        return "", None


def titles_of(link: Link) -> dict[int | None, str]:
    """What the actions against an entry are called."""
    return {action.pk: action.title for action in link.actions}
