"""Sessions: what people do in one go, how long, how much, and where it begins and ends."""
