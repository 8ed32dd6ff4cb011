"""The migration on a screen. Text of the user's comes through `Screen.user`, `Screen.prose` or `code_line` alone."""
