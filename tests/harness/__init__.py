"""What the fixtures of every rule are held against: reading them, planning them, and the laws that hold for all."""
