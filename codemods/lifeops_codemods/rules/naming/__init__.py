"""Names: models, schemas, services, routers."""
