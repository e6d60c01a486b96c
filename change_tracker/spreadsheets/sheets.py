"""The four sheets of a register as a spreadsheet; no database."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from change_tracker.initiatives.models import AffectedGroup, Objective
from change_tracker.initiatives.models.groups import Impact, Influence, Support
from change_tracker.mitigation.kinds import Channel
from change_tracker.mitigation.models import MitigationAction
from change_tracker.resistance.models import ResistanceSource
from change_tracker.resistance.models.catalogue import ActionKind
from change_tracker.resistance.models.register import Level
from change_tracker.spreadsheets import cells
from change_tracker.spreadsheets.columns import (
    KEEP,
    Column,
    Sheet,
    chosen_column,
    day_column,
    level_column,
    one_column,
    some_column,
    text_column,
)

MOST_TIMES = 32_767
NUMBER = text_column(
    "number",
    _("Number"),
    known_as=("no", "nr", "id", "#", "ref", "lfd nr", "nummer"),
    empty=KEEP,
    keeps_lines=False,
)
OWNER = one_column(
    "owner",
    pgettext_lazy("column of a spreadsheet", "Owner"),
    "people",
    empty=None,
    known_as=("responsible", "who", "verantwortlich", "wer", "zuständig"),
)
AUDIENCES = some_column(
    "audiences",
    _("Groups"),
    "audiences",
    known_as=("group", "audience", "audiences", "stakeholders", "gruppe", "zielgruppe"),
)
DUE = day_column(
    "due_on",
    _("Due on"),
    known_as=("due", "deadline", "until", "by when", "bis", "termin", "fällig", "bis wann"),
)

GROUPS = Sheet(
    key="groups",
    title=_("Groups"),
    model=AffectedGroup,
    named_by="audience",
    known_as=("impacts", "stakeholders", "change impacts", "betroffene", "zielgruppen"),
    columns=(
        one_column(
            "audience",
            _("Group"),
            "audiences",
            required=True,
            known_as=("groups", "stakeholder", "who", "gruppe", "team", "department", "abteilung"),
        ),
        level_column("impact", _("Impact"), Impact.choices, known_as=("auswirkung", "severity")),
        text_column("from_state", _("How it is today"), known_as=("from", "today", "heute", "von")),
        text_column(
            "to_state", _("How it will be"), known_as=("to", "tomorrow", "künftig", "nach")
        ),
        text_column("message", _("What it means for you"), known_as=("message", "botschaft")),
        level_column(
            "influence", _("Influence"), Influence.choices, empty=None, known_as=("power",)
        ),
        level_column("support", _("Support"), Support.choices, empty=None, known_as=("attitude",)),
        day_column("from_on", _("First day"), known_as=("starts", "beginnt", "ab")),
        day_column("to_on", _("Last day"), known_as=("ends", "endet")),
    ),
)
RESISTANCE = Sheet(
    key="resistance",
    title=_("Resistance"),
    model=ResistanceSource,
    named_by="statement",
    known_as=("resistance register", "register", "risks", "concerns", "widerstände"),
    columns=(
        NUMBER,
        text_column(
            "statement",
            _("What we hear"),
            required=True,
            known_as=("resistance", "statement", "description", "concern", "widerstand", "aussage"),
        ),
        one_column(
            "type",
            _("Kind of resistance"),
            "kinds",
            required=True,
            words=lambda names: names.kinds.listed(),
            known_as=("kind", "type", "source", "cause", "art", "ursache"),
        ),
        AUDIENCES,
        chosen_column(
            "origin", _("Origin"), ResistanceSource.Origin.choices, known_as=("herkunft",)
        ),
        OWNER,
        level_column(
            "level", _("Level"), Level.choices, known_as=("strength", "severity", "stufe")
        ),
        Column(
            name="reviewed_on",
            heading=_("Reviewed on"),
            read=cells.past_day,
            known_as=("seen on", "date", "beurteilt am", "datum"),
        ),
        text_column("note", _("Why this level"), empty=KEEP, known_as=("evidence", "beobachtung")),
        level_column("target_level", _("Target level"), Level.choices, known_as=("target", "ziel")),
        day_column("review_on", _("Look again on"), known_as=("next review", "wiedervorlage")),
        text_column("last_time", _("Last time"), known_as=("letztes mal",)),
        text_column("this_time", _("This time"), known_as=("dieses mal",)),
    ),
)
#: What only one kind of work has; cells of other kinds are empty.
OWN_COLUMNS = (
    text_column("sender", _("Who says it"), 200, known_as=("sender", "absender", "said by")),
    chosen_column("channel", _("Channel"), Channel.choices, empty="", known_as=("medium", "kanal")),
    text_column("message", _("Message"), known_as=("key message", "botschaft")),
    Column(
        name="times_planned",
        heading=_("How often planned"),
        read=cells.whole(1, MOST_TIMES),
        empty=None,
        known_as=("times planned", "geplant"),
    ),
    Column(
        name="times_done",
        heading=_("How often done"),
        read=cells.whole(0, MOST_TIMES),
        show=lambda value, names: value or "",
        known_as=("times done", "erledigt"),
    ),
    Column(
        name="evaluated_on",
        heading=_("Last evaluated on"),
        read=cells.past_day,
        empty=None,
        known_as=("evaluated", "bewertet am"),
    ),
    day_column("evaluate_again_on", _("Evaluate again on"), known_as=("wieder bewerten am",)),
    some_column("units", _("Units that work together"), "units", known_as=("units", "bereiche")),
    text_column("tried", _("What is tried"), known_as=("tried", "versuch")),
    text_column("expected", _("What is expected"), known_as=("expected", "erwartet")),
    text_column("happened", _("What came of it"), known_as=("happened", "geschehen")),
    text_column("learnt", _("What was learnt"), known_as=("learnt", "learned", "gelernt")),
)
ACTIONS = Sheet(
    key="actions",
    title=_("Actions"),
    model=MitigationAction,
    named_by="title",
    known_as=("measures", "mitigation", "tasks", "maßnahmen", "aktionen"),
    columns=(
        NUMBER,
        text_column(
            "title",
            pgettext_lazy("against resistance", "Action"),
            200,
            required=True,
            known_as=("title", "what", "maßnahme"),
        ),
        some_column(
            "sources",
            _("Answers"),
            "entries",
            required=True,
            show=lambda value, names: names.entries.codes_of(value),
            known_as=("resistance", "for", "against", "gegen", "widerstand"),
        ),
        one_column(
            "strategy",
            _("Strategy"),
            "strategies",
            empty=None,
            words=lambda names: names.strategies.listed(),
            known_as=("strategie",),
        ),
        chosen_column(
            "kind", _("Kind of work"), ActionKind.choices, known_as=("kind", "type", "art")
        ),
        AUDIENCES,
        OWNER,
        DUE,
        Column(
            name="minutes",
            heading=_("Minutes of each person"),
            read=cells.whole(0, 32767),
            known_as=("minutes", "minuten", "effort"),
        ),
        Column(
            name="position",
            heading=_("How far, 0 to 100"),
            read=cells.whole(0, 100),
            known_as=("progress", "percent", "%", "fortschritt", "done"),
        ),
        text_column("description", _("What exactly"), known_as=("details", "description", "notes")),
        *OWN_COLUMNS,
    ),
)
OBJECTIVES = Sheet(
    key="objectives",
    title=_("Objectives"),
    model=Objective,
    named_by="title",
    known_as=("goals", "targets", "success criteria", "ziele"),
    columns=(
        NUMBER,
        text_column(
            "title",
            _("What we want to reach"),
            200,
            required=True,
            known_as=("objective", "goal", "title", "ziel"),
        ),
        text_column("unit", _("Measured in"), 50, known_as=("unit", "einheit")),
        Column(
            name="baseline",
            heading=_("Where we start"),
            read=cells.number,
            empty=None,
            known_as=("baseline", "from", "ausgangswert", "ist"),
        ),
        Column(
            name="target",
            heading=_("Where we want to be"),
            read=cells.number,
            empty=None,
            known_as=("target", "to", "zielwert", "soll"),
        ),
        chosen_column(
            "direction", _("Direction"), Objective.Direction.choices, known_as=("richtung",)
        ),
        DUE,
    ),
)
SHEETS = (GROUPS, RESISTANCE, ACTIONS, OBJECTIVES)
BY_KEY = {each.key: each for each in SHEETS}


def kind_of(title: str, headings: list[str]) -> Sheet | None:
    """Which sheet of ours that is: by its name, else the one with most of its columns known."""
    for sheet in SHEETS:
        if title and sheet.is_called(title):
            return sheet
    found = {sheet: sheet.known().recognise(headings) for sheet in SHEETS}
    fitting = [sheet for sheet in SHEETS if set(sheet.required) <= found[sheet].keys()]
    return max(fitting, key=lambda sheet: len(found[sheet]), default=None)
