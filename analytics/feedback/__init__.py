"""What people say: how satisfied they are, what they talk about, and what they do afterwards."""
