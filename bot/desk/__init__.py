"""The desk: matters that a person must settle, and when they have promised to."""
