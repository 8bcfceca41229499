"""Lists: an organisation's plantings in one file, read row by row, mended in the same file, registered as one."""
