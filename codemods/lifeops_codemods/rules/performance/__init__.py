"""Performance: queries and what they load."""
