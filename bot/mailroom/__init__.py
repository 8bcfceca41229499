"""The mailroom: every letter that comes in ends here in a named outcome, kept before it is acknowledged."""
