"""The pages of training for those who lead it."""
