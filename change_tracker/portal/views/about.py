"""What an initiative means for those whom it touches; nothing of what is heard stands here."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from change_tracker.core.pages import PageMixin, the_one_or_404
from change_tracker.core.together import Part, read_together
from change_tracker.initiatives.head import reads_figures, reads_register
from change_tracker.initiatives.models import ENDED, AffectedGroup, Initiative, Objective
from change_tracker.initiatives.queries import initiative_told
from change_tracker.mitigation.models import MitigationAction
from change_tracker.people.models import AudienceMember, oneself
from change_tracker.portal.moments import (
    go_live,
    in_order,
    milestones_part,
    of_actions,
    of_groups,
    of_milestones,
    of_sessions,
)
from change_tracker.training.coming import dated_part
from change_tracker.training.models import Session, TrainingRecord
from change_tracker.voice.queries import told_to

#: To somebody who is in no group, so many groups are shown; nobody reads more.
MOST_GROUPS = 20


class AboutPage(PageMixin):
    """Why, from and to for my group, what stays, what happens when, and the goals."""

    template_name = "change_tracker/about.html"
    tab = "my-training"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`groups` are the caller's own, or for somebody who is in none, all of them."""
        slug = self.kwargs["slug"]
        initiative = the_one_or_404(initiative_told(self.user, slug=slug, today=self.today))
        groups = self.groups(initiative)
        own = [group for group in groups if group.is_mine]
        milestones, actions, sessions = read_together(
            milestones_part(self.user, initiative),
            Part(self.actions(initiative, own), ("id", "title", "due_on")),
            dated_part(self.sessions(initiative)),
        )
        moments = [
            *go_live(initiative, self.today),
            *of_milestones(milestones, self.today),
            *of_groups(own, self.today),
            *of_actions(actions, self.today),
            *of_sessions(sessions, self.today),
        ]
        return super().get_context_data(
            initiative=initiative,
            shows_nav=reads_figures(self.user, initiative),
            shows_register=reads_register(self.user, initiative),
            groups=own or groups[:MOST_GROUPS],
            is_touched=bool(own),
            celebrated=[each for each in milestones if each.is_celebrated(self.today)],
            moments=in_order(moments, self.today),
            objectives=self.objectives(initiative),
            told=told_to(self.user, initiative),
            takes_feedback=initiative.state not in (*ENDED, Initiative.State.DRAFT),
            **kwargs,
        )

    def groups(self, initiative: Initiative) -> list[Any]:
        """The groups that it touches, with `is_mine`."""
        me = oneself(self.user)
        mine = AudienceMember.objects.open().filter(audience=OuterRef("audience"), person__in=me)
        rows = AffectedGroup.objects.visible_to(self.user).filter(initiative=initiative)
        return list(rows.select_related("audience").annotate(is_mine=Exists(mine)))

    def objectives(self, initiative: Initiative) -> Any:
        """What it wants to reach, with the latest readings."""
        rows: Any = Objective.objects.visible_to(self.user)
        return rows.filter(initiative=initiative).with_latest()

    def sessions(self, initiative: Initiative) -> Any:
        """The sessions to come of what the caller has to do in it."""
        mine: Any = TrainingRecord.objects.visible_to(self.user)
        to_do = mine.own(self.user).outstanding().filter(plan__initiative=initiative)
        rows: Any = Session.objects.visible_to(self.user)
        theirs = rows.filter(initiative=initiative, activity__in=to_do.values("activity"))
        return theirs.coming(timezone.now())

    def actions(self, initiative: Initiative, own: list[Any]) -> Any:
        """Open actions for the caller's own groups."""
        rows = MitigationAction.objects.open().visible_to(self.user).filter(initiative=initiative)
        audiences = [group.audience_id for group in own]
        theirs = MitigationAction.audiences.through.objects.filter(audience__in=audiences)
        return rows.filter(pk__in=theirs.values("mitigationaction"), due_on__gte=self.today)
