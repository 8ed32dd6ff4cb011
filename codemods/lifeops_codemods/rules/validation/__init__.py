"""Validation: what a service takes from its clients."""
