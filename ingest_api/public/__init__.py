"""What anybody may ask without a key: the published figures of public packages."""
