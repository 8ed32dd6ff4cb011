"""The command `lifeops-migrate`: asks the library for a plan, shows it, and applies it when told to."""
