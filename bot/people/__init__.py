"""The people we talk to: contacts, their addresses, what they permitted."""
