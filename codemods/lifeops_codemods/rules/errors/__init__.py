"""Errors: what is caught, and what a client is answered."""
