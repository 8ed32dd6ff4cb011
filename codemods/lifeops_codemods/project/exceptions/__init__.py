"""Exceptions: their classes, where they are raised and caught, and which of them leave a function."""
