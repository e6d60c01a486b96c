"""The pages of mail: what its links do, how one wishes to get it, the inbox."""
