"""Change Tracker: bring an organisation through a change, from concern to proof that it worked."""

__version__ = "0.1.0.dev0"
