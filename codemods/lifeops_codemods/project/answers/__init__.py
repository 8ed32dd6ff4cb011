"""What an endpoint answers when something goes wrong: its handlers, the ways they end, and how its file spells it."""
