"""The Latvian language as people type it: without diacritics, with digraphs, with typos, in any case."""
