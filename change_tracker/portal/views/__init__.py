"""The pages that span slices, one module for each subject."""
