"""Send usage events and the performance of your services to Looplens."""

from looplens.client import Client
from looplens.requests import Requests

__all__ = ["Client", "Requests"]
