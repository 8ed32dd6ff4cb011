"""The migration for programs and pipes: JSON, GitHub's workflow commands, plain lines, a patch. None needs rich."""
