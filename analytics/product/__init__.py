"""How a product is used: trends, uniques and what is used most."""
