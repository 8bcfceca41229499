"""The tests of Koku palīgs."""
