"""Wire formats: one file each, mapping what a client sends to the canonical event."""
