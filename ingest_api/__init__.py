"""The ingest API: what clients send becomes events in Postgres, or a counted reason why not."""
