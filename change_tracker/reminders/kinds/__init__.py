"""The kinds of reminders beside people's own training."""

from change_tracker.reminders.kinds.asked import (
    ConcernAnsweredRule,
    ConcernRaisedRule,
    TimeAnsweredRule,
    TimeAskedRule,
)
from change_tracker.reminders.kinds.base import Rule
from change_tracker.reminders.kinds.dated import ActionRule, ReadingRule, ReviewRule
from change_tracker.reminders.kinds.ladder import TrainingOfOthers
from change_tracker.reminders.kinds.leads import LeadSummary
from change_tracker.reminders.kinds.news import PlanRule, SessionRule
from change_tracker.reminders.kinds.teams import TeamSummary

#: In the order in which a mail speaks of them.
RULES: tuple[Rule, ...] = (
    SessionRule(),
    TimeAnsweredRule(),
    ConcernAnsweredRule(),
    TimeAskedRule(),
    ConcernRaisedRule(),
    ActionRule(),
    ReviewRule(),
    ReadingRule(),
    PlanRule(),
    TrainingOfOthers(),
    TeamSummary(),
    LeadSummary(),
)
