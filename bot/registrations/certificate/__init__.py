"""Certificates of thanks: what stands on one, how it is printed, and who has had one for which trees."""
