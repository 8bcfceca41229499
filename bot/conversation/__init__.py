"""The heart, pure: a conversation and what was said give what to say and what happened."""
