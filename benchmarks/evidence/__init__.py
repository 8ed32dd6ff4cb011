"""What a reader needs to judge a migration, worked out without the tool: models, remaining names, tables of both."""
