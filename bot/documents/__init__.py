"""Documents: files that we make for people and staff, ordered in a transaction and made after it."""
