"""A review as one HTML file that loads nothing and runs only its own script."""
