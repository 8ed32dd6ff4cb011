"""The migration on a screen, with rich. Text of the user's reaches rich as `Text` alone, never as markup."""
