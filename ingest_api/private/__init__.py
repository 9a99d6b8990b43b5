"""What somebody may ask in their own name: their own usage, and that of what is theirs."""
