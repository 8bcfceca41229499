"""Attachments: pictures and documents that people send, from the channel's keeping into ours, and out of it again."""
