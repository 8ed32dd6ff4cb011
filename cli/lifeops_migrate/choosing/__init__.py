"""`--interactive`: the user chooses by rule, by file, by hunk, with the letters of `git add -p`."""
