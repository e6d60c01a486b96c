"""Long work, done outside of a web request: begun there, carried out by a worker, watched."""
