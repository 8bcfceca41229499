"""The bench: the whole path of an update, measured beside echo bots in one run. `python -m tests.bench --help`."""
