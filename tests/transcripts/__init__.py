"""Conversations as plain text: read, replayed against the real app, compared as a whole."""
