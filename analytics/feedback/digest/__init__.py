"""The weekly digest: what was said in a week, against the week before."""

from analytics.feedback.digest.archive import archive, archive_sql
from analytics.feedback.digest.figures import Digest, Risen, digest, last_week
from analytics.feedback.digest.quotes import Quotes, quoted, quoted_sql
from analytics.feedback.digest.sendings import SENDINGS, sendings, sendings_sql
from analytics.feedback.digest.text import as_html, markdown_of, plain, quotes_of, title_of
from analytics.feedback.digest.volumes import Volume, Volumes, volumes, volumes_sql

__all__ = [
    "SENDINGS",
    "Digest",
    "Quotes",
    "Risen",
    "Volume",
    "Volumes",
    "archive",
    "archive_sql",
    "as_html",
    "digest",
    "last_week",
    "markdown_of",
    "plain",
    "quoted",
    "quoted_sql",
    "quotes_of",
    "sendings",
    "sendings_sql",
    "title_of",
    "volumes",
    "volumes_sql",
]
