"""Our work measured side by side with the least that a database would need for it."""
