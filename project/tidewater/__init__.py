"""An invented housing association to try Change Tracker with: 400 people, two changes, history."""

from project.tidewater.story import tell

__all__ = ["tell"]
