"""Journeys: what people do before or after something, within their sessions."""
