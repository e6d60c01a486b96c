"""The units of the organisation, and how many work in each beside the named cast."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """`head` is the key in the roster of whom its team leaders report to.

    Of those who work outside, `without_address` have no e-mail.
    """

    name: str
    parent: str
    head: str
    title: str
    size: int
    place: str = "Harbour House"
    without_address: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """Somebody who leads units and is not in the cast's roster."""

    key: str
    name: str
    title: str
    unit: str
    parent: str
    manager: str


ROOT = "Tidewater Housing"
SERVICES, HOMES, PROPERTY = "Customer services", "Homes and communities", "Property"

HEADS = [
    Head("T060", "Rebecca Stone", "Director of homes", HOMES, ROOT, "T001"),
    Head("T061", "Graham Walsh", "Director of property", PROPERTY, ROOT, "T001"),
    Head("T062", "Mina Tanaka", "Head of digital", "Digital and data", ROOT, "T001"),
    Head("T063", "Hugh Forbes", "Head of new homes", "New homes", ROOT, "T001"),
    Head("T064", "Joyce Owusu", "Neighbourhoods manager", "Neighbourhoods", HOMES, "T060"),
    Head("T065", "Neil Garcia", "Income manager", "Income", HOMES, "T060"),
    Head("T066", "Petra Horvat", "Care manager", "Support and care", HOMES, "T060"),
    Head("T067", "Simon Baker", "Estates manager", "Estates", PROPERTY, "T061"),
]

UNITS = [
    Unit("Calls", "Contact centre", "T030", "Adviser", 44),
    Unit("Web and chat", "Contact centre", "T030", "Adviser", 14),
    Unit("Repairs desk", "Repairs", "T010", "Repair caller", 16, "Quay Depot"),
    Unit("Planning", "Repairs", "T010", "Planner", 10, "Quay Depot"),
    Unit("Field repairs", "Repairs", "T010", "Van technician", 48, "Quay Depot", 0.2),
    Unit("Lettings", SERVICES, "T040", "Lettings officer", 22),
    Unit(
        "Neighbourhoods north", "Neighbourhoods", "T064", "Neighbourhood officer", 18, "Northgate"
    ),
    Unit(
        "Neighbourhoods south", "Neighbourhoods", "T064", "Neighbourhood officer", 17, "Saltmarsh"
    ),
    Unit("Income", HOMES, "T065", "Income officer", 16),
    Unit("Support and care", HOMES, "T066", "Support worker", 30, "Northgate", 0.1),
    Unit("Planned works", PROPERTY, "T061", "Surveyor", 20, "Quay Depot"),
    Unit("Safety", PROPERTY, "T061", "Safety inspector", 14, "Quay Depot"),
    Unit("Estates", PROPERTY, "T067", "Caretaker", 34, "Saltmarsh", 0.5),
    Unit("Finance", ROOT, "T050", "Accountant", 16),
    Unit("People and learning", ROOT, "T003", "People adviser", 10),
    Unit("Digital and data", ROOT, "T062", "Analyst", 16),
    Unit("New homes", ROOT, "T063", "Project manager", 14),
]
