"""How much cpu, time and memory a rename takes, here and with others."""
