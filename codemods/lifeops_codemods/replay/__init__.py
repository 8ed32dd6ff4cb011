"""A plan that was made before, for a project in which nothing has changed since."""
