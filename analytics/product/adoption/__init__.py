"""How many use a feature, command or template, how soon, how often, and how well it goes."""

from analytics.product.adoption.answer import Adoption, adoptable, adoption
from analytics.product.adoption.query import adoption_sql

__all__ = ["Adoption", "adoptable", "adoption", "adoption_sql"]
