"""Lists of words written in a row, as they read best in a module."""


def word_list(row: str) -> list[str]:
    """Return the words of a row that spaces and line ends separate."""
    return row.split()
