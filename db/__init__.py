"""The database: tables, connections, migrations, people and keys; it imports nothing of ours."""
