"""A statement laid out as black and ruff's formatter lay it out: read into leaves, then split where it is too long."""
