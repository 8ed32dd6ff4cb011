"""Documentation: what a service says of itself to those who use it."""
