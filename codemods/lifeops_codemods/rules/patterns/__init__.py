"""Required patterns: how sessions, endpoints and services are written."""
