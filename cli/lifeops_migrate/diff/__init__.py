"""What changed between two texts, as windows of offsets, as lines, as hunks. Plain values; no terminal in it."""
