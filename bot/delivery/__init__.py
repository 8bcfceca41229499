"""Durable delivery: what is to be sent is a row long before it is a network call."""
