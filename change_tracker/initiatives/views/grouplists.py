"""The groups of an initiative, and who is in one of them, as files."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from change_tracker.core.files import FilePage
from change_tracker.core.tables.batches import in_order
from change_tracker.initiatives.queries import groups_of
from change_tracker.initiatives.views.audiences import AudienceMixin
from change_tracker.initiatives.views.base import InitiativePage
from change_tracker.people.queries import members_for


class GroupsFile(InitiativePage, FilePage):
    """Whom the initiative touches, as its page lists it."""

    def file_name(self) -> str:
        """Of the initiative."""
        return f"{self.initiative.slug}-groups"

    def head(self) -> list[str]:
        """What the page says of each."""
        return [
            gettext("Group"),
            gettext("People today"),
            gettext("Impact"),
            gettext("Influence"),
            gettext("Support"),
            gettext("From"),
            gettext("Until"),
            gettext("Rule"),
        ]

    def lines(self) -> Iterator[list[Any]]:
        """Hardest hit first; the rule for those who may read it."""
        for line in groups_of(self.initiative, self.user):
            group = line.group
            stance = [group.influence_words, group.support_words]
            yield [
                group.audience.name,
                line.people,
                group.impact,
                *(stance if group.shows_stance else ["", ""]),
                group.from_on,
                group.to_on,
                line.sentence,
            ]


class MembersFile(AudienceMixin, FilePage):
    """Who is in a group today, as far as the caller reads names."""

    def file_name(self) -> str:
        """Of the group."""
        return f"group-{self.audience.pk}"

    def head(self) -> list[str]:
        """Names, and nothing else about them."""
        return [gettext("Person"), gettext("Member since")]

    def lines(self) -> Iterator[list[Any]]:
        """By name."""
        rows = members_for(self.audience, self.user).select_related("person")
        return ([row.person.display_name, row.joined_on] for row in in_order(rows))
