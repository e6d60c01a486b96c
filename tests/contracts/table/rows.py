"""Who may what: the one table, from the design of access; everything else is checked against it.

A *kind* names a row of the world (see world.py) by its relation: `main` is of the initiative in
which the lead, agent, coach, sponsor and viewer work, `draft` the same before it is published,
`foreign` of another one; rows about people are called after their person.
"""

from dataclasses import dataclass, field

Who = frozenset[str]
ByKind = dict[str, Who]


def who(names: str) -> Who:
    """A set of identities from words."""
    return frozenset(names.split())


STAFF = who("hr site_admin")
ADMIN = who("site_admin")
AFFECTED = who("employee colleague")
TEAM = who("manager head")
MEMBERS = who("lead agent coach sponsor viewer")
#: A viewer does not see drafts.
DRAFTERS = MEMBERS - who("viewer")
NOBODY = who("")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Of one model: what it is called in the docs, and who reads, changes, deletes which kind."""

    title: str
    read: ByKind
    change: ByKind = field(default_factory=dict)
    delete: ByKind = field(default_factory=dict)

    def changers(self, kind: str) -> Who:
        return self.change.get(kind, NOBODY)

    def deleters(self, kind: str) -> Who:
        return self.delete.get(kind, NOBODY)


def of_initiative(title: str, read: ByKind, change: ByKind, delete: ByKind | None = None) -> Rows:
    return Rows(title=title, read=read, change=change, delete=change if delete is None else delete)


def entry(title: str) -> Rows:
    """Catalogue entries are kept by site admins."""
    return Rows(title=title, read=CATALOGUE, change=KEPT_BY_ADMIN, delete=KEPT_BY_ADMIN)


LED: ByKind = {"main": who("lead"), "draft": who("lead"), "foreign": who("other_lead")}
#: A draft is its lead's alone; what is published, site admins may put right.
LED_OR_ADMIN: ByKind = {
    "main": who("lead site_admin"),
    "draft": who("lead"),
    "foreign": who("other_lead site_admin"),
}
#: What blocks others' actions is answered by the sponsor.
ANSWERED: ByKind = {kind: who("sponsor") for kind in ("main", "draft", "agent's")}
#: Training is also kept by HR; it never deletes.
TRAINED: ByKind = {kind: some | STAFF for kind, some in LED.items()}
TRAINED_DELETE: ByKind = {kind: some | ADMIN for kind, some in LED.items()}

OPENLY: ByKind = {
    "main": AFFECTED | TEAM | MEMBERS | STAFF,
    "draft": DRAFTERS | STAFF,
    "foreign": TEAM | STAFF | who("other_team other_lead"),
}
REGISTER: ByKind = {
    "main": MEMBERS | ADMIN,
    "draft": DRAFTERS | ADMIN,
    "foreign": who("other_lead site_admin"),
}
#: Managers see what their team has; foreign training and actions are no business of theirs.
GIVEN: ByKind = {
    "main": AFFECTED | TEAM | MEMBERS | STAFF,
    "draft": DRAFTERS | STAFF,
    "foreign": STAFF | who("other_team other_lead"),
}
#: Figures without names: for those who work in the initiative, HR and site admins.
FIGURES: ByKind = {
    "main": who("lead agent coach sponsor viewer") | STAFF,
    "draft": who("lead agent coach sponsor") | STAFF,
    "foreign": who("other_lead") | STAFF,
}
#: When people are written to: who works in the initiative, without viewers; the lead writes it.
POLICIES: ByKind = {
    "site": STAFF,
    "main": who("lead agent coach sponsor") | STAFF,
    "draft": who("lead agent coach sponsor") | STAFF,
    "foreign": who("other_lead") | STAFF,
}
POLICIES_WRITTEN: ByKind = {
    "site": ADMIN,
    "main": who("lead site_admin"),
    "draft": who("lead site_admin"),
    "foreign": who("other_lead site_admin"),
}
#: The same for what mails say; the site says nothing of its own.
WORDS: ByKind = {kind: some for kind, some in POLICIES.items() if kind != "site"}
WORDS_WRITTEN: ByKind = {kind: some for kind, some in POLICIES_WRITTEN.items() if kind != "site"}
CATALOGUE: ByKind = {"entry": who("manager head other_lead") | MEMBERS | STAFF}
#: Playbooks of a pack, and one that was saved from the main initiative.
TEMPLATES: ByKind = dict.fromkeys(("entry", "main"), CATALOGUE["entry"])
TEMPLATES_KEPT: ByKind = {"entry": ADMIN, "main": ADMIN | who("lead")}
KEPT_BY_ADMIN: ByKind = {"entry": ADMIN}
TRANSCRIPT: ByKind = {
    "employee": who("employee lead coach") | TEAM | STAFF,
    "colleague": who("colleague lead coach") | TEAM | STAFF,
    "other_team": who("other_team other_lead") | STAFF,
}
WITHDRAWN_BY: ByKind = {
    "employee": who("lead hr"),
    "colleague": who("lead hr"),
    "other_team": who("other_lead hr"),
}
#: HR reads what people ask for; their managers and the lead answer.
ANSWERED_BY: ByKind = {
    "employee": who("lead") | TEAM,
    "colleague": who("lead") | TEAM,
    "other_team": who("other_lead"),
}
#: Managers, leads, coaches and HR confirm what people hand in; site admins do not even read it.
VERIFIED_BY: ByKind = {
    "employee": who("lead coach hr") | TEAM,
    "colleague": who("lead coach hr") | TEAM,
    "other_team": who("other_lead hr"),
}
HANDED_IN: ByKind = {name: some | who(name) for name, some in VERIFIED_BY.items()}
#: What was learnt elsewhere belongs to no initiative.
LOOKED_AT_BY: ByKind = {
    "employee": who("hr") | TEAM,
    "colleague": who("hr") | TEAM,
    "other_team": who("hr"),
}
#: Who records for everybody who was at a session.
KEPT_BY: ByKind = {
    "employee": who("lead agent coach hr"),
    "colleague": who("lead agent coach hr"),
    "other_team": who("other_lead hr"),
}
ATTENDED: ByKind = {
    kind: some | (KEPT_BY[kind] & who("agent")) for kind, some in TRANSCRIPT.items()
}
#: What people say is for the change team, and for nobody else whatever else they may do.
HEARD_BY: ByKind = {
    "employee": who("lead agent coach"),
    "colleague": who("lead agent coach"),
    "other_team": who("other_lead"),
}
SAID: ByKind = {name: some | who(name) for name, some in HEARD_BY.items()}
#: The change team of an initiative.
TEAMS: ByKind = {
    "main": who("lead agent coach"),
    "draft": who("lead agent coach"),
    "foreign": who("other_lead"),
}
OWN_MAIL: ByKind = {name: who(name) | STAFF for name in ("employee", "colleague", "other_team")}

OWN_WISHES: ByKind = {name: who(name) for name in ("employee", "other_team")}

#: Long work is its owner's; site admins see how it stands.
BEGUN_BY: ByKind = {name: who(name) for name in ("lead", "hr")}
OWN_JOBS: ByKind = {name: some | ADMIN for name, some in BEGUN_BY.items()}

IN_GROUP = TEAM | STAFF | who("lead agent coach")
PERSONS = (
    *("head", "manager", "employee", "colleague", "other_team", "lead", "other_lead"),
    *("agent", "coach", "sponsor", "viewer", "hr", "site_admin"),
)
KNOWN_BY: ByKind = {name: who(name) | STAFF for name in PERSONS} | {
    "manager": who("manager head") | STAFF,
    "employee": who("employee") | IN_GROUP,
    "colleague": who("colleague") | IN_GROUP,
    "other_team": who("other_team other_lead") | STAFF,
}

#: Working with somebody does not show when they are away.
AWAY: ByKind = {
    "employee": who("employee") | TEAM | STAFF,
    "other_team": who("other_team") | STAFF,
}

ROWS: dict[str, Rows] = {
    "OrgUnit": Rows(
        title="unit",
        read={
            # Whoever makes audiences picks among all units.
            "repairs": AFFECTED | TEAM | STAFF | who("lead other_lead"),
            "sales": STAFF | who("other_team lead other_lead"),
            "office": who("head other_lead") | MEMBERS | STAFF,
        },
        change=dict.fromkeys(("repairs", "sales", "office"), STAFF),
    ),
    "Person": Rows(title="person", read=KNOWN_BY, change=dict.fromkeys(PERSONS, STAFF)),
    "Absence": Rows(
        title="absence",
        read=AWAY,
        change=dict.fromkeys(AWAY, STAFF),
        delete=dict.fromkeys(AWAY, STAFF),
    ),
    "Audience": Rows(
        title="audience",
        read={
            "main": AFFECTED | IN_GROUP,
            "foreign": who("other_team other_lead") | STAFF,
            "lead's": who("lead") | STAFF,
            "other_lead's": who("other_lead") | STAFF,
        },
        change={
            "main": who("lead") | STAFF,
            "foreign": who("other_lead") | STAFF,
            "lead's": who("lead") | STAFF,
            "other_lead's": who("other_lead") | STAFF,
        },
    ),
    "AudienceMember": Rows(
        title="member of an audience",
        read={
            "employee": who("employee") | IN_GROUP,
            "colleague": who("colleague") | IN_GROUP,
            "other_team": who("other_team other_lead") | STAFF,
        },
    ),
    "Holiday": Rows(
        title="holiday",
        read={"day": frozenset(PERSONS)},
        change={"day": STAFF},
        delete={"day": STAFF},
    ),
    "PeopleSync": Rows(title="import of people", read={"sync": STAFF}),
    "PeopleUpload": Rows(
        title="sent roster", read={"upload": who("hr")}, change={"upload": who("hr")}
    ),
    "RegisterUpload": Rows(
        title="sent spreadsheet", read={"sheet": who("lead")}, change={"sheet": who("lead")}
    ),
    "JobRun": Rows(title="background job", read=OWN_JOBS, change=BEGUN_BY),
    "FreezePeriod": Rows(
        title="freeze period",
        read={"year end": frozenset(PERSONS)},
        change={"year end": STAFF},
        delete={"year end": STAFF},
    ),
    "Initiative": of_initiative("initiative", OPENLY, LED_OR_ADMIN),
    "InitiativeMember": of_initiative("role in an initiative", OPENLY, LED_OR_ADMIN),
    "Objective": of_initiative("objective", OPENLY, LED_OR_ADMIN),
    "Milestone": of_initiative("milestone", OPENLY, LED_OR_ADMIN),
    "Measurement": of_initiative("reading of an objective", OPENLY, LED_OR_ADMIN),
    "AffectedGroup": of_initiative("affected group", OPENLY, LED_OR_ADMIN),
    "CataloguePack": entry("catalogue pack"),
    "SourceCategory": entry("category of sources"),
    "SourceType": entry("kind of resistance"),
    "StrategyType": entry("strategy"),
    "Technique": entry("technique"),
    "ActivityKind": entry("kind of activity"),
    "Lesson": of_initiative(
        "lesson (evidence of the catalogue)",
        {
            "main": CATALOGUE["entry"],
            "draft": DRAFTERS | ADMIN,
            "foreign": CATALOGUE["entry"],
        },
        LED,
    ),
    "ResistanceSource": of_initiative("resistance", REGISTER, LED),
    "ResistanceReview": Rows(title="review of resistance (append-only)", read=REGISTER),
    "MitigationAction": of_initiative(
        "mitigation action",
        GIVEN | {"agent's": GIVEN["main"], "sponsor's": GIVEN["main"]},
        LED | {"agent's": who("lead agent"), "sponsor's": who("lead sponsor")},
        LED | {"agent's": who("lead"), "sponsor's": who("lead")},
    ),
    "LearningActivity": of_initiative(
        "activity",
        GIVEN | {"library": MEMBERS | STAFF | who("other_lead")},
        TRAINED | {"library": STAFF},
        TRAINED_DELETE | {"library": ADMIN},
    ),
    "ActivityFile": of_initiative("file of an activity", GIVEN, TRAINED),
    "TrainingPlan": of_initiative("training plan", GIVEN, TRAINED, TRAINED_DELETE),
    "PlanItem": of_initiative("item of a plan", GIVEN, TRAINED, TRAINED_DELETE),
    "PlanAudience": of_initiative("assignment rule", GIVEN, TRAINED, TRAINED_DELETE),
    "Enrolment": Rows(title="enrolment", read=TRANSCRIPT, change=WITHDRAWN_BY),
    "TrainingRecord": Rows(title="training record", read=TRANSCRIPT, change=WITHDRAWN_BY),
    "ExtensionRequest": Rows(
        title="request for more time",
        read={kind: some - who("coach") for kind, some in TRANSCRIPT.items()},
        change=ANSWERED_BY,
    ),
    "Submission": Rows(title="hand-in", read=HANDED_IN, change=VERIFIED_BY),
    "ExternalLearning": Rows(
        title="learning elsewhere",
        read={name: some | who(name) for name, some in LOOKED_AT_BY.items()},
        change=LOOKED_AT_BY,
    ),
    "Playbook": Rows(
        title="playbook", read=TEMPLATES, change=TEMPLATES_KEPT, delete=TEMPLATES_KEPT
    ),
    "PlaybookAction": Rows(
        title="action of a playbook", read=TEMPLATES, change=TEMPLATES_KEPT, delete=TEMPLATES_KEPT
    ),
    "PlaybookItem": Rows(
        title="activity of a playbook",
        read=TEMPLATES,
        change=TEMPLATES_KEPT,
        delete=TEMPLATES_KEPT,
    ),
    "PlaybookUse": of_initiative("use of a playbook", REGISTER, LED),
    "Session": of_initiative("session", GIVEN, TRAINED, TRAINED_DELETE),
    "Attendance": Rows(
        title="attendance", read=ATTENDED, change={kind: KEPT_BY[kind] for kind in TRANSCRIPT}
    ),
    "FeedbackItem": Rows(title="concern with a name", read=SAID, change=HEARD_BY),
    "FeedbackMessage": Rows(title="message about a concern (append-only)", read=SAID),
    "PublishedAnswer": Rows(title="published answer", read=OPENLY, change=TEAMS),
    "Digest": Rows(
        title="digest (mail)",
        read=OWN_MAIL,
        change=dict.fromkeys(OWN_MAIL, ADMIN),
    ),
    "Reminder": Rows(title="reminder", read=OWN_MAIL),
    "ReminderPolicy": Rows(
        title="reminder policy",
        read=POLICIES,
        change=POLICIES_WRITTEN,
        delete=POLICIES_WRITTEN,
    ),
    "ReminderStep": Rows(
        title="step of a reminder policy",
        read=POLICIES,
        change=POLICIES_WRITTEN,
        delete=POLICIES_WRITTEN,
    ),
    "MailWords": Rows(
        title="words of an initiative in mails",
        read=WORDS,
        change=WORDS_WRITTEN,
        delete=WORDS_WRITTEN,
    ),
    "Forecast": Rows(title="forecast of mail", read=WORDS | OWN_WISHES, change=WORDS | OWN_WISHES),
    "MailPreference": Rows(title="mail preference", read=OWN_WISHES, change=OWN_WISHES),
    "CalendarFeed": Rows(title="calendar feed", read=OWN_WISHES, change=OWN_WISHES),
    "ChannelPause": Rows(
        title="paused way of reaching people",
        read={"email": STAFF},
        change={"email": ADMIN},
        delete={"email": ADMIN},
    ),
    "Attempt": Rows(title="attempt to send", read=dict.fromkeys(OWN_MAIL, STAFF)),
    "AuditEvent": Rows(
        title="audit event (append-only)",
        read={
            "main": who("lead sponsor") | STAFF,
            "draft": who("lead sponsor") | STAFF,
            "foreign": who("other_lead") | STAFF,
            "site": STAFF,
            **HEARD_BY,
        },
    ),
}
