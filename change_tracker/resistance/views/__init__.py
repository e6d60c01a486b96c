"""The pages of the register: all of it, and one entry."""
