"""Themes: what comments and requests are about, found anew in a process of its own."""
