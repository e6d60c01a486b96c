"""What people call the columns of a roster; no database."""

from collections.abc import Iterable, Mapping

from change_tracker.core.tables import KnownAs

#: Our column → what others call it, in English and German.
KNOWN_AS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "id",
        "employee id",
        "employee number",
        "employee no",
        "person id",
        "personnel number",
        "staff id",
        "staff number",
        "personalnummer",
        "personalnr",
        "mitarbeiternummer",
    ),
    "name": (
        "display name",
        "employee",
        "employee name",
        "full name",
        "person",
        "mitarbeiter",
        "mitarbeiterin",
        "vollständiger name",
    ),
    "email": ("e mail", "email address", "e mail address", "mail", "e mail adresse"),
    "job_title": ("job", "position", "role", "title", "funktion", "stelle", "tätigkeit"),
    "unit_id": (
        "department id",
        "department code",
        "cost centre",
        "cost center",
        "unit code",
        "kostenstelle",
        "abteilungsnummer",
    ),
    "unit": ("department", "team", "org unit", "abteilung", "bereich", "organisationseinheit"),
    "unit_parent": (
        "parent unit",
        "parent department",
        "division",
        "übergeordneter bereich",
        "hauptabteilung",
    ),
    "manager": (
        "manager id",
        "line manager",
        "reports to",
        "supervisor",
        "führungskraft",
        "vorgesetzter",
        "vorgesetzte",
    ),
    "location": ("office", "place", "site", "ort", "standort", "dienstort"),
    "timezone": ("time zone", "zeitzone"),
    "language": ("sprache", "preferred language"),
    "starts_on": ("first day", "hire date", "start date", "joined", "eintritt", "eintrittsdatum"),
    "ends_on": ("last day", "end date", "leaving date", "left", "austritt", "austrittsdatum"),
    "username": ("login", "user", "user name", "account", "benutzername", "anmeldename"),
    "absent_from": ("away from", "abwesend von", "abwesend ab"),
    "absent_to": ("away until", "absent until", "abwesend bis"),
}
ROSTER = KnownAs(KNOWN_AS)


def still_there(mapping: Mapping[str, str], headings: Iterable[str]) -> dict[str, str]:
    """Of a mapping what it maps to one of `headings`."""
    there = set(headings)
    return {ours: theirs for ours, theirs in mapping.items() if theirs in there}
