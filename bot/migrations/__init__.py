"""Migrations of the database, in the order of their numbers. They expand first and contract a release later."""
