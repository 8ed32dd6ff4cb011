"""The review: what a project is, where it departs from its standards, and how each place is put right. Pure values."""
