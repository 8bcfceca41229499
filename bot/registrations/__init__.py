"""Registrations: trees that people have told us of, and what becomes of them."""
