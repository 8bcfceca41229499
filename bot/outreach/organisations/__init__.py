"""Organisations with public addresses: who is written to once, what became of it, and who never again."""
