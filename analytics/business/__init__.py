"""How a product does as a whole: the headline numbers and their change."""
