"""Python's syntax for the eye: which runs of a line have one colour. It knows no colours, and no terminal."""
