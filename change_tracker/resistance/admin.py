"""The admin of this slice."""
