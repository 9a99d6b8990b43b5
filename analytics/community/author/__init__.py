"""What an author sees of their packages: growth, quality, releases, who uses them and what is said.

All of it is made of what is published (docs/privacy.md): sums over people enough to hide among.
"""
