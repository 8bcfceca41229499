"""Export: registrations as files for people, for maps and for Reportnet 3, and what was exported when."""
