"""A review in each of its formats: for people (Markdown, terminal, HTML) and for programs (JSON, SARIF, GitHub)."""
