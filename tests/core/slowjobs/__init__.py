"""An app of a host with a kind of job that takes its time, for worker processes under test."""
