"""Which tests run where."""
