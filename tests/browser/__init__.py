"""A package, so that its browser and its product stop where it ends, before other tests."""
