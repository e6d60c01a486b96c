"""The pages of those who manage people."""
