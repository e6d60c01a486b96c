"""The pages of actions: all of an initiative, one of them, and what can be done with it."""
