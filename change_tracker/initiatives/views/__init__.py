"""The pages that belong to one initiative."""
