"""Outreach: events and announcements: who is told, who comes, and what has become of it."""
